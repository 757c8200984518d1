import { type Dataset, normalizationOf } from "../../data/dataset.ts";
import { writeFileAtomically } from "../../data/files.ts";
import { OPTIMIZERS } from "../../engine/trainer.ts";
import { LeNetError } from "../../errors.ts";
import { INITIALIZATIONS } from "../../model/initialize.ts";
import type { Normalization } from "../../model/model.ts";
import { ARCHITECTURE_NAMES, architectureByName, NORMALIZATION_1998 } from "../../model/zoo.ts";
import { checkpointToBytes } from "../../train/checkpoint.ts";
import { type Recipe, type RecipeOptions, SCHEDULES } from "../../train/recipe.ts";
import { type TrainingParts, type TrainResult, trainWith } from "../../train/train.ts";
import { duration, percent } from "../../watch/html.ts";
import { recipeFacts } from "../../watch/tables.ts";
import { modelToBytes } from "../../weights/model_file.ts";
import { BatchesAhead, MAX_THREADS, ShardWorkers, spareCores } from "../train_workers.ts";
import { type Command, interruptible } from "../command.ts";
import { type FlagTable, type FlagValues, omitUndefined } from "../flags.ts";
import {
  CHECKPOINT_ENDING,
  claimOutput,
  claimReport,
  DASHBOARD_FLAGS,
  placeOf,
  REPORT_FLAG,
  TrainLog,
  withDashboard,
} from "../run_output.ts";
import {
  DATASET_FLAGS,
  distortionsOf,
  loadTraining,
  NET_FLAGS,
  protectEpochs,
  readRun,
  SYNTHETIC_COUNT,
} from "../sources.ts";

/** The largest batch that a recipe may have. */
const MAX_BATCH = 65_536;

/** The normalization of networks whose paper gives one; all others take values from 0 to 1. */
const NORMALIZATIONS: Readonly<Record<string, Normalization>> = {
  "lenet5-1998": NORMALIZATION_1998,
};

/** The flags of `train`. */
export const TRAIN_FLAGS = {
  dataset: { ...DATASET_FLAGS.dataset, group: "Data" },
  data: { ...DATASET_FLAGS.data, group: "Data" },
  synthetic: {
    kind: "boolean",
    group: "Data",
    excludes: ["dataset", "data"],
    help: `train on ${SYNTHETIC_COUNT.toLocaleString("en-US")} digits drawn by the library`,
  },
  limit: {
    kind: "integer",
    min: 1,
    max: 1_000_000,
    value: "N",
    group: "Data",
    help: "use the first N images only",
  },
  validation: {
    kind: "integer",
    min: 0,
    value: "N",
    group: "Data",
    defaultText: "a twelfth",
    help: "hold out the last N images to measure on",
  },
  network: {
    kind: "choice",
    value: "NAME",
    choices: ARCHITECTURE_NAMES,
    group: "Network",
    defaultText: "lenet5",
    help: "the architecture",
  },
  init: {
    kind: "choice",
    value: "NAME",
    choices: INITIALIZATIONS,
    group: "Network",
    defaultText: "he-uniform",
    help: "the initialization of the weights",
  },
  epochs: {
    kind: "integer",
    min: 1,
    value: "N",
    group: "Recipe",
    defaultText: "10",
    help: "passes over the images",
  },
  batch: {
    kind: "integer",
    min: 1,
    max: MAX_BATCH,
    value: "N",
    group: "Recipe",
    defaultText: "128",
    help: "images in a step",
  },
  lr: {
    kind: "number",
    above: 0,
    value: "X",
    group: "Recipe",
    defaultText: "0.003",
    help: "the peak learning rate",
  },
  optimizer: {
    kind: "choice",
    value: "NAME",
    choices: OPTIMIZERS,
    group: "Recipe",
    defaultText: "adamw",
    help: "the optimizer",
  },
  momentum: {
    kind: "number",
    min: 0,
    below: 1,
    value: "X",
    group: "Recipe",
    defaultText: "0",
    help: "the momentum of sgd",
  },
  "weight-decay": {
    kind: "number",
    min: 0,
    value: "X",
    group: "Recipe",
    defaultText: "0.0001 for adamw, else 0",
    help: "the weight decay",
  },
  schedule: {
    kind: "choice",
    value: "NAME",
    choices: SCHEDULES,
    group: "Recipe",
    defaultText: "one-cycle",
    help: "the learning rate over the run",
  },
  normalize: {
    kind: "boolean",
    group: "Recipe",
    help:
      "normalize each channel to mean 0 and standard deviation 1 over the training images (default 0 to 1, for " +
      "lenet5-1998 its paper's −0.1 to 1.175)",
  },
  augment: {
    kind: "boolean",
    group: "Recipe",
    help: "distort the images anew in every epoch, in ways that suit the dataset",
  },
  degrade: {
    kind: "number",
    min: 0,
    max: 1,
    value: "X",
    group: "Recipe",
    needs: "augment",
    defaultText: "0",
    help:
      "the share of the images that is degraded as well: by noise, blur, low contrast and others",
  },
  averaging: {
    kind: "number",
    min: 0,
    below: 1,
    value: "X",
    group: "Recipe",
    defaultText: "none",
    help: "the decay of a moving average of the weights, such as 0.999",
  },
  seed: {
    kind: "integer",
    value: "N",
    group: "Recipe",
    defaultText: "0",
    help: "the same seed, data and backend wasm give the same file",
  },
  backend: { ...NET_FLAGS.backend, group: "Run" },
  workers: {
    kind: "integer",
    min: 1,
    max: MAX_THREADS,
    value: "N",
    group: "Run",
    defaultText: "all cores but one",
    help: "threads that compute each step on wasm; any number gives the same file",
  },
  out: {
    kind: "text",
    value: "FILE",
    group: "Run",
    defaultText: "NETWORK.safetensors",
    help: "the trained network; FILE.checkpoint and FILE.lock are kept until the run is done",
  },
  resume: {
    kind: "text",
    value: "FILE",
    group: "Run",
    help: "continue from the checkpoint FILE or FILE.checkpoint",
  },
  ...DASHBOARD_FLAGS,
  ...REPORT_FLAG,
  json: {
    kind: "boolean",
    group: "Run",
    help: "print one line of JSON for each epoch and one for the result",
  },
} as const satisfies FlagTable;

