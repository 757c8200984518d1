import { interruptible, runCommand } from "../../src/cli/command.ts";
import type { FlagTable, FlagValues } from "../../src/cli/flags.ts";
import { bar, ProgressLine } from "../../src/cli/run_output.ts";
import { DATASET_FLAGS, loadPublished } from "../../src/cli/sources.ts";
import { type Dataset, splitDataset } from "../../src/data/dataset.ts";
import { writeFileAtomically } from "../../src/data/files.ts";
import { createRunner } from "../../src/engine/backends.ts";
import type { Runner } from "../../src/engine/runner.ts";
import { lenet5, type LeNetVariation } from "../../src/model/zoo.ts";
import { WINDOW } from "../../src/reading/lattice.ts";
import { train, type TrainResult } from "../../src/train/train.ts";
import { modelToBytes } from "../../src/weights/model_file.ts";
import { SEGMENT_CLASSES, segmentDataset } from "./hard_set/segment_dataset.ts";
import { joinDatasets } from "./join_datasets.ts";

/** The number of training digits, the last ones, that are held out. */
const HELD_OUT = 10_000;

const FLAGS = {
  data: DATASET_FLAGS.data,
  count: {
    kind: "integer",
    min: 1,
    value: "N",
    default: 400_000,
    help: "the number of parts of lines",
  },
  epochs: { kind: "integer", min: 1, value: "N", default: 5, help: "passes over the parts" },
  seed: {
    kind: "integer",
    value: "N",
    default: 0,
    help: "the same seed gives the same file",
  },
  out: { kind: "text", value: "FILE", default: "whole-digit.safetensors", help: "the network" },
} as const satisfies FlagTable;

await runCommand({
  name: "train:whole-digit",
  summary:
    "Trains the small network that tells whole digits from parts of digits and from several.",
  details:
    "It learns from lines of MNIST's digits, most of them touching, cut in right and in wrong places.",
  flags: FLAGS,
  run: ({ flags }) => trainWholeDigit(flags),
});

async function trainWholeDigit(
  { data: directory, count, epochs, seed, out: file }: FlagValues<typeof FLAGS>,
): Promise<void> {
  using interrupt = interruptible();
  const { signal } = interrupt;
  const whole = await loadPublished("mnist", { split: "train", directory, signal });
  const { train: digits, validation } = splitDataset(whole, HELD_OUT);
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
  // A smaller network is trained first, and mines hard examples.
  const some = await take(digits, Math.ceil(count / 2), seed + 1);
  const { model: first } = await learn("scout", some, { channels: [8, 16], dense: [48] });
  using scout = await createRunner("wasm", first.architecture, first.parameters);
  const hard = await take(digits, Math.floor(count / 2), seed + 2, scout);
  const { model, history } = await learn("whole-digit", joinDatasets(some, hard), {
    channels: [12, 24],
    dense: [64],
  });
  line.clear();
  await writeFileAtomically(file, modelToBytes(model));
  console.log(
    `${file} written; accuracy on held-out parts: ${history.at(-1)?.validation?.accuracy}`,
  );
}

/** The widths of a network. */
type Size = Pick<LeNetVariation, "channels" | "dense">;
