import { joinDatasets } from "../../scripts/research/join_datasets.ts";
import type { Distortions } from "../data/augment/distort.ts";
import { type Dataset, normalizationOf, splitDataset, takeDataset } from "../data/dataset.ts";
import { readFile, writeFileAtomically } from "../data/files.ts";
import { syntheticDigits } from "../data/synthetic/digits.ts";
import { BACKENDS } from "../engine/backends.ts";
import { OPTIMIZERS } from "../engine/trainer.ts";
import { checkAborted, LeNetError } from "../errors.ts";
import type { ImageShape } from "../model/architecture.ts";
import { INITIALIZATIONS } from "../model/initialize.ts";
import { areDigits, type Normalization } from "../model/model.ts";
import { ARCHITECTURE_NAMES, architectureByName, NORMALIZATION_1998 } from "../model/zoo.ts";
import { type Checkpoint, checkpointFromBytes, checkpointToBytes } from "../train/checkpoint.ts";
import { DEFAULT_OPTIMIZER, type RecipeOptions, SCHEDULES } from "../train/recipe.ts";
import { train } from "../train/train.ts";
import { modelToBytes } from "../weights/model_file.ts";
import { type Arguments, interruptible, refusePositionals, runScript } from "./command.ts";
import { bar, ProgressLine } from "./progress.ts";
import { DATASETS, distortionsFor, loadDataset, padToFit } from "./sources.ts";
import { DASHBOARD_PORT, TrainReport, withDashboard } from "./train_report.ts";

/** How many synthetic digits there are to learn from. */
const SYNTHETIC_COUNT = 60_000;

/** What networks expect of their inputs when nothing else is said, where it is not values from 0 to 1. */
const NORMALIZATIONS: Readonly<Record<string, Normalization>> = {
  "lenet5-1998": NORMALIZATION_1998,
};

/** The flags that say how weights follow their gradients. */
const OPTIMIZER_FLAGS = ["optimizer", "momentum", "weight-decay"];

/** Decides the pictures of digits: runs with different seeds differ in first weights, order and distortions alone. */
const PICTURES_SEED = 0;

const USAGE = `
Usage: deno task train [--data DIR | --synthetic] [--out FILE] [options]

Trains a network on labelled images and writes it as a safetensors file.

Data
  --dataset NAME      ${DATASETS.join(", ")} (default mnist)
  --data DIR          holds its files, packed or not, or its folder; without it they are downloaded once
  --synthetic         ${SYNTHETIC_COUNT} digits drawn by the library instead
  --limit N           only the first N images
  --validation N      set the last N images aside to measure on (default a twelfth)
  --pictures N        learn N pictures as people take and draw them, too: the same digits in shadows, on ruled paper,
                      crooked, …, as the library finds them there (default 0)

Network
  --network NAME      ${ARCHITECTURE_NAMES.join(", ")} (default lenet5)
  --init NAME         ${INITIALIZATIONS.join(", ")} (default he-uniform)

Recipe
  --epochs N          default 10
  --batch N           images in a step, default 128
  --lr X              highest learning rate, default 0.003
  --optimizer NAME    ${OPTIMIZERS.join(", ")} (default adamw)
  --momentum X        of sgd, default 0
  --weight-decay X    default 0.0001 for adamw, 0 for the others
  --schedule NAME     ${SCHEDULES.join(", ")} (default one-cycle)
  --normalize         bring each channel to mean 0 and std 1 over the training images (default 0 to 1,
                      for lenet5-1998 its paper's −0.1 to 1.175)
  --augment           distort the images anew every time, in ways that suit the dataset
  --degrade X         with --augment: share of the images that are made noisy, blurred, faint, …, too (default 0)
  --averaging X       moving average of the weights, such as 0.999 (default none)
  --seed N            default 0: the same seed, data and backend wasm give the same file

Run
  --backend NAME      ${BACKENDS.join(", ")} (default auto)
  --out FILE          default NETWORK.safetensors; FILE.checkpoint is kept until the run is done
  --resume FILE       go on from the checkpoint FILE or FILE.checkpoint
  --dashboard         show the run on a page on this machine, which can pause and stop it, too
  --port N            where that page is, or the next port that is free (default ${DASHBOARD_PORT})
  --report FILE       write how it went as an HTML page, and in numbers as FILE.history.json
  --json              one line of JSON for each epoch and one for the result
`;

