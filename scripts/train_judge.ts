import { writeFileAtomically } from "../src/data/atomic_write.ts";
import { splitDataset } from "../src/data/dataset.ts";
import { createRunner } from "../src/engine/create_runner.ts";
import { softmax } from "../src/engine/softmax.ts";
import { lenet5 } from "../src/model/lenet5.ts";
import { train } from "../src/train/train.ts";
import { modelToBytes } from "../src/weights/model_file.ts";
import { interruptible, runScript } from "./cli.ts";
import { judgeDataset } from "./hard_set/judge_dataset.ts";
import { loadPublished } from "./load_dataset.ts";
import { bar, ProgressLine } from "./progress_line.ts";

/** The last training digits are kept from the judge, as they are kept from all that is tuned. */
const HELD_OUT = 10_000;

const USAGE = `
Usage: deno task train:judge [--data DIR] [--count N] [--epochs N] [--seed N] [--out FILE]

Trains the judge, a tiny network that says whether the ink of a picture is a digit at all: on digits of MNIST as people
photograph and draw them, and on letters, symbols, scribbles, noise and solid things.

  --data DIR   holds MNIST's files, or its folder; without it they are downloaded once
  --count N    how many pictures (default 20000)
  --epochs N   default 12
  --seed N     default 0: the same seed gives the same file
  --out FILE   default judge.safetensors
`;

await runScript(USAGE, { string: ["data", "count", "epochs", "seed", "out"] }, async (args) => {
  using interrupt = interruptible();
  const { signal } = interrupt;
  const directory = args.text("data");
  const whole = await loadPublished("mnist", { split: "train", directory, signal });
  const { train: digits, validation } = splitDataset(whole, HELD_OUT);
  const line = new ProgressLine();
  const [count, seed] = [args.number("count") ?? 20_000, args.number("seed") ?? 0];
  const learned = await judgeDataset(digits, count, seed, (done) => {
    signal.throwIfAborted();
    line.draw(() => `making pictures ${bar(done / count, 30)}`);
  });
  const held = await judgeDataset(validation, Math.ceil(count / 10), seed + 1, (done) => {
    signal.throwIfAborted();
    line.draw(() => `making pictures to measure on: ${done}`);
  });
  line.clear();
  // Small, since every program that reads pictures carries it: 4,614 parameters.
  const architecture = lenet5({ name: "judge", channels: [6, 8], dense: [16], classes: 2 });
  const { model, history } = await train(architecture, learned, {
    epochs: args.number("epochs") ?? 12,
    averaging: 0.995,
    seed,
    validationData: held,
    backend: "wasm",
    signal,
    onProgress: ({ epoch, epochs, loss }) =>
      line.draw(() => `epoch ${epoch}/${epochs}  loss ${loss.toFixed(4)}`),
  });
  line.clear();
  const file = args.text("out") ?? "judge.safetensors";
  await writeFileAtomically(file, modelToBytes(model));
  console.log(
    `${file} written; of pictures kept from it ${history.at(-1)?.validation?.accuracy} right`,
  );

  using runner = await createRunner("wasm", architecture, model.parameters);
  const inputs = Float32Array.from(held.images, (byte) => byte / 255);
  const logits = await runner.logits(inputs, held.count);
  const digitness: number[] = [];
  for (let n = 0; n < held.count; n += 2) {
    digitness.push(softmax(logits.subarray(2 * n, 2 * n + 2))[0]);
  }
  digitness.sort((a, b) => a - b);
  for (const share of [0.001, 0.002, 0.005, 0.01, 0.02]) {
    console.log(
      `${share} of digits below ${digitness[Math.floor(share * digitness.length)].toFixed(5)}`,
    );
  }
});
