import { takeDataset } from "../src/data/dataset.ts";
import { BACKENDS } from "../src/engine/select.ts";
import { LeNetError } from "../src/model/error.ts";
import type { Evaluation } from "../src/train/evaluate.ts";
import { interruptible, runScript } from "./cli.ts";
import { DATASETS, loadDataset } from "./load_dataset.ts";
import { loadNet } from "./load_net.ts";
import { bar, ProgressLine } from "./progress_line.ts";

const USAGE = `
Usage: deno task evaluate [--dataset NAME] [--data DIR] [--weights NAME|FILE] [--backend NAME] [--limit N]
                          [--json]

Measures a network on a test set: accuracy, loss, accuracy of each class, confusion.

  --dataset NAME   ${DATASETS.join(", ")} (default mnist)
  --data DIR       holds its files, packed or not, or its folder; without it they are downloaded once
  --weights NAME   a pretrained network, or a safetensors file (default digits)
  --backend NAME   ${BACKENDS.join(", ")} (default auto)
  --limit N        only the first N images
  --json           one line of JSON
`;

await runScript(
  USAGE,
  { string: ["dataset", "data", "weights", "backend", "limit"], boolean: ["json"] },
  async (args) => {
    if (args.positionals.length > 0) {
      throw new LeNetError(
        "option/invalid",
        `Cannot take ${args.positionals.join(" ")}: expected options only`,
      );
    }
    using interrupt = interruptible();
    const { signal } = interrupt;
    using net = await loadNet(args);
    const whole = await loadDataset(args, "test", signal, net.model.architecture.input);
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
      console.log(report(dataset.name, dataset.classNames, evaluation, backend));
    }
  },
);

function report(
  dataset: string,
  classNames: readonly string[],
  { count, accuracy, loss, confusion }: Evaluation,
  backend: string,
): string {
  const number = (value: number): string => value.toLocaleString("en-US");
  const width = Math.max(...classNames.map((name) => name.length), String(count).length) + 1;
  const rows = confusion.map((row, label) => {
    const total = row.reduce((sum, value) => sum + value, 0);
    const share = total === 0 ? "–" : `${(row[label] / total * 100).toFixed(2)} %`;
    const cells = row.map((value) => (value === 0 ? "·" : String(value)).padStart(width));
    return `${classNames[label].padStart(width)} ${cells.join("")}  ${share.padStart(8)}`;
  });
  const head = classNames.map((name) => name.padStart(width)).join("");
  return [
    `${dataset}: ${(accuracy * 100).toFixed(2)} % of ${number(count)} images right, loss ${
      loss.toFixed(4)
    } (${backend})`,
    "",
    "Rows: what it is; columns: what was read.",
    `${"".padStart(width)} ${head}     right`,
    ...rows,
  ].join("\n");
}