await runScript(
  USAGE,
  {
    string: [
      "dataset",
      "data",
      "limit",
      "validation",
      "pictures",
      "network",
      "init",
      "epochs",
      "batch",
      "lr",
      "optimizer",
      "momentum",
      "weight-decay",
      "schedule",
      "averaging",
      "degrade",
      "seed",
      "backend",
      "out",
      "resume",
      "port",
      "report",
    ],
    boolean: ["synthetic", "normalize", "augment", "dashboard", "json"],
  },
  async (args) => {
    refusePositionals(args);
    using interrupt = interruptible();
    const resumed = await readCheckpoint(args.text("resume"));
    const name = args.text("network");
    const architecture = resumed !== undefined && name === undefined
      ? resumed.checkpoint.architecture
      : architectureByName(name ?? "lenet5");
    const out = args.text("out") ?? resumed?.out ?? `${architecture.name}.safetensors`;
    const page = args.text("report");
    const backend = args.choice("backend", BACKENDS);
    const asked = readRecipe(args);
    const digits = await readDataset(args, interrupt.signal, architecture.input);
    const dataset = await withPictures(args, digits, interrupt.signal);
    const normalization = args.has("normalize")
      ? normalizationOf(dataset)
      : resumed === undefined
      ? NORMALIZATIONS[architecture.name]
      : undefined;
    const validation = args.number("pictures") === undefined
      ? {}
      : { validation: setAside(args, digits) };
    const recipe = { ...asked, ...validation, ...normalization && { normalization } };

    await withDashboard(args, interrupt, async (dashboard) => {
      dashboard?.begin(architecture.name, { train: dataset });
      const report = new TrainReport(args.has("json"));
      const started = performance.now();
      let saved = 0;
      const result = await train(architecture, dataset, {
        ...recipe,
        ...backend && { backend },
        ...resumed && { resume: resumed.checkpoint },
        signal: interrupt.signal,
        async onProgress(progress, weights) {
          report.step(progress);
          await dashboard?.step(progress, weights);
        },
        async onCheckpoint(checkpoint) {
          await writeFileAtomically(checkpointPath(out), checkpointToBytes(checkpoint));
          saved = checkpoint.history.length;
          report.epoch(checkpoint);
          dashboard?.checkpoint(checkpoint);
        },
      }).catch((error) => {
        report.clear();
        if (!(error instanceof LeNetError) || error.code !== "aborted") throw error;
        throw new LeNetError(
          "aborted",
          `${error.message}; go on after epoch ${saved} with --resume ${checkpointPath(out)}`,
        );
      });
      await writeFileAtomically(out, modelToBytes(result.model));
      await Deno.remove(checkpointPath(out));
      report.result(out, result);
      if (page !== undefined) {
        // Loaded when asked for: charts and pictures are not needed without.
        const { writeReport } = await import("./train_report.ts");
        await writeReport(page, result, dataset, (performance.now() - started) / 1000);
        if (!args.has("json")) console.log(`${page} written`);
      }
      return `Done: ${out} written`;
    });
  },
);

function checkpointPath(out: string): string {
  return out.endsWith(".checkpoint") ? out : `${out}.checkpoint`;
}

async function readCheckpoint(
  file: string | undefined,
): Promise<{ out: string; checkpoint: Checkpoint } | undefined> {
  if (file === undefined) return undefined;
  const path = checkpointPath(file);
  const checkpoint = checkpointFromBytes(await readFile(path));
  return { out: path.slice(0, -".checkpoint".length), checkpoint };
}

