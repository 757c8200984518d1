import { interruptible, runScript } from "../../src/cli/command.ts";
import { bar, percent, ProgressLine } from "../../src/cli/progress.ts";
import { loadPublished } from "../../src/cli/sources.ts";
import { type Dataset, splitDataset } from "../../src/data/dataset.ts";
import { writeFileAtomically } from "../../src/data/files.ts";
import { createRunner } from "../../src/engine/backends.ts";
import { type Runner, softmax } from "../../src/engine/runner.ts";
import { lenet5 } from "../../src/model/zoo.ts";
import { train } from "../../src/train/train.ts";
import { modelToBytes } from "../../src/weights/model_file.ts";
import { judgeDataset } from "./hard_set/datasets.ts";

/** The last training digits and photos are kept from the judge, as digits are from all that is tuned. */
const HELD_OUT = 10_000;

const USAGE = `
Usage: deno task train:judge [--data DIR] [--photos DIR] [--count N] [--epochs N] [--seed N] [--out FILE]

Trains the judge, a tiny network that says whether the ink of a picture is a digit at all: on digits of MNIST as people
photograph and draw them, and on things cut out of CIFAR-10's photos, solid shapes, letters, symbols, scribbles and
noise. It prints how many digits and how many others it takes at which threshold, of pictures made of digits and photos
that it has not seen.

  --data DIR    holds MNIST's files, or its folder; without it they are downloaded once
  --photos DIR  holds CIFAR-10's files, or its folder; without it they are downloaded once
  --count N     how many pictures (default 40000)
  --epochs N    default 20
  --seed N      default 0: the same seed gives the same file
  --out FILE    default judge.safetensors
`;

/** The thresholds of which is told what they take. */
const THRESHOLDS = [0.01, 0.015, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5];

const TEXTS = ["data", "photos", "count", "epochs", "seed", "out"];

await runScript(USAGE, { string: TEXTS }, async (args) => {
  using interrupt = interruptible();
  const { signal } = interrupt;
  const load = async (name: "mnist" | "cifar-10", directory: string | undefined) =>
    splitDataset(await loadPublished(name, { split: "train", directory, signal }), HELD_OUT);
  const digits = await load("mnist", args.text("data"));
  const photos = await load("cifar-10", args.text("photos"));
  const [count, seed] = [args.number("count") ?? 40_000, args.number("seed") ?? 0];
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
  // Small, since every program that reads pictures carries it, and quick: the first layer takes most of the time.
  const architecture = lenet5({
    name: "judge",
    channels: [6, 16, 24],
    kernel: 3,
    padding: [1, 1, 0],
    dense: [16],
    classes: 2,
  });
  const { model } = await train(architecture, learned, {
    epochs: args.number("epochs") ?? 20,
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
  const file = args.text("out") ?? "judge.safetensors";
  await writeFileAtomically(file, modelToBytes(model));
  console.log(`${file} written. Of ${held.count} pictures kept from it:`);

  using runner = await createRunner("wasm", architecture, model.parameters);
  const digitness = await digitnessOf(held, runner);
  for (const threshold of THRESHOLDS) {
    const [of, others] = [0, 1].map((label) => {
      const some = digitness.filter((_, n) => held.labels[n] === label);
      return percent(some.filter((value) => value >= threshold).length / some.length);
    });
    console.log(`from ${threshold.toFixed(2)} on: ${of} of digits, ${others} of others`);
  }
});

async function digitnessOf({ images, count }: Dataset, runner: Runner): Promise<number[]> {
  const logits = await runner.logits(Float32Array.from(images, (byte) => byte / 255), count);
  return Array.from({ length: count }, (_, n) => softmax(logits.subarray(2 * n, 2 * n + 2))[0]);
}
