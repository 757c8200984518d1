import type { Parameters } from "../model/parameters.ts";
import type { OptimizerOptions } from "./optimizer_options.ts";

/** How a network is trained, apart from its data. */
export interface TrainerOptions {
  readonly optimizer?: OptimizerOptions;
  /**
   * Decay of a moving average of the weights, such as 0.999; it begins as their plain mean and is carried in the
   * slot `average`. 0, the default, keeps none.
   */
  readonly averaging?: number;
  /** Decides what dropout drops in which step; default 0. */
  readonly seed?: number;
  /** The names of the layers that change, batch normalization's running values included; all of them by default. */
  readonly layers?: readonly string[] | undefined;
}

/** What a training run carries from step to step, apart from its data: enough to continue exactly. */
export interface TrainerState {
  /** The weights. */
  readonly parameters: Parameters;
  /** What the optimizer carries, by slot, such as `mean` and `square` of Adam. */
  readonly slots: ReadonlyMap<string, Parameters>;
  /** How many steps were made. */
  readonly steps: number;
}

/** What one step measured, on the weights before it. */
export interface StepResult {
  /** The mean loss over the batch. */
  readonly loss: number;
  /** How many of the inputs with labels were answered right. */
  readonly correct: number;
}

/** A network in training. Dispose of it when done. */
export interface Trainer extends Disposable {
  /**
   * One step: forward, backward, and the optimizer's move.
   *
   * @param inputs Normalized inputs, one after another.
   * @param labels The right classes of the first of them, at least one; of all unless there are answers.
   * @param learningRate The learning rate of this step.
   * @param answers The logits that another network gave for the inputs after those, to come close to.
   */
  step(
    inputs: Float32Array,
    labels: Uint8Array,
    learningRate: number,
    answers?: Float32Array,
  ): Promise<StepResult>;
  /** Reads everything back; the trainer goes on as if it had not been asked. */
  state(): Promise<TrainerState>;
}