function readRecipe(args: Arguments): RecipeOptions {
  const name = args.choice("optimizer", OPTIMIZERS) ?? "adamw";
  const optimizer = {
    ...name === "adamw" ? DEFAULT_OPTIMIZER : { name },
    ...given({ momentum: args.number("momentum"), weightDecay: args.number("weight-decay") }),
  };
  const options = {
    epochs: args.number("epochs"),
    batchSize: args.number("batch"),
    learningRate: args.number("lr"),
    schedule: args.choice("schedule", SCHEDULES),
    averaging: args.number("averaging"),
    initialization: args.choice("init", INITIALIZATIONS),
    seed: args.number("seed"),
    validation: args.number("validation"),
    augment: augmentation(args),
    // Left out when resuming without a word about it: then the checkpoint's holds.
    optimizer: OPTIMIZER_FLAGS.some((flag) => args.text(flag) !== undefined)
      ? optimizer
      : undefined,
  };
  return given(options) as RecipeOptions;
}

function augmentation(args: Arguments): Distortions | undefined {
  const degrade = args.number("degrade");
  if (args.has("augment")) {
    return { ...distortionsFor(args), ...degrade !== undefined && { degrade } };
  }
  if (degrade === undefined) return undefined;
  throw new LeNetError(
    "option/invalid",
    "Cannot take --degrade by itself: it is a way to distort images, expected --augment beside it",
  );
}

/** What was given, without what was not. */
function given<T extends Record<string, unknown>>(options: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}

async function readDataset(
  args: Arguments,
  signal: AbortSignal,
  input: ImageShape,
): Promise<Dataset> {
  const directory = args.text("data");
  const limit = args.number("limit");
  if (args.has("synthetic")) {
    if (directory !== undefined || args.text("dataset") !== undefined) {
      throw new LeNetError(
        "option/invalid",
        "Cannot take --data or --dataset beside --synthetic: expected one source of images",
      );
    }
    const seed = args.number("seed") ?? 0;
    return padToFit(syntheticDigits({ count: limit ?? SYNTHETIC_COUNT, seed }), input);
  }
  const dataset = await loadDataset(args, "train", signal, input);
  return limit === undefined ? dataset : takeDataset(dataset, limit);
}

/** How many of the last images are set aside where pictures are made of the others. */
function setAside(args: Arguments, { count }: Dataset): number {
  return args.number("validation") ?? Math.floor(count / 12);
}

/** The dataset, and before it pictures of those of its digits that are not set aside. */
async function withPictures(
  args: Arguments,
  dataset: Dataset,
  signal: AbortSignal,
): Promise<Dataset> {
  const count = args.number("pictures");
  if (count === undefined) return dataset;
  const aside = setAside(args, dataset);
  const isFit = Number.isSafeInteger(count) && count > 0 && aside >= 0 && aside < dataset.count;
  if (!isFit || dataset.shape.join() !== "1,28,28" || !areDigits(dataset.classNames)) {
    throw new LeNetError(
      "option/invalid",
      `Cannot take --pictures ${count} of ${dataset.name}: found ${dataset.count} images of shape [${dataset.shape}] ` +
        `with ${aside} set aside, expected a whole number from 1, and digits of shape [1,28,28]`,
    );
  }
  // Loaded when asked for: most runs make no pictures.
  const { pictureDataset } = await import("../../scripts/research/hard_set/datasets.ts");
  const line = new ProgressLine();
  const learned = aside === 0 ? dataset : splitDataset(dataset, aside).train;
  const pictures = await pictureDataset(learned, count, PICTURES_SEED, (done) => {
    checkAborted(signal, "make pictures");
    line.draw(() => `making pictures ${bar(done / count, 30)}`);
  }).finally(() => line.clear());
  return joinDatasets(pictures, dataset);
}
