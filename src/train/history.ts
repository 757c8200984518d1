import type { Evaluation } from "./evaluate.ts";

/** What one pass over the training images came to. */
export interface EpochRecord {
  /** Its number, from 1. */
  readonly epoch: number;
  /** The learning rate of its last step. */
  readonly learningRate: number;
  /** The mean loss of its steps, on the images as they were distorted. */
  readonly loss: number;
  /** The share of its images that was answered right when they came by. */
  readonly accuracy: number;
  /** The loss of each of its steps. */
  readonly stepLosses: readonly number[];
  /** Loss and accuracy on the images set aside, after it. */
  readonly validation?: Pick<Evaluation, "loss" | "accuracy">;
}

/** How a run is doing: told after every step. */
export interface TrainProgress {
  /** The epoch that is running, from 1. */
  readonly epoch: number;
  /** How many epochs there are. */
  readonly epochs: number;
  /** The step just made in this epoch, from 1. */
  readonly step: number;
  /** How many steps an epoch has. */
  readonly steps: number;
  /** Loss of this step. */
  readonly loss: number;
  /** Share of right answers in this epoch so far. */
  readonly accuracy: number;
  /** The learning rate of this step. */
  readonly learningRate: number;
  /** How quick this epoch is so far. */
  readonly imagesPerSecond: number;
  /** Estimated time to the end of the run. */
  readonly secondsLeft: number;
}
