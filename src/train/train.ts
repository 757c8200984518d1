import { type Dataset, splitDataset } from "../data/dataset.ts";
import type { BackendOption } from "../engine/backends.ts";
import type { TrainerState } from "../engine/trainer.ts";
import type { PassBatch } from "../engine/wasm/training_network.ts";
import { LeNetError } from "../errors.ts";
import { checkFits } from "../evaluate.ts";
import { type Architecture, inferShapes } from "../model/architecture.ts";
import { initialize } from "../model/initialize.ts";
import type { Model } from "../model/model.ts";
import type { Parameters } from "../model/parameters.ts";
import { Random } from "../model/random.ts";
import { checkOptionNames, definedOptions, invalidOption } from "../options.ts";
import { selectTrainingBackend, Training } from "./backend.ts";
import { batches, type MakeBatches } from "./batches.ts";
import { type Checkpoint, checkResumable, type DataIdentity } from "./checkpoint.ts";
import {
  checkRunOptions,
  type EpochRecord,
  measureEpoch,
  runEpoch,
  type RunOptions,
} from "./epoch.ts";
import {
  distortionsAt,
  type Recipe,
  RECIPE_OPTIONS,
  type RecipeOptions,
  resolveRecipe,
} from "./recipe.ts";

/** The options of {@linkcode train}: the recipe, the backend, and how the run is observed and stopped. */
export interface TrainOptions extends RecipeOptions, RunOptions {
  /** The backend to compute on; default `auto`: WebGPU for large steps on a hardware adapter, else WASM. */
  readonly backend?: BackendOption;
  /** A checkpoint of an earlier run, which continues to the result that it would have had without the break. */
  readonly resume?: Checkpoint;
  /** A separate hold-out set, which is measured after every epoch in place of a split by `validation`, not beside it. */
  readonly validationData?: Dataset;
  /** Called with a checkpoint before the first epoch and after each; the run awaits it. */
  readonly onCheckpoint?: (checkpoint: Checkpoint) => void | Promise<void>;
}

/** The result of {@linkcode train}. */
export interface TrainResult {
  /** The trained network. */
  readonly model: Model;
  /** One record for each epoch. */
  readonly history: readonly EpochRecord[];
  /** The backend that computed it: `wasm`, too, when a GPU failed and the run went on without it. */
  readonly backend: "webgpu" | "wasm";
}

const TRAIN_OPTIONS: readonly (keyof TrainOptions)[] = [
  ...RECIPE_OPTIONS,
  "backend",
  "resume",
  "validationData",
  "signal",
  "onProgress",
  "onCheckpoint",
];

/**
 * Trains a network from random initial weights.
 *
 * On the backend `wasm` the same recipe and data give the same weights, bit for bit, resumed or not. When a GPU fails, the
 * run goes on from its last checkpoint on `wasm`, with a warning on the console.
 *
 * @param architecture The network to train.
 * @param dataset Images of the shape of its inputs, with as many classes.
 * @param options The recipe, the backend, and how the run is observed and stopped.
 * @returns The trained model and the history of the run.
 * @throws {LeNetError} `option/unknown`, `option/invalid`, `architecture/invalid` or `data/mismatch` before the run
 * starts; `checkpoint/mismatch` when the checkpoint is of another run; `train/diverged` when the loss is no longer
 * finite; `aborted` when the signal stops it; `backend/unavailable`.
 */
export async function train(
  architecture: Architecture,
  dataset: Dataset,
  options: TrainOptions = {},
): Promise<TrainResult> {
  // In place: bundlers and runtimes do not agree on how a module of a package becomes a worker, nor on whether it may.
  return await trainWith({}, architecture, dataset, options);
}

/** What of a training may be computed elsewhere, such as in workers; what is left out is computed in place. */
export interface TrainingParts {
  /** Makes the batches of each epoch. */
  readonly makeBatches?: MakeBatches;
  /** Computes the batch of each step on `wasm`. */
  readonly passBatch?: PassBatch;
}

/**
 * {@linkcode train}, with parts that are computed elsewhere. The result is the same.
 *
 * @param parts What is computed elsewhere.
 * @param network The network to train.
 * @param images Images of the shape of its inputs, with as many classes.
 * @param options The recipe, the backend, and how the run is observed and stopped.
 * @returns The trained model and the history of the run.
 * @throws What `train` throws, and whatever a part throws.
 */
