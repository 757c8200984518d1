import type { Tensor1D } from "@tensorflow/tfjs-core";
import { BATCH_NORM_EPSILON } from "../../model/parameters.ts";
import type { Flow, Weights } from "./forward.ts";
import type { Tfjs } from "./load.ts";
import { sumRows } from "./sum_rows.ts";
import type { BatchStatistics, TrainingPass } from "./training_pass.ts";

/** How far running values follow those of a batch; PyTorch's. */
const MOMENTUM = 0.1;

/**
 * Batch normalization: by the running values in evaluation, by the batch's own in training.
 *
 * @param tf tfjs-core.
 * @param name The name of the layer.
 * @param weights Its weights and running values.
 * @param x What goes in.
 * @param training The pass of training, in which its statistics are left; none for evaluation.
 * @returns What comes out.
 */
export function batchNorm(
  tf: Tfjs,
  name: string,
  weights: Weights,
  x: Flow,
  training: TrainingPass | undefined,
): Flow {
  const { weight, bias, running_mean, running_var } = weights as Required<Weights>;
  if (training === undefined) {
    const scale = tf.div(weight, tf.sqrt(tf.add(running_var, BATCH_NORM_EPSILON)));
    return tf.add(tf.mul(x, scale), tf.sub(bias, tf.mul(running_mean, scale)));
  }
  const count = x.size / weight.size;
  const mean: Tensor1D = tf.div(sumRows(tf, x), count);
  const centered: Flow = tf.sub(x, mean);
  const variance: Tensor1D = tf.div(sumRows(tf, tf.square(centered)), count);
  const inverseDeviation: Tensor1D = tf.rsqrt(tf.add(variance, BATCH_NORM_EPSILON));
  const normalized: Flow = tf.mul(centered, inverseDeviation);
  training.statistics.set(name, { mean, variance, inverseDeviation, normalized, count });
  return tf.add(tf.mul(normalized, weight), bias);
}

/**
 * The gradient of batch normalization in training (Ioffe and Szegedy, 2015, section 3).
 *
 * @param tf tfjs-core.
 * @param weights Its weights.
 * @param statistics What it saw in this pass.
 * @param dy The gradient of what came out.
 * @returns The gradients of its weights and of what went in.
 */
export function batchNormGradient(
  tf: Tfjs,
  { weight }: Weights,
  { normalized, inverseDeviation, count }: BatchStatistics,
  dy: Flow,
): { weights: Weights; dx: Flow } {
  const biasGradient = sumRows(tf, dy);
  const weightGradient = sumRows(tf, tf.mul(dy, normalized));
  const pulled = tf.add(
    tf.mul(normalized, tf.div(weightGradient, count)),
    tf.div(biasGradient, count),
  );
  return {
    weights: { weight: weightGradient, bias: biasGradient },
    dx: tf.mul(tf.sub(dy, pulled), tf.mul(weight, inverseDeviation)),
  };
}

/**
 * The running values after a pass. As in PyTorch, the running variance follows the unbiased one of the batch.
 *
 * @param tf tfjs-core.
 * @param weights The running values before it.
 * @param statistics What was seen in it.
 * @returns The running mean and variance.
 */
export function runningValues(
  tf: Tfjs,
  weights: Weights,
  { mean, variance, count }: BatchStatistics,
): Required<Pick<Weights, "running_mean" | "running_var">> {
  const { running_mean, running_var } = weights as Required<Weights>;
  const unbiased = count / Math.max(count - 1, 1);
  const follow = (running: Tensor1D, batch: Tensor1D, share: number): Tensor1D =>
    tf.add(tf.mul(running, 1 - MOMENTUM), tf.mul(batch, share * MOMENTUM));
  return {
    running_mean: follow(running_mean, mean, 1),
    running_var: follow(running_var, variance, unbiased),
  };
}