type TrainFlags = FlagValues<typeof TRAIN_FLAGS>;

/** `train`: trains a network from random weights. */
export const command: Command<typeof TRAIN_FLAGS> = {
  name: "train",
  summary: "Trains a network on labelled images and writes it as a safetensors file.",
  flags: TRAIN_FLAGS,
  run: ({ flags }) => trainNetwork(flags),
};

/**
 * Adds training images to a dataset.
 *
 * @param dataset The images.
 * @param heldOut The number of images at the end that are held out.
 * @param signal Aborts the work.
 * @returns A dataset that ends with the same images that are held out.
 */
export type Extend = (dataset: Dataset, heldOut: number, signal: AbortSignal) => Promise<Dataset>;

/**
 * Trains a network and writes it. After Ctrl-C or SIGTERM the checkpoint of the last epoch stays.
 *
 * @param flags The values of {@linkcode TRAIN_FLAGS}.
 * @param extend Adds training images to those of the dataset.
 * @throws {LeNetError} `aborted` after Ctrl-C or SIGTERM; `file/unwritable` at once when the file cannot be written or
 * another process trains for it; whatever reading the data, training or writing throws.
 */
export async function trainNetwork(flags: TrainFlags, extend?: Extend): Promise<void> {
  using interrupt = interruptible();
  const { signal } = interrupt;
  const resumed = flags.resume === undefined ? undefined : await readRun(flags.resume);
  const architecture = resumed !== undefined && flags.network === undefined
    ? resumed.checkpoint.architecture
    : architectureByName(flags.network ?? "lenet5");
  const out = flags.out ?? resumed?.out ?? `${architecture.name}.safetensors`;
  const checkpointPath = `${out}${CHECKPOINT_ENDING}`;
  using claim = await claimOutput(out, [checkpointPath]);
  using _reportClaim = await claimReport(flags.report, claim);
  const resumesOwn = resumed && claim.files.includes(await placeOf(resumed.path));
  const checkpoint = resumesOwn ? undefined : checkpointPath;
  await protectEpochs({ checkpoint, out, report: flags.report });
  const { dataset: name, data: directory, synthetic, limit, seed } = flags;
  const { input } = architecture;
  const images = await loadTraining(name, { synthetic, directory, limit, seed, signal, input });
  const heldOut = flags.validation ?? Math.floor(images.count / 12);
  const dataset = await extend?.(images, heldOut, signal) ?? images;
  const normalization = flags.normalize
    ? normalizationOf(dataset)
    : resumed === undefined
    ? NORMALIZATIONS[architecture.name]
    : undefined;
  const recipe = {
    ...recipeOptions(flags),
    ...extend && { validation: heldOut },
    ...normalization && { normalization },
  };
  await withDashboard(flags, interrupt, async (dashboard) => {
    dashboard?.begin(architecture.name, { train: dataset });
    const log = new TrainLog(flags.json);
    const started = performance.now();
    let saved = 0;
    using ahead = new BatchesAhead();
    using shards = new ShardWorkers(flags.workers ?? spareCores());
    const parts: TrainingParts = {
      makeBatches: (...pass) => ahead.batches(...pass),
      passBatch: (...step) => shards.pass(...step),
    };
    const result = await trainWith(parts, architecture, dataset, {
      ...recipe,
      backend: flags.backend,
      ...resumed && { resume: resumed.checkpoint },
      signal,
      async onProgress(progress, weights) {
        log.step(progress);
        await dashboard?.step(progress, weights);
      },
      async onCheckpoint(checkpoint) {
        await writeFileAtomically(checkpointPath, checkpointToBytes(checkpoint));
        saved = checkpoint.history.length;
        log.epoch(checkpoint);
        dashboard?.checkpoint(checkpoint);
      },
    }).catch((error) => {
      log.clear();
      if (!(error instanceof LeNetError) || error.code !== "aborted") throw error;
      throw new LeNetError(
        "aborted",
        `${error.message}; go on after epoch ${saved} with --resume ${checkpointPath}`,
      );
    });
    await writeFileAtomically(out, modelToBytes(result.model));
    await Deno.remove(checkpointPath);
    log.result(out, result);
    if (flags.report !== undefined) {
      await report(flags.report, result, dataset, (performance.now() - started) / 1000);
      if (!flags.json) console.log(`${flags.report} written`);
    }
    return `Done: ${out} written`;
  });
}