export async function trainWith(
  { makeBatches = batches, passBatch }: TrainingParts,
  network: Architecture,
  images: Dataset,
  options: TrainOptions,
): Promise<TrainResult> {
  checkOptionNames("train", options, TRAIN_OPTIONS);
  checkRunOptions("train", options, ["onProgress", "onCheckpoint"]);
  const { backend: requested, resume, signal, onProgress: _, onCheckpoint, ...rest } = options;
  const { validationData, ...asked } = rest;
  // First of all, since its name is part of other messages.
  inferShapes(network);
  checkFits(`train ${network.name}`, network, images);
  if (validationData !== undefined) {
    checkFits(`validate ${network.name}`, network, validationData);
  }
  if (resume !== undefined) checkCheckpoint(resume);
  checkHoldOut(validationData, asked.validation, resume);
  // What was checked has to stay as it is for the whole run: a callback may change the caller's objects.
  const architecture = structuredClone(network);
  const dataset = withOwnLabels(images);
  const data: DataIdentity = {
    name: dataset.name,
    count: dataset.count,
    checksums: dataset.checksums ?? {},
  };
  const recipe = structuredClone(resolveRecipe(
    { ...validationData && { validation: 0 }, ...resume?.recipe, ...definedOptions(asked) },
    dataset.count,
    dataset.shape[0],
  ));
  if (resume !== undefined) checkResumable(resume, { architecture, recipe, data });

  const parts = recipe.validation === 0
    ? { train: dataset, validation: validationData && withOwnLabels(validationData) }
    : splitDataset(dataset, recipe.validation);
  const backend = await selectTrainingBackend(
    requested,
    architecture,
    Math.min(recipe.batchSize, parts.train.count),
  );
  let random = new Random(resume?.random ?? recipe.seed).state;
  const history = [...resume?.history ?? []];
  let state = resume?.trainer ?? initialState(architecture, recipe);
  const training = await Training.start(backend, architecture, state, recipe, passBatch);
  try {
    const reportCheckpoint = async (): Promise<void> => {
      const done = { architecture, recipe, data, history: [...history], random };
      await onCheckpoint?.({ ...done, trainer: state });
    };
    await reportCheckpoint();
    while (history.length < recipe.epochs) {
      const epoch = history.length + 1;
      const augment = distortionsAt(recipe.augment, (epoch - 1) / recipe.epochs);
      let drawn = new Random(random);
      const pass = await training.epoch((trainer, backend) => {
        // An epoch that begins again draws the same batches.
        drawn = new Random(random);
        return runEpoch(
          trainer,
          makeBatches(parts.train, { ...recipe, augment }, drawn),
          { ...recipe, epoch, count: parts.train.count, backend },
          options,
        );
      });
      random = drawn.state;
      state = await training.state();
      const measured = await measureEpoch(
        training.backend,
        { architecture, parameters: resultOf(state) },
        recipe,
        parts,
        { ...recipe, epoch },
        signal,
      );
      history.push({ epoch, ...pass, ...measured });
      await reportCheckpoint();
    }
  } finally {
    training[Symbol.dispose]();
  }
  const model: Model = {
    architecture,
    parameters: resultOf(state),
    metadata: {
      classNames: dataset.classNames,
      normalization: recipe.normalization,
      ...dataset.preparation && { preparation: dataset.preparation },
      temperature: 1,
      recipe: { ...recipe, dataset: dataset.name, backend: training.backend },
      dataChecksums: data.checksums,
    },
  };
  return { model, history, backend: training.backend };
}

/** Checks that a checkpoint is one, by its parts. */
function checkCheckpoint(resume: Checkpoint): void {
  const { recipe, data, history, random, trainer } = Object(resume) as Partial<Checkpoint>;
  const isCheckpoint = typeof recipe === "object" && typeof data === "object" &&
    Array.isArray(history) && Array.isArray(random) && trainer?.parameters instanceof Map;
  if (isCheckpoint) return;
  throw invalidOption("train", "resume", resume, "a checkpoint such as checkpointFromBytes gives");
}

/** Refuses two hold-out sets, and a resumed run that is measured on another one, or on none. */
function checkHoldOut(
  separate: Dataset | undefined,
  validation: number | undefined,
  resume: Checkpoint | undefined,
): void {
  if (separate !== undefined && validation !== undefined && validation !== 0) {
    throw invalidOption("train", "validation", validation, "none beside validationData");
  }
  if (resume === undefined || resume.history.length === 0) return;
  const { recipe, history } = resume;
  const wasSeparate = recipe.validation === 0 && history[0].validation !== undefined;
  if (wasSeparate === (separate !== undefined)) return;
  throw new LeNetError(
    "checkpoint/mismatch",
    wasSeparate
      ? "Cannot resume: there is no validationData, in the run of the checkpoint there was, expected the same"
      : "Cannot resume: there is validationData, in the run of the checkpoint there was none, expected the same",
  );
}

function withOwnLabels(dataset: Dataset): Dataset {
  return { ...dataset, labels: dataset.labels.slice() };
}

function initialState(architecture: Architecture, recipe: Recipe): TrainerState {
  const { initialization: method, seed } = recipe;
  return { parameters: initialize(architecture, { method, seed }), slots: new Map(), steps: 0 };
}

/** The resulting weights of a run: their moving average if there is one. */
function resultOf({ parameters, slots }: TrainerState): Parameters {
  return slots.get("average") ?? parameters;
}
