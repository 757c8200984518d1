import { takeDataset } from "../src/data/dataset.ts";
import { BACKENDS } from "../src/engine/select.ts";
import { interruptible, refusePositionals, runScript } from "./cli.ts";
import { evaluationText } from "./evaluation_text.ts";
import { loadPart, PARTS } from "./hard_set/load_part.ts";
import { DATASETS, padToFit } from "./load_dataset.ts";
import { loadNet } from "./load_net.ts";
import { bar, ProgressLine } from "./progress_line.ts";

const USAGE = `
Usage: deno task evaluate [--dataset NAME] [--data DIR] [--split NAME] [--weights NAME|FILE] [--backend NAME]
                          [--limit N] [--json]

Measures a network on a test set: accuracy, loss, accuracy of each class, confusion; how far its confidence is from
frequency; and what is wrong when only the surest answers are taken.

  --dataset NAME   ${DATASETS.join(", ")} (default mnist)
  --data DIR       holds its files, packed or not, or its folder; without it they are downloaded once
  --split NAME     ${
  PARTS.join(", ")
} (default test): train-tail is the last 10,000 training images, for tuning
  --weights NAME   a pretrained network, or a safetensors file (default digits)
  --backend NAME   ${BACKENDS.join(", ")} (default auto)
  --limit N        only the first N images
  --json           one line of JSON
`;

await runScript(
  USAGE,
  { string: ["dataset", "data", "split", "weights", "backend", "limit"], boolean: ["json"] },
  async (args) => {
    refusePositionals(args);
    using interrupt = interruptible();
    const { signal } = interrupt;
    using net = await loadNet(args);
    const name = args.choice("dataset", DATASETS) ?? "mnist";
    const part = args.choice("split", PARTS) ?? "test";
    const whole = padToFit(
      await loadPart(name, part, args.text("data"), signal),
      net.model.architecture.input,
    );
    const limit = args.number("limit");
    const dataset = limit === undefined ? whole : takeDataset(whole, limit);

    const line = new ProgressLine();
    const { backend, ...evaluation } = await net.evaluate(dataset, {
      signal,
      onProgress: (done) => line.draw(() => `${bar(done / dataset.count, 20)}  ${done} images`),
    }).finally(() => line.clear());
    if (args.has("json")) {
      const weights = args.text("weights") ?? "digits";
      console.log(JSON.stringify({ weights, ...evaluation, backend }));
    } else {
      console.log(evaluationText(dataset.name, dataset.classNames, evaluation, backend));
    }
  },
);
