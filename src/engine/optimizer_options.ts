import { LeNetError } from "../model/error.ts";

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
