import { type Dataset, takeDataset } from "../data/dataset.ts";
import type { Trainer } from "../engine/trainer.ts";
import { LeNetError } from "../errors.ts";
import { evaluate, type Evaluation } from "../evaluate.ts";
import type { Model, Normalization } from "../model/model.ts";
import type { Parameters } from "../model/parameters.ts";
import { invalidOption } from "../options.ts";
import { trainingRunner } from "./backend.ts";
import type { Batch } from "./batches.ts";
import { learningRateFactor, type Schedule } from "./recipe.ts";

/** The result of one epoch, an entry of the history of a run. */
export interface EpochRecord {
  /** The number of the epoch, from 1. */
  readonly epoch: number;
  /** The learning rate of the last step. */
  readonly learningRate: number;
  /** The mean training loss, on distorted images. */
  readonly loss: number;
  /** The share of right answers on the distorted training images, each before its step. */
  readonly accuracy: number;
  /** The loss of each step. */
  readonly stepLosses: readonly number[];
  /** Loss and accuracy on the hold-out set after the epoch. */
  readonly validation?: Pick<Evaluation, "loss" | "accuracy">;
}

/** The progress of a run, reported after every step. */
export interface TrainProgress {
  /** The current epoch, from 1. */
  readonly epoch: number;
  /** The number of epochs of the run. */
  readonly epochs: number;
  /** The step just made in this epoch, from 1. */
  readonly step: number;
  /** The number of steps of an epoch. */
  readonly steps: number;
  /** The loss of this step. */
  readonly loss: number;
  /** The share of right answers in this epoch so far. */
  readonly accuracy: number;
  /** The learning rate of this step. */
  readonly learningRate: number;
  /** The speed of this epoch so far, without the time spent in callbacks. */
  readonly imagesPerSecond: number;
  /** Estimated time to the end of the run. */
  readonly secondsLeft: number;
  /**
   * The backend that made this step. When a GPU fails, its epoch begins again on `wasm`, from the last checkpoint.
   */
  readonly backend: "webgpu" | "wasm";
}

/** How a run is observed and stopped. */
export interface RunOptions {
  /** Stops the run after the current step. */
  readonly signal?: AbortSignal;
  /** Called after every step; the run awaits it. `weights` reads the weights as they are after the step. */
  readonly onProgress?: (
    progress: TrainProgress,
    weights: () => Promise<Parameters>,
  ) => void | Promise<void>;
}

/**
 * Checks how a run is observed and stopped, before it starts.
 *
 * @param action What is done; it follows "Cannot ".
 * @param options The options of the caller.
 * @param callbacks The names of those that are functions.
 * @throws {LeNetError} `option/invalid` for a callback that is no function and a signal that is no `AbortSignal`.
 */
export function checkRunOptions<Options extends RunOptions>(
  action: string,
  options: Options,
  callbacks: readonly (keyof Options & string)[],
): void {
  const { signal } = options;
  // By shape: the signal may come from another realm.
  const { aborted, addEventListener } = (signal ?? {}) as Partial<AbortSignal>;
  const isSignal = typeof aborted === "boolean" && typeof addEventListener === "function";
  if (signal !== undefined && !isSignal) {
    throw invalidOption(action, "signal", signal, "an AbortSignal");
  }
  for (const name of callbacks) {
    const callback = options[name];
    if (callback !== undefined && typeof callback !== "function") {
      throw invalidOption(action, name, callback, "a function");
    }
  }
}

/** The place of an epoch in its run. */
interface EpochPlan {
  /** The number of the epoch, from 1. */
  readonly epoch: number;
  /** The number of epochs of the run. */
  readonly epochs: number;
  /** The number of labelled images of the epoch. */
  readonly count: number;
  /** Labelled images in a step; the last step may have fewer. */
  readonly batchSize: number;
  /** The highest learning rate of the run. */
  readonly learningRate: number;
  readonly schedule: Schedule;
  /** Where the trainer computes. */
  readonly backend: "webgpu" | "wasm";
}

/** A loss beyond this comes of weights that no later step brings back: they may stay finite, and learn nothing. */
const MAX_LOSS = 1e12;

/** The longest time of computation without a break for timers, signals and the network, in milliseconds. */
const MAX_BUSY_TIME = 50;

/** The time of the last break. All trainings share it: one that is made of short calls rests as well as a long one. */
let rested = performance.now();

/** Lets timers, signals and the network run, if nothing did for {@linkcode MAX_BUSY_TIME}. */
export async function yieldToTimers(): Promise<void> {
  if (performance.now() - rested <= MAX_BUSY_TIME) return;
  await new Promise((resolve) => setTimeout(resolve, 0));
  rested = performance.now();
}

