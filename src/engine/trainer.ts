import type { Parameters } from "../model/parameters.ts";
import { checkNumber, checkOptionNames, invalidOption, type NumberRange } from "../options.ts";

/** The options of a {@linkcode Trainer}. */
export interface TrainerOptions {
  readonly optimizer?: OptimizerOptions;
  /**
   * Decay of the moving average of the weights, such as 0.999. It starts as their plain mean and is stored in the slot
   * `average`. 0, the default, keeps none.
   */
  readonly averaging?: number;
  /** The seed of dropout; default 0. */
  readonly seed?: number;
  /** The names of the layers to train, with the running statistics of batch normalization; all of them by default. */
  readonly layers?: readonly string[] | undefined;
  /**
   * Trains on lines, by connectionist temporal classification: the logits of an input are those of so many steps along it,
   * class by class, of which the last is the blank. Default 1: each input is of one class.
   */
  readonly lineSteps?: number;
}

/** The state of a training run between two steps, from which it continues exactly. */
export interface TrainerState {
  /** The weights. */
  readonly parameters: Parameters;
  /** The state of the optimizer by slot, such as `mean` and `square` of Adam. */
  readonly slots: ReadonlyMap<string, Parameters>;
  /** The number of steps made. */
  readonly steps: number;
}

/** The measures of one step, on the weights before it. */
interface StepResult {
  /** The mean loss over the batch. */
  readonly loss: number;
  /** The number of right answers among the inputs with labels. */
  readonly correct: number;
}

/** A network in training. Dispose of it when done. */
export interface Trainer extends Disposable {
  /**
   * Makes one step: forward pass, backward pass, and the update of the optimizer.
   *
   * @param inputs Normalized inputs, one after another.
   * @param labels The classes of the first inputs, at least one; without targets, of all. On lines, the classes of the text
   * of each, filled up with {@linkcode NO_LABEL} to the number of its steps.
   * @param learningRate The learning rate of this step.
   * @param targets The logits of another network for the remaining inputs, as targets (distillation).
   */
  step(
    inputs: Float32Array,
    labels: Uint8Array,
    learningRate: number,
    targets?: Float32Array,
  ): Promise<StepResult>;
  /** Reads the weights back, without the rest of the state. */
  parameters(): Promise<Parameters>;
  /** Reads the state back. It does not change the run. */
  state(): Promise<TrainerState>;
}

/** Fills up the labels of a line after the classes of its text. */
export const NO_LABEL = 255;

/** How far the running values of batch normalization follow those of a batch; PyTorch's default. */
export const BATCH_NORM_MOMENTUM = 0.1;

/**
 * How much logits are softened before they are compared. A network is nearly sure of most digits: only softened do its
 * answers tell how far the other classes are. With 6, fine-tuning lost a tenth of the old digits that it lost with 1.
 */
export const DISTILLATION_TEMPERATURE = 6;

/**
 * The seed of the dropout of one step: every step drops other values, and the same ones when it is made again after a
 * checkpoint.
 *
 * @param seed The seed of the run.
 * @param step The number of the step, from 1.
 */
export function dropoutSeed(seed: number, step: number): number {
  return (Math.imul(step, 0x9e3779b9) ^ seed) >>> 0;
}

/** The name of an optimizer. */
export type OptimizerName = "sgd" | "adam" | "adamw";

/** The optimizers. */
export const OPTIMIZERS: readonly OptimizerName[] = ["sgd", "adam", "adamw"];

/** The optimizer and its constants. The defaults are those of PyTorch. */
export interface OptimizerOptions {
  /** Default `adam`. */
  readonly name?: OptimizerName;
  /** SGD: momentum, in [0, 1); default 0. */
  readonly momentum?: number;
  /** Weight decay: added to the gradient in `sgd` and `adam`, decoupled in `adamw`; default 0, in `adamw` 0.01. */
  readonly weightDecay?: number;
  /** Adam: decay of the moving average of the gradient, in [0, 1); default 0.9. */
  readonly beta1?: number;
  /** Adam: decay of the moving average of the squared gradient, in [0, 1); default 0.999. */
  readonly beta2?: number;
  /** Adam: added to the denominator to keep it above 0; default 1e-8. */
  readonly epsilon?: number;
}

const OPTIMIZER_OPTIONS: readonly (keyof OptimizerOptions)[] = [
  "name",
  "momentum",
  "weightDecay",
  "beta1",
  "beta2",
  "epsilon",
];

const DECAY_RANGE: NumberRange = {
  name: "a number from 0 to below 1",
  has: (value) => value >= 0 && value < 1,
};

const FACTOR_RANGE: NumberRange = {
  name: "a number from 0",
  has: (value) => Number.isFinite(value) && value >= 0,
};

/**
 * Checks the options of an optimizer.
 *
 * @param options The options of the caller.
 * @throws {LeNetError} `option/unknown` when a constant has a name that does not exist, `option/invalid` when the
 * optimizer is unknown or a constant is out of range.
 */
export function checkOptimizerOptions(options: OptimizerOptions): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw invalidOption("train", "optimizer", options, 'an object such as { name: "adam" }');
  }
  checkOptionNames("set the optimizer", options, OPTIMIZER_OPTIONS);
  const { name = "adam" } = options;
  if (!OPTIMIZERS.includes(name)) {
    throw invalidOption("train", "optimizer", name, `one of ${OPTIMIZERS.join(", ")}`);
  }
  const foreign = name === "sgd" ? ["beta1", "beta2", "epsilon"] as const : ["momentum"] as const;
  for (const key of foreign) {
    if (options[key] !== undefined) {
      throw invalidOption("train", key, options[key], `none with the optimizer ${name}`);
    }
  }
  for (const key of ["momentum", "beta1", "beta2"] as const) {
    if (options[key] !== undefined) checkNumber("train", key, options[key], DECAY_RANGE);
  }
  for (const key of ["weightDecay", "epsilon"] as const) {
    if (options[key] !== undefined) checkNumber("train", key, options[key], FACTOR_RANGE);
  }
}

/**
 * The names of the states that a trainer carries from step to step.
 *
 * @param options The options of the optimizer.
 * @param averaging The decay of the moving average of the weights; 0 keeps none.
 */
export function slotNames(
  { name = "adam", momentum = 0 }: OptimizerOptions,
  averaging: number,
): string[] {
  const ofSgd = momentum > 0 ? ["momentum"] : [];
  const ofOptimizer = name === "sgd" ? ofSgd : ["mean", "square"];
  return averaging === 0 ? ofOptimizer : [...ofOptimizer, "average"];
}
