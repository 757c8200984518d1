import { interruptible, runCommand } from "../../src/cli/command.ts";
import type { FlagTable, FlagValues } from "../../src/cli/flags.ts";
import { bar, ProgressLine } from "../../src/cli/run_output.ts";
import { DATASET_FLAGS, loadPublished } from "../../src/cli/sources.ts";
import { type Dataset, splitDataset } from "../../src/data/dataset.ts";
import { writeFileAtomically } from "../../src/data/files.ts";
import { createRunner } from "../../src/engine/backends.ts";
import { type Runner, softmax } from "../../src/engine/runner.ts";
import { lenet5 } from "../../src/model/zoo.ts";
import { train } from "../../src/train/train.ts";
import { percent } from "../../src/watch/html.ts";
import { modelToBytes } from "../../src/weights/model_file.ts";
import { judgeDataset } from "./hard_set/judge_dataset.ts";

/** The number of training digits and photos, the last ones, that are held out. */
const HELD_OUT = 10_000;

/** The thresholds whose acceptance is reported. */
const THRESHOLDS = [0.01, 0.015, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5];

const FLAGS = {
  data: {
    ...DATASET_FLAGS.data,
    help: "the folder of MNIST's files, or its parent folder; without it they are " +
      "downloaded once",
  },
  photos: {
    ...DATASET_FLAGS.data,
    help:
      "the folder of CIFAR-10's files, or its parent folder; without it they are downloaded once",
  },
  count: { kind: "integer", min: 1, value: "N", default: 40_000, help: "the number of pictures" },
  epochs: { kind: "integer", min: 1, value: "N", default: 20, help: "passes over the pictures" },
  seed: { kind: "integer", value: "N", default: 0, help: "the same seed gives the same file" },
  out: { kind: "text", value: "FILE", default: "judge.safetensors", help: "the network" },
} as const satisfies FlagTable;

await runCommand({
  name: "train:judge",
  summary:
    "Trains the judge, a tiny network that says whether the ink of a picture is a digit at all.",
  details:
    "It learns from digits of MNIST as people photograph and draw them, and from things cut out of CIFAR-10's " +
    "photos, solid shapes, letters, symbols, scribbles and noise. Prints the share of digits and of other pictures that " +
    "pass each threshold, of pictures made of digits and photos that are held out.",
  flags: FLAGS,
  run: ({ flags }) => trainJudge(flags),
});

async function trainJudge(flags: FlagValues<typeof FLAGS>): Promise<void> {
  const { count, epochs, seed, out: file } = flags;
  using interrupt = interruptible();
  const { signal } = interrupt;
  const load = async (name: "mnist" | "cifar-10", directory: string | undefined) =>
    splitDataset(await loadPublished(name, { split: "train", directory, signal }), HELD_OUT);
  const digits = await load("mnist", flags.data);
  const photos = await load("cifar-10", flags.photos);
  const line = new ProgressLine();
  const make = (part: "train" | "validation", count: number, seed: number): Promise<Dataset> => {
    const sources = { digits: digits[part], photos: photos[part] };
    return judgeDataset(sources, count, seed, (done) => {
      signal.throwIfAborted();
      line.draw(() => `making pictures ${bar(done / count, 30)}`);
    });
  };
  const learned = await make("train", count, seed);
  const held = await make("validation", Math.ceil(count / 10), seed + 1);
  line.clear();
  // Every program that reads pictures loads it: it is small, and its first layer, which takes most of the time, narrow.
  const architecture = lenet5({
    name: "judge",
    channels: [6, 16, 24],
    kernel: 3,
    padding: [1, 1, 0],
    dense: [16],
    classes: 2,
  });
  const { model } = await train(architecture, learned, {
    epochs,
    learningRate: 6e-3,
    averaging: 0.99,
    seed,
    validation: 0,
    backend: "wasm",
    signal,
    onProgress: ({ epoch, epochs, loss }) =>
      line.draw(() => `epoch ${epoch}/${epochs}  loss ${loss.toFixed(4)}`),
  });
  line.clear();
  await writeFileAtomically(file, modelToBytes(model));
  console.log(`${file} written. Accepted of ${held.count} held-out pictures:`);

  using runner = await createRunner("wasm", architecture, model.parameters);
  const digitProbability = await digitProbabilitiesOf(held, runner);
  for (const threshold of THRESHOLDS) {
    const [of, others] = [0, 1].map((label) => {
      const some = digitProbability.filter((_, n) => held.labels[n] === label);
      return percent(some.filter((value) => value >= threshold).length / some.length);
    });
    console.log(`at ${threshold.toFixed(3)}: ${of} of digits, ${others} of others`);
  }
}

async function digitProbabilitiesOf({ images, count }: Dataset, runner: Runner): Promise<number[]> {
  const logits = await runner.logits(Float32Array.from(images, (byte) => byte / 255), count);
  return Array.from({ length: count }, (_, n) => softmax(logits.subarray(2 * n, 2 * n + 2))[0]);
}
