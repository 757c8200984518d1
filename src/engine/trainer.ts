import { LeNetError } from "../errors.ts";
import type { Parameters } from "../model/parameters.ts";

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
interface StepResult {
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

/** The name of an optimizer. */
export type OptimizerName = "sgd" | "adam" | "adamw";

/** The optimizers that are known. */
export const OPTIMIZERS: readonly OptimizerName[] = ["sgd", "adam", "adamw"];

/** How weights follow their gradients. The defaults are PyTorch's. */
export interface OptimizerOptions {
  /** `adam` unless told. */
  readonly name?: OptimizerName;
  /** SGD: how much of the last step is kept, in [0, 1); default 0. */
  readonly momentum?: number;
  /** Pull towards zero: added to the gradient in `sgd` and `adam`, decoupled in `adamw`; default 0, `adamw` 0.01. */
  readonly weightDecay?: number;
  /** Adam: decay of the gradient's average, default 0.9. */
  readonly beta1?: number;
  /** Adam: decay of the squared gradient's average, default 0.999. */
  readonly beta2?: number;
  /** Adam: keeps the division finite, default 1e-8. */
  readonly epsilon?: number;
}

/**
 * Checks an optimizer's options.
 *
 * @param options What was asked for.
 * @throws {LeNetError} `option/invalid` when there is none of that name or a constant is out of range.
 */
export function checkOptimizerOptions(options: OptimizerOptions): void {
  const { name = "adam" } = options;
  if (!OPTIMIZERS.includes(name)) {
    throw new LeNetError(
      "option/invalid",
      `Cannot train: the optimizer is ${name}, expected one of ${OPTIMIZERS.join(", ")}`,
    );
  }
  const foreign = name === "sgd" ? ["beta1", "beta2", "epsilon"] as const : ["momentum"] as const;
  for (const key of foreign) {
    if (options[key] !== undefined) {
      throw new LeNetError(
        "option/invalid",
        `Cannot train: ${key} is ${options[key]}, expected none with the optimizer ${name}`,
      );
    }
  }
  for (const key of ["momentum", "beta1", "beta2"] as const) {
    const value = options[key];
    if (value !== undefined && !(value >= 0 && value < 1)) {
      throw new LeNetError(
        "option/invalid",
        `Cannot train: ${key} is ${value}, expected a number from 0 to below 1`,
      );
    }
  }
  for (const key of ["weightDecay", "epsilon"] as const) {
    const value = options[key];
    if (value !== undefined && !(value >= 0 && Number.isFinite(value))) {
      throw new LeNetError(
        "option/invalid",
        `Cannot train: ${key} is ${value}, expected a number from 0`,
      );
    }
  }
}
