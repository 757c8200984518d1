import { LeNet } from "../../mod.ts";
import { interruptible, runCommand } from "../../src/cli/command.ts";
import type { FlagTable, FlagValues } from "../../src/cli/flags.ts";
import { bar, ProgressLine } from "../../src/cli/run_output.ts";
import { DATASET_FLAGS, loadPublished } from "../../src/cli/sources.ts";
import { splitDataset } from "../../src/data/dataset.ts";
import { writeFileAtomically } from "../../src/data/files.ts";
import { createRunner } from "../../src/engine/backends.ts";
import { lenet5 } from "../../src/model/zoo.ts";
import { train } from "../../src/train/train.ts";
import { percent } from "../../src/watch/html.ts";
import { modelFromBytes, modelFromModule, modelToBytes } from "../../src/weights/model_file.ts";
import {
  calibrate,
  calibrationError,
  mostLikely,
  probabilityOf,
  scoreInk,
} from "./hard_set/calibrate_non_digit.ts";
import {
  type LabelledInk,
  makeLabelledInk,
  NON_DIGIT_CLASSES,
  nonDigitDataset,
} from "./hard_set/non_digit_dataset.ts";

/** The number of training digits and photos, the last ones, that are held out. */
const HELD_OUT = 10_000;

/** The thresholds whose acceptance is reported. */
const THRESHOLDS = [0.1, 0.3, 0.5, 0.7, 0.9];

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
  count: { kind: "integer", min: 1, value: "N", default: 104_000, help: "the number of pictures" },
  epochs: { kind: "integer", min: 1, value: "N", default: 18, help: "passes over the ink" },
  seed: { kind: "integer", value: "N", default: 0, help: "the same seed gives the same file" },
  out: { kind: "text", value: "FILE", default: "non-digit.safetensors", help: "the network" },
} as const satisfies FlagTable;

await runCommand({
  name: "train:non-digit",
  summary: "Trains the small network that tells digits from what is not a digit.",
  details:
    "It learns from digits of MNIST and drawn ones as people photograph, scan and draw them, and from things cut out of " +
    "CIFAR-10's photos, cloth, shapes, letters, symbols, scribbles, noise, empty forms, text, and several digits. Prints the " +
    "calibration, and the share of digits and of other pictures that pass each threshold, of pictures made of digits and " +
    "photos that are held out.",
  flags: FLAGS,
  run: ({ flags }) => trainNonDigit(flags),
});

async function trainNonDigit(flags: FlagValues<typeof FLAGS>): Promise<void> {
  const { count, epochs, seed, out: file } = flags;
  using interrupt = interruptible();
  const { signal } = interrupt;
  const load = async (name: "mnist" | "cifar-10", directory: string | undefined) =>
    splitDataset(await loadPublished(name, { split: "train", directory, signal }), HELD_OUT);
  const digits = await load("mnist", flags.data);
  const photos = await load("cifar-10", flags.photos);
  using net = await LeNet.load("digits", { backend: "wasm" });
  const { model: reader } = net;
  using readerRunner = await createRunner("wasm", reader.architecture, reader.parameters);
  const line = new ProgressLine();
  const make = (
    part: "train" | "validation",
    count: number,
    seed: number,
  ): Promise<LabelledInk[]> => {
    const sources = { digits: digits[part], photos: photos[part] };
    return makeLabelledInk(
      sources,
      { model: reader, runner: readerRunner },
      count,
      seed,
      (done) => {
        signal.throwIfAborted();
        line.draw(() => `making pictures ${bar(done / count, 30)}`);
      },
    );
  };
  const learned = await make("train", count, seed);
  const held = await make("validation", Math.ceil(count / 10), seed + 1);
  line.clear();
  console.log(`${learned.length} inks to learn from, ${held.length} held out.`);
  const architecture = lenet5({
    name: "non-digit",
    input: [2, 28, 28],
    channels: [16, 32, 64],
    kernel: 3,
    padding: [1, 1, 0],
    dense: [96],
    classes: NON_DIGIT_CLASSES.length,
  });
  const checksums = {
    ...digits.train.checksums,
    ...photos.train.checksums,
  };
  const { model } = await train(architecture, nonDigitDataset(learned, checksums), {
    epochs,
    learningRate: 6e-3,
    averaging: 0.995,
    seed,
    validation: 0,
    backend: "wasm",
    signal,
    onProgress: ({ epoch, epochs, loss }) =>
      line.draw(() => `epoch ${epoch}/${epochs}  loss ${loss.toFixed(4)}`),
  });
  line.clear();
  await writeFileAtomically(file, modelToBytes(model));
  console.log(`${file} written.`);

  // Calibrated with the weights as they are packed, and the judge as it is published.
  const packed = modelFromBytes(modelToBytes(model, { dtype: "I8" }));
  const judge = modelFromModule(await import("@x/lenet-weights/judge"));
  using elevenRunner = await createRunner("wasm", packed.architecture, packed.parameters);
  using judgeRunner = await createRunner("wasm", judge.architecture, judge.parameters);
  const networks = {
    eleven: () => Promise.resolve(elevenRunner),
    judge: () => Promise.resolve(judgeRunner),
  };
  const scored = mostLikely(await scoreInk(held, reader.metadata.temperature, networks));
  const calibration = calibrate(scored);
  const { slope, offset } = calibration;
  console.log(
    `Calibration: slope ${slope.toFixed(3)}, offset ${offset.toFixed(3)}; expected error ${
      percent(calibrationError(scored, calibration))
    }.`,
  );
  console.log(`Accepted of ${scored.length} held-out pictures:`);
  for (const threshold of THRESHOLDS) {
    const [ofDigits, ofOthers] = [true, false].map((isDigit) => {
      const some = scored.filter((ink) => ink.isDigit === isDigit);
      const taken = some.filter((ink) => probabilityOf(ink, calibration) >= threshold);
      return percent(taken.length / some.length);
    });
    console.log(`at ${threshold.toFixed(2)}: ${ofDigits} of digits, ${ofOthers} of others`);
  }
}