/** The recipe that was asked for. What was not is left out: then the default holds, or that of the checkpoint. */
function recipeOptions(flags: TrainFlags): RecipeOptions {
  const { optimizer, momentum, "weight-decay": weightDecay, augment, degrade } = flags;
  const asked = omitUndefined({ name: optimizer, momentum, weightDecay });
  return omitUndefined({
    epochs: flags.epochs,
    batchSize: flags.batch,
    learningRate: flags.lr,
    schedule: flags.schedule,
    averaging: flags.averaging,
    initialization: flags.init,
    seed: flags.seed,
    validation: flags.validation,
    augment: augment
      ? { ...distortionsOf(flags.dataset), ...omitUndefined({ degrade }) }
      : undefined,
    optimizer: Object.keys(asked).length > 0 ? asked : undefined,
  });
}

/** Writes the report of a training. */
async function report(
  file: string,
  { model, history, backend }: TrainResult,
  dataset: Dataset,
  seconds: number,
): Promise<void> {
  // Loaded on demand: charts and pictures are needed for nothing else.
  const { heldOutImages, writeReport } = await import("../../watch/report.ts");
  // `train` stores the recipe in the metadata.
  const recipe = model.metadata.recipe as unknown as Recipe;
  const reached = history[history.length - 1].validation?.accuracy;
  await writeReport(file, model, heldOutImages(dataset, recipe.validation), {
    name: model.architecture.name,
    description: recipe.validation === 0
      ? "measured on the images that it learned from"
      : `measured on ${recipe.validation} images that it did not learn from`,
    facts: [
      ...reached === undefined ? [] : [["reached", percent(reached)] as const],
      ["time", duration(seconds)],
      ["data", dataset.name],
      ...recipeFacts(recipe),
      ["backend", backend],
    ],
    history,
    measuredOn: "validation",
  });
}
