import { type Dataset, splitDataset } from "../data/dataset.ts";
import { createRunner } from "../engine/create_runner.ts";
import { type BackendOption, selectBackend } from "../engine/select.ts";
import type { Trainer, TrainerState } from "../engine/trainer.ts";
import type { Architecture } from "../model/architecture.ts";
import { LeNetError } from "../model/error.ts";
import { initialize } from "../model/initialize.ts";
import type { Model } from "../model/model.ts";
import { checkOptionNames } from "../model/options.ts";
import type { Parameters } from "../model/parameters.ts";
import { Random } from "../model/random.ts";
import { distortionsAt } from "./augment.ts";
import { batches } from "./batches.ts";
import { checkFits } from "./check_fits.ts";
import { type Checkpoint, checkResumable, type DataIdentity } from "./checkpoint.ts";
import { evaluate } from "./evaluate.ts";
import type { EpochRecord, TrainProgress } from "./history.ts";
import { type Recipe, RECIPE_OPTIONS, type RecipeOptions, resolveRecipe } from "./recipe.ts";
import { learningRateFactor } from "./schedule.ts";

/** The options of {@linkcode train}: the recipe, and how the run is watched and stopped. */
export interface TrainOptions extends RecipeOptions {
  /** Where to compute; `auto` unless told. */
  readonly backend?: BackendOption;
  /** Where an earlier run was; it goes on to the result that it would have had. */
  readonly resume?: Checkpoint;
  /**
   * Images to measure on after every epoch, which are not learned from, in place of those that `validation` sets
   * aside.
   */
  readonly validationData?: Dataset;
  /** Stops the run after the step that is being made. */
  readonly signal?: AbortSignal;
  /** Told after every step. */
  readonly onProgress?: (progress: TrainProgress) => void;
  /** Looks at the weights in the middle of epochs, after every so many steps; the run waits for it. */
  readonly watch?: Watch;
  /** Given a checkpoint before the first epoch and after each; the run waits for it. */
  readonly onCheckpoint?: (checkpoint: Checkpoint) => void | Promise<void>;
}

/** What looks at the weights while a network learns. */
export interface Watch {
  /** After how many steps of an epoch it looks again, from 1. */
  readonly every: number;
  /** Given the weights as they are, and how the run is doing. */
  readonly look: (parameters: Parameters, progress: TrainProgress) => void | Promise<void>;
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
  "watch",
  "onCheckpoint",
];

/** How long a run computes before it lets timers, signals and the network have their turn, in milliseconds. */
const TURN = 50;

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
  const { backend: requested, resume, signal, onProgress, watch, onCheckpoint, ...rest } = options;
  const { validationData, ...asked } = rest;
  if (watch !== undefined && !(Number.isSafeInteger(watch.every) && watch.every >= 1)) {
    throw new LeNetError(
      "option/invalid",
      `Cannot train: watch.every is ${watch.every}, expected a whole number from 1`,
    );
  }
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

  const backend = await selectBackend(requested);
  const random = new Random(resume?.random ?? recipe.seed);
  const history = [...resume?.history ?? []];
  const parts = recipe.validation === 0
    ? { train: dataset, validation: validationData }
    : splitDataset(dataset, recipe.validation);
  const { tfjsTrainer } = await import("../engine/tfjs/trainer.ts");
  using trainer = await tfjsTrainer(
    backend,
    architecture,
    resume?.trainer ?? firstState(architecture, recipe),
    recipe,
  );

  let state = await trainer.state();
  const keep = async (): Promise<void> => {
    const done = { architecture, recipe, data, history: [...history], random: random.state };
    await onCheckpoint?.({ ...done, trainer: state });
  };
  await keep();
  while (history.length < recipe.epochs) {
    const epoch = history.length + 1;
    const pass = await runEpoch(trainer, parts.train, recipe, epoch, random, options);
    state = await trainer.state();
    const validation = parts.validation
      ? await validate(backend, architecture, recipe, learned(state), parts.validation, signal)
      : undefined;
    history.push({ epoch, ...pass, ...validation && { validation } });
    await keep();
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

async function runEpoch(
  trainer: Trainer,
  dataset: Dataset,
  recipe: Recipe,
  epoch: number,
  random: Random,
  { signal, onProgress, watch }: TrainOptions,
): Promise<Omit<EpochRecord, "epoch" | "validation">> {
  const { epochs, batchSize, schedule } = recipe;
  const steps = Math.ceil(dataset.count / batchSize);
  const augment = distortionsAt(recipe.augment, (epoch - 1) / epochs);
  const started = performance.now();
  let turn = started;
  let [step, seen, correct, loss, learningRate] = [0, 0, 0, 0, 0];
  const stepLosses: number[] = [];
  for (const { inputs, labels } of batches(dataset, { ...recipe, augment }, random)) {
    if (signal?.aborted) {
      throw new LeNetError("aborted", `Stopped training in epoch ${epoch} of ${epochs}`);
    }
    const progress = ((epoch - 1) * steps + step) / (epochs * steps);
    learningRate = recipe.learningRate * learningRateFactor(schedule, progress);
    const result = await trainer.step(inputs, labels, learningRate);
    if (!Number.isFinite(result.loss)) {
      throw new LeNetError(
        "train/diverged",
        `Cannot go on training: the loss is ${result.loss} in step ${
          step + 1
        } of epoch ${epoch}, try a learning rate below ${recipe.learningRate}`,
      );
    }
    step++;
    seen += labels.length;
    correct += result.correct;
    loss += result.loss * labels.length;
    stepLosses.push(result.loss);
    const now = performance.now();
    const imagesPerSecond = seen / Math.max(now - started, 1) * 1000;
    const state: TrainProgress = {
      epoch,
      epochs,
      step,
      steps,
      loss: result.loss,
      accuracy: correct / seen,
      learningRate,
      imagesPerSecond,
      secondsLeft: ((epochs - epoch + 1) * dataset.count - seen) / imagesPerSecond,
    };
    onProgress?.(state);
    if (watch !== undefined && step % watch.every === 0) {
      await watch.look((await trainer.state()).parameters, state);
    }
    if (now - turn > TURN) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      turn = performance.now();
    }
  }
  return { learningRate, loss: loss / seen, accuracy: correct / seen, stepLosses };
}

async function validate(
  backend: "webgpu" | "wasm",
  architecture: Architecture,
  { normalization }: Recipe,
  parameters: Parameters,
  dataset: Dataset,
  signal: AbortSignal | undefined,
): Promise<NonNullable<EpochRecord["validation"]>> {
  using runner = await createRunner(backend, architecture, parameters);
  const { loss, accuracy } = await evaluate(runner, architecture, dataset, normalization, {
    ...signal && { signal },
  });
  return { loss, accuracy };
}
