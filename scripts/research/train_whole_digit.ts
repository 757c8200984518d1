import { interruptible, runScript } from "../../src/cli/command.ts";
import { bar, ProgressLine } from "../../src/cli/progress.ts";
import { loadPublished } from "../../src/cli/sources.ts";
import { type Dataset, splitDataset } from "../../src/data/dataset.ts";
import { writeFileAtomically } from "../../src/data/files.ts";
import { createRunner } from "../../src/engine/backends.ts";
import type { Runner } from "../../src/engine/runner.ts";
import { lenet5, type LeNetVariation } from "../../src/model/zoo.ts";
import { WINDOW } from "../../src/reading/lattice.ts";
import { train, type TrainResult } from "../../src/train/train.ts";
import { modelToBytes } from "../../src/weights/model_file.ts";
import { SEGMENT_CLASSES, segmentDataset } from "./hard_set/datasets.ts";
import { joinDatasets } from "./join_datasets.ts";

/** The last training digits are kept from this network, as they are kept from all that is tuned. */
const HELD_OUT = 10_000;

const USAGE = `
Usage: deno task train:whole-digit [--data DIR] [--count N] [--epochs N] [--seed N] [--out FILE]

Trains the small network that tells whole digits from parts of digits and from several: on lines of MNIST's digits,
most of them touching, taken apart in right and in wrong ways.

  --data DIR   holds MNIST's files, or its folder; without it they are downloaded once
  --count N    how many parts of lines (default 400000)
  --epochs N   default 5
  --seed N     default 0: the same seed gives the same file
  --out FILE   default whole-digit.safetensors
`;

await runScript(USAGE, { string: ["data", "count", "epochs", "seed", "out"] }, async (args) => {
  using interrupt = interruptible();
  const { signal } = interrupt;
  const directory = args.text("data");
  const whole = await loadPublished("mnist", { split: "train", directory, signal });
  const { train: digits, validation } = splitDataset(whole, HELD_OUT);
  const count = args.number("count") ?? 400_000;
  const epochs = args.number("epochs") ?? 5;
  const seed = args.number("seed") ?? 0;
  const line = new ProgressLine();
  const take = (from: Dataset, count: number, seed: number, scout?: Runner): Promise<Dataset> =>
    segmentDataset(from, count, {
      seed,
      ...scout && { scout },
      onProgress: (done) => {
        signal.throwIfAborted();
        line.draw(() => `taking lines apart ${bar(done / count, 30)}`);
      },
    });
  const held = await take(validation, Math.ceil(count / 40), seed + 3);
  const learn = async (name: string, learned: Dataset, size: Size): Promise<TrainResult> => {
    const architecture = lenet5({
      name,
      input: WINDOW,
      padding: [0, 0],
      classes: SEGMENT_CLASSES.length,
      ...size,
    });
    return await train(architecture, learned, {
      epochs,
      averaging: 0.998,
      seed: 0,
      validationData: held,
      backend: "wasm",
      signal,
      onProgress: ({ epoch, epochs, loss }) =>
        line.draw(() => `${name}: epoch ${epoch}/${epochs}  loss ${loss.toFixed(4)}`),
    });
  };
  // A smaller one learns first, and finds what is hard.
  const some = await take(digits, Math.ceil(count / 2), seed + 1);
  const { model: first } = await learn("scout", some, { channels: [8, 16], dense: [48] });
  using scout = await createRunner("wasm", first.architecture, first.parameters);
  const hard = await take(digits, Math.floor(count / 2), seed + 2, scout);
  const { model, history } = await learn("whole-digit", joinDatasets(some, hard), {
    channels: [12, 24],
    dense: [64],
  });
  line.clear();
  const file = args.text("out") ?? "whole-digit.safetensors";
  await writeFileAtomically(file, modelToBytes(model));
  console.log(
    `${file} written; of parts kept from it ${history.at(-1)?.validation?.accuracy} right`,
  );
});

/** What distinguishes the two networks. */
type Size = Pick<LeNetVariation, "channels" | "dense">;
