import { type Dataset, splitDataset } from "../data/dataset.ts";
import {
  type BackendOption,
  createRunner,
  registerWebGpu,
  selectBackend,
} from "../engine/backends.ts";
import type { Trainer, TrainerState } from "../engine/trainer.ts";
import { LeNetError } from "../errors.ts";
import { checkFits, evaluate } from "../evaluate.ts";
import type { Architecture } from "../model/architecture.ts";
import { initialize } from "../model/initialize.ts";
import type { Model, Normalization } from "../model/model.ts";
import type { Parameters } from "../model/parameters.ts";
import { Random } from "../model/random.ts";
import { checkOptionNames } from "../options.ts";
import { type Batch, batches } from "./batches.ts";
import {
  type Checkpoint,
  checkResumable,
  type DataIdentity,
  type EpochRecord,
  type TrainProgress,
} from "./checkpoint.ts";
import {
  distortionsAt,
  learningRateFactor,
  type Recipe,
  RECIPE_OPTIONS,
  type RecipeOptions,
  resolveRecipe,
  type Schedule,
} from "./recipe.ts";

/** The options of {@linkcode train}: the recipe, and how the run is watched and stopped. */
export interface TrainOptions extends RecipeOptions, RunOptions {
  /** Where to compute; `auto` unless told. */
  readonly backend?: BackendOption;
  /** Where an earlier run was; it goes on to the result that it would have had. */
  readonly resume?: Checkpoint;
  /**
   * Images to measure on after every epoch, which are not learned from, in place of those that `validation` sets
   * aside.
   */
  readonly validationData?: Dataset;
  /** Given a checkpoint before the first epoch and after each; the run waits for it. */
  readonly onCheckpoint?: (checkpoint: Checkpoint) => void | Promise<void>;
}

