import type { Dataset } from "../data/dataset.ts";
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
  if (signal !== undefined && typeof (signal as AbortSignal | null)?.aborted !== "boolean") {
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
export const MAX_BUSY_TIME = 50;

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
  let rested = started;
  let [step, seen, correct, loss, learningRate] = [0, 0, 0, 0, 0];
  const stepLosses: number[] = [];
  for await (const { inputs, labels, targets } of batches) {
    if (signal?.aborted) throw stopped({ epoch, epochs }, signal);
    const progress = ((epoch - 1) * steps + step) / (epochs * steps);
    learningRate = highest * learningRateFactor(schedule, progress);
    const result = await trainer.step(inputs, labels, learningRate, targets);
    // Written so that NaN fails.
    if (!(result.loss <= MAX_LOSS)) {
      throw new LeNetError(
        "train/diverged",
        `Cannot continue training: the loss is ${result.loss} in step ${
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
      backend,
    }, weights);
    // The time spent in the callback does not count.
    started += performance.now() - now;
    if (now - rested > MAX_BUSY_TIME) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      rested = performance.now();
    }
  }
  return { learningRate, loss: loss / seen, accuracy: correct / seen, stepLosses };
}

/**
 * Measures a network in training on its hold-out set, after an epoch.
 *
 * @param backend The backend to compute on.
 * @param network The architecture and the weights.
 * @param options `normalization`: how the inputs are normalized.
 * @param dataset The hold-out set.
 * @param place The epoch.
 * @param signal Stops it.
 * @returns Loss and accuracy.
 * @throws {LeNetError} `aborted` when the signal stops it; `backend/unavailable`.
 */
export async function validate(
  backend: "webgpu" | "wasm",
  { architecture, parameters }: Omit<Model, "metadata">,
  { normalization }: { normalization: Normalization },
  dataset: Dataset,
  place: Pick<EpochPlan, "epoch" | "epochs">,
  signal: AbortSignal | undefined,
): Promise<NonNullable<EpochRecord["validation"]>> {
  const runner = await trainingRunner(backend, architecture, parameters);
  try {
    const { loss, accuracy } = await evaluate(runner, architecture, dataset, normalization, {
      ...signal && { signal },
    });
    return { loss, accuracy };
  } catch (error) {
    // One message, wherever in the epoch the signal arrives.
    throw signal?.aborted ? stopped(place, signal) : error;
  } finally {
    runner[Symbol.dispose]();
  }
}

function stopped(
  { epoch, epochs }: Pick<EpochPlan, "epoch" | "epochs">,
  { reason }: AbortSignal,
): LeNetError {
  return new LeNetError("aborted", `Stopped training in epoch ${epoch} of ${epochs}`, {
    cause: reason,
  });
}
