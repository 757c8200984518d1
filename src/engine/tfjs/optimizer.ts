import type { Tensor1D } from "@tensorflow/tfjs-core";
import type { OptimizerOptions } from "../optimizer_options.ts";
import type { Tfjs } from "./load.ts";

/** An optimizer over one flat vector of parameters. */
export interface Optimizer {
  /** The names of the vectors it carries from step to step; each begins at zero. */
  readonly slots: readonly string[];
  /**
   * One step.
   *
   * @param parameters The weights before it.
   * @param gradient The loss's gradient for them.
   * @param slots What it carries.
   * @param step The number of this step, from 1.
   * @param learningRate The learning rate of this step.
   * @returns The weights and slots after it.
   */
  update(
    parameters: Tensor1D,
    gradient: Tensor1D,
    slots: readonly Tensor1D[],
    step: number,
    learningRate: number,
  ): { parameters: Tensor1D; slots: Tensor1D[] };
}

/**
 * Makes an optimizer from its options.
 *
 * @param tf tfjs-core.
 * @param options Which one, and its constants.
 * @returns The optimizer.
 */
export function createOptimizer(tf: Tfjs, options: OptimizerOptions): Optimizer {
  return options.name === "sgd" ? sgd(tf, options) : adam(tf, options, options.name === "adamw");
}

/** Momentum in PyTorch's form: v ← momentum·v + g; w ← w − rate·v. */
function sgd(tf: Tfjs, { momentum = 0, weightDecay = 0 }: OptimizerOptions): Optimizer {
  return {
    slots: momentum > 0 ? ["momentum"] : [],
    update(parameters, gradient, slots, _step, learningRate) {
      const decayed = decay(tf, gradient, parameters, weightDecay);
      if (momentum === 0) {
        return { parameters: addScaled(tf, parameters, decayed, -learningRate), slots: [] };
      }
      const velocity = addScaled(tf, decayed, slots[0], momentum);
      return { parameters: addScaled(tf, parameters, velocity, -learningRate), slots: [velocity] };
    },
  };
}

/** Kingma and Ba, 2015, with bias correction; decoupled weight decay as in Loshchilov and Hutter, 2019. */
function adam(tf: Tfjs, options: OptimizerOptions, decoupled: boolean): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const { weightDecay = decoupled ? 0.01 : 0 } = options;
  return {
    slots: ["mean", "square"],
    update(parameters, gradient, slots, step, learningRate) {
      const decayed = decoupled ? gradient : decay(tf, gradient, parameters, weightDecay);
      const mean: Tensor1D = tf.add(tf.mul(slots[0], beta1), tf.mul(decayed, 1 - beta1));
      const square: Tensor1D = tf.add(
        tf.mul(slots[1], beta2),
        tf.mul(tf.square(decayed), 1 - beta2),
      );
      const root = Math.sqrt(1 - beta2 ** step);
      const denominator: Tensor1D = tf.add(tf.div(tf.sqrt(square), root), epsilon);
      const shrunk: Tensor1D = decoupled
        ? tf.mul(parameters, 1 - learningRate * weightDecay)
        : parameters;
      const direction: Tensor1D = tf.div(mean, denominator);
      const rate = learningRate / (1 - beta1 ** step);
      return {
        parameters: addScaled(tf, shrunk, direction, -rate),
        slots: [mean, square],
      };
    },
  };
}

function decay(tf: Tfjs, gradient: Tensor1D, parameters: Tensor1D, amount: number): Tensor1D {
  return amount === 0 ? gradient : addScaled(tf, gradient, parameters, amount);
}

/** a + scale·b. */
function addScaled(tf: Tfjs, a: Tensor1D, b: Tensor1D, scale: number): Tensor1D {
  return tf.add(a, tf.mul(b, scale));
}