/** What training comes to. */
export interface TrainResult {
  /** The trained network. */
  readonly model: Model;
  /** One record for each epoch. */
  readonly history: readonly EpochRecord[];
  /** Where it was computed. */
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
 * Trains a network from nothing.
 *
 * The same recipe, data and backend `wasm` give the same weights, bit for bit, resumed or not.
 *
 * @param architecture The network.
 * @param dataset What to learn: images of the network's own shape, labels within its classes.
 * @param options The recipe, where to compute, and how to watch and stop.
 * @returns The trained model and the history of the run.
 * @throws {LeNetError} `option/invalid`, `architecture/invalid` or `data/mismatch` before anything starts;
 * `checkpoint/mismatch` when the run to resume was another one; `train/diverged` when the loss is no longer finite;
 * `aborted` when the signal stops it.
 */
export async function train(
  architecture: Architecture,
  dataset: Dataset,
  options: TrainOptions = {},
): Promise<TrainResult> {
  checkOptionNames("train", options, TRAIN_OPTIONS);
  const { backend: requested, resume, signal, onProgress: _, onCheckpoint, ...rest } = options;
  const { validationData, ...asked } = rest;
  checkFits(`train ${architecture.name}`, architecture, dataset);
  if (validationData !== undefined) {
    checkFits(`validate ${architecture.name}`, architecture, validationData);
  }
  const data: DataIdentity = {
    name: dataset.name,
    count: dataset.count,
    checksums: dataset.checksums ?? {},
  };
  const recipe = resolveRecipe(
    { ...validationData && { validation: 0 }, ...resume?.recipe, ...asked },
    dataset.count,
    dataset.shape[0],
  );
  if (resume !== undefined) checkResumable(resume, { architecture, recipe, data });

  // Training carries the engine of tfjs anyway, so that bundles need no other import for WebGPU.
  registerWebGpu(() => import("../engine/tfjs/runner.ts"));
  const backend = await selectBackend(requested);
  const random = new Random(resume?.random ?? recipe.seed);
  const history = [...resume?.history ?? []];
  const parts = recipe.validation === 0
    ? { train: dataset, validation: validationData }
    : splitDataset(dataset, recipe.validation);
  const { tfjsTrainer } = await import("../engine/tfjs/trainer.ts");
  const trainer = await tfjsTrainer(
    backend,
    architecture,
    resume?.trainer ?? firstState(architecture, recipe),
    recipe,
  );
  let state: TrainerState;
  try {
    state = await trainer.state();
    const keep = async (): Promise<void> => {
      const done = { architecture, recipe, data, history: [...history], random: random.state };
      await onCheckpoint?.({ ...done, trainer: state });
    };
    await keep();
    while (history.length < recipe.epochs) {
      const epoch = history.length + 1;
      const augment = distortionsAt(recipe.augment, (epoch - 1) / recipe.epochs);
      const pass = await runEpoch(
        trainer,
        batches(parts.train, { ...recipe, augment }, random),
        { ...recipe, epoch, count: parts.train.count },
        options,
      );
      state = await trainer.state();
      const validation = parts.validation
        ? await validate(
          backend,
          { architecture, parameters: learned(state) },
          recipe,
          parts.validation,
          signal,
        )
        : undefined;
      history.push({ epoch, ...pass, ...validation && { validation } });
      await keep();
    }
  } finally {
    trainer[Symbol.dispose]();
  }
  const model: Model = {
    architecture,
    parameters: learned(state),
    metadata: {
      classNames: dataset.classNames,
      normalization: recipe.normalization,
      ...dataset.preparation && { preparation: dataset.preparation },
      temperature: 1,
      recipe: { ...recipe, dataset: dataset.name, backend },
      dataChecksums: data.checksums,
    },
  };
  return { model, history, backend };
}

function firstState(architecture: Architecture, recipe: Recipe): TrainerState {
  const { initialization: method, seed } = recipe;
  return { parameters: initialize(architecture, { method, seed }), slots: new Map(), steps: 0 };
}

/** The weights that a run comes to: their moving average, where one is kept. */
function learned({ parameters, slots }: TrainerState): Parameters {
  return slots.get("average") ?? parameters;
}

/** How a run is watched and stopped. */
export interface RunOptions {
  /** Stops the run after the step that is being made. */
  readonly signal?: AbortSignal;
  /** Told after every step; the run waits for it. `weights` reads them as they are after the step. */
  readonly onProgress?: (
    progress: TrainProgress,
    weights: () => Promise<Parameters>,
  ) => void | Promise<void>;
}

/** What one epoch is of a run. */
interface EpochPlan {
  /** Its number, from 1. */
  readonly epoch: number;
  /** How many epochs there are. */
  readonly epochs: number;
  /** How many labelled images it has. */
  readonly count: number;
  /** How many of them a step has; the last one may have fewer. */
  readonly batchSize: number;
  /** The highest learning rate of the run. */
  readonly learningRate: number;
  /** How the learning rate goes over the run. */
  readonly schedule: Schedule;
}

/** How long a run computes before it lets timers, signals and the network have their turn, in milliseconds. */
const TURN = 50;

/**
 * One pass over the images.
 *
 * @param trainer The network in training.
 * @param batches The images of the epoch.
 * @param plan What the epoch is of the run.
 * @param options How the run is watched and stopped.
 * @returns What the epoch came to.
 * @throws {LeNetError} `train/diverged` when the loss is no longer finite; `aborted` when the signal stops it.
 */
export async function runEpoch(
  trainer: Trainer,
  batches: Iterable<Batch> | AsyncIterable<Batch>,
  { epoch, epochs, count, batchSize, learningRate: highest, schedule }: EpochPlan,
  { signal, onProgress }: RunOptions,
): Promise<Omit<EpochRecord, "epoch" | "validation">> {
  const steps = Math.ceil(count / batchSize);
  const weights = async (): Promise<Parameters> => (await trainer.state()).parameters;
  let started = performance.now();
  let turn = started;
  let [step, seen, correct, loss, learningRate] = [0, 0, 0, 0, 0];
  const stepLosses: number[] = [];
  for await (const { inputs, labels, answers } of batches) {
    if (signal?.aborted) {
      throw new LeNetError("aborted", `Stopped training in epoch ${epoch} of ${epochs}`);
    }
    const progress = ((epoch - 1) * steps + step) / (epochs * steps);
    learningRate = highest * learningRateFactor(schedule, progress);
    const result = await trainer.step(inputs, labels, learningRate, answers);
    if (!Number.isFinite(result.loss)) {
      throw new LeNetError(
        "train/diverged",
        `Cannot go on training: the loss is ${result.loss} in step ${
          step + 1
        } of epoch ${epoch}, try a learning rate below ${highest}`,
      );
    }
    step++;
    seen += labels.length;
    correct += result.correct;
    loss += result.loss * labels.length;
    stepLosses.push(result.loss);
    const now = performance.now();
    const imagesPerSecond = seen / Math.max(now - started, 1) * 1000;
    await onProgress?.({
      epoch,
      epochs,
      step,
      steps,
      loss: result.loss,
      accuracy: correct / seen,
      learningRate,
      imagesPerSecond,
      secondsLeft: ((epochs - epoch + 1) * count - seen) / imagesPerSecond,
    }, weights);
    // A run that is held up is not slow.
    started += performance.now() - now;
    if (now - turn > TURN) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      turn = performance.now();
    }
  }
  return { learningRate, loss: loss / seen, accuracy: correct / seen, stepLosses };
}

/**
 * Measures a network on images that it does not learn from.
 *
 * @param backend Where to run.
 * @param network What it is, and its weights.
 * @param options What the network expects of its inputs.
 * @param dataset The images.
 * @param signal Stops it.
 * @returns Loss and accuracy.
 * @throws {LeNetError} `aborted` when the signal stops it; `backend/unavailable`.
 */
export async function validate(
  backend: "webgpu" | "wasm",
  { architecture, parameters }: Omit<Model, "metadata">,
  { normalization }: { normalization: Normalization },
  dataset: Dataset,
  signal: AbortSignal | undefined,
): Promise<NonNullable<EpochRecord["validation"]>> {
  const runner = await createRunner(backend, architecture, parameters);
  try {
    const { loss, accuracy } = await evaluate(runner, architecture, dataset, normalization, {
      ...signal && { signal },
    });
    return { loss, accuracy };
  } finally {
    runner[Symbol.dispose]();
  }
}
