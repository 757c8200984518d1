import type { Trainer } from "../engine/trainer.ts";
import { LeNetError } from "../model/error.ts";
import type { Parameters } from "../model/parameters.ts";
import type { Batch } from "./batches.ts";
import type { EpochRecord, TrainProgress } from "./history.ts";
import { learningRateFactor, type Schedule } from "./schedule.ts";

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
export interface EpochPlan {
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