/**
 * Trains for one epoch.
 *
 * @param trainer The network in training.
 * @param batches The images of the epoch.
 * @param plan The place of the epoch in its run.
 * @param options How the run is observed and stopped.
 * @returns The result of the epoch.
 * @throws {LeNetError} `train/diverged` when the loss is no longer finite, or beyond all bounds; `aborted` when the signal
 * stops it.
 */
export async function runEpoch(
  trainer: Trainer,
  batches: Iterable<Batch> | AsyncIterable<Batch>,
  { epoch, epochs, count, batchSize, learningRate: highest, schedule, backend }: EpochPlan,
  { signal, onProgress }: RunOptions,
): Promise<Omit<EpochRecord, "epoch" | "validation">> {
  const steps = Math.ceil(count / batchSize);
  const weights = (): Promise<Parameters> => trainer.parameters();
  let started = performance.now();
  let [step, seen, correct, loss, learningRate] = [0, 0, 0, 0, 0];
  const stepLosses: number[] = [];
  for await (const { inputs, labels, targets } of batches) {
    if (signal?.aborted) throw stopped({ epoch, epochs }, signal);
    const progress = ((epoch - 1) * steps + step) / (epochs * steps);
    learningRate = highest * learningRateFactor(schedule, progress);
    const result = await trainer.step(inputs, labels, learningRate, targets);
    checkLoss(result.loss, `in step ${step + 1} of epoch ${epoch}`, highest);
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
      backend,
    }, weights);
    // The time spent in the callback does not count.
    started += performance.now() - now;
    await yieldToTimers();
  }
  return { learningRate, loss: loss / seen, accuracy: correct / seen, stepLosses };
}

/** Training images that tell a network that the last step of an epoch has ruined: such a network fails on every image. */
const PROBES = 16;

/**
 * Measures a network after an epoch: on its hold-out set, or on a few training images. A step measures the weights before
 * it, so that nothing else would tell what the last step of a run has done.
 *
 * @param backend The backend to compute on.
 * @param network The architecture and the weights.
 * @param options `normalization`: how the inputs are normalized.
 * @param parts The images: `validation` is the hold-out set, if there is one.
 * @param plan The place of the epoch in its run.
 * @param signal Stops it.
 * @returns Loss and accuracy on the hold-out set, if there is one, as the rest of a record.
 * @throws {LeNetError} `train/diverged` when the network has come to values that are not finite, or to a loss beyond all
 * bounds; `aborted` when the signal stops it; `backend/unavailable`.
 */
export async function measureEpoch(
  backend: "webgpu" | "wasm",
  { architecture, parameters }: Omit<Model, "metadata">,
  { normalization }: { normalization: Normalization },
  parts: { readonly train: Dataset; readonly validation: Dataset | undefined },
  place: Pick<EpochPlan, "epoch" | "epochs" | "learningRate">,
  signal: AbortSignal | undefined,
): Promise<Pick<EpochRecord, "validation">> {
  checkFinite(parameters, place);
  const runner = await trainingRunner(backend, architecture, parameters);
  const images = parts.validation ?? takeDataset(parts.train, PROBES);
  try {
    const { loss, accuracy } = await evaluate(runner, architecture, images, normalization, {
      ...signal && { signal },
    });
    checkLoss(loss, `after epoch ${place.epoch}`, place.learningRate);
    return parts.validation === undefined ? {} : { validation: { loss, accuracy } };
  } catch (error) {
    // One message, wherever in the epoch the signal arrives.
    throw signal?.aborted ? stopped(place, signal) : error;
  } finally {
    runner[Symbol.dispose]();
  }
}

function checkLoss(loss: number, where: string, learningRate: number): void {
  // Written so that NaN fails.
  if (!(loss <= MAX_LOSS)) throw diverged(`the loss is ${loss} ${where}`, learningRate);
}

function checkFinite(
  parameters: Parameters,
  { epoch, learningRate }: Pick<EpochPlan, "epoch" | "learningRate">,
): void {
  for (const [name, { data }] of parameters) {
    if (areFinite(data)) continue;
    throw diverged(`${name} is no longer finite after epoch ${epoch}`, learningRate);
  }
}

/** Whether all values are finite: a value that is not makes NaN of its difference to itself. */
function areFinite(values: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] - values[i];
  return sum === 0;
}

function diverged(problem: string, learningRate: number): LeNetError {
  return new LeNetError(
    "train/diverged",
    `Cannot continue training: ${problem}, try a learning rate below ${learningRate}`,
  );
}

function stopped(
  { epoch, epochs }: Pick<EpochPlan, "epoch" | "epochs">,
  { reason }: AbortSignal,
): LeNetError {
  return new LeNetError("aborted", `Stopped training in epoch ${epoch} of ${epochs}`, {
    cause: reason,
  });
}
