import type { Scalar, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import type { Tfjs } from "./load.ts";

/** What a batch costs, and how the cost changes with the logits. */
export interface Loss {
  /** Two numbers: the mean loss, and how many answers were right. */
  readonly measured: Tensor1D;
  /** [count, classes]. */
  readonly logitsGradient: Tensor2D;
}

/**
 * Softmax cross entropy, averaged over the batch.
 *
 * @param tf tfjs-core.
 * @param logits [count, classes].
 * @param labels The right classes.
 * @returns The loss and its gradient.
 */
export function crossEntropy(tf: Tfjs, logits: Tensor2D, labels: Uint8Array): Loss {
  const target = oneHot(tf, logits, labels);
  // Shifted by the maximum, so that no exponential overflows.
  const shifted = tf.sub(logits, tf.max(logits, 1, true)) as Tensor2D;
  const exponentials = tf.exp(shifted);
  const sums = tf.sum(exponentials, 1, true);
  const logProbability = tf.sub(tf.sum(tf.mul(shifted, target), 1, true), tf.log(sums));
  const loss = tf.neg(tf.mean(logProbability));
  return {
    measured: tf.stack([loss, countCorrect(tf, logits, labels)]) as Tensor1D,
    logitsGradient: tf.div(tf.sub(tf.div(exponentials, sums), target), labels.length),
  };
}

/**
 * The squared distance to the code of the right class, averaged over the batch (LeCun et al., 1998, equation 8).
 *
 * @param tf tfjs-core.
 * @param logits Minus the squared distance to each code, [count, classes].
 * @param labels The right classes.
 * @returns The loss and its gradient.
 */
export function squaredDistance(tf: Tfjs, logits: Tensor2D, labels: Uint8Array): Loss {
  const target = oneHot(tf, logits, labels);
  const loss = tf.div(tf.neg(tf.sum(tf.mul(logits, target))), labels.length);
  return {
    measured: tf.stack([loss, countCorrect(tf, logits, labels)]) as Tensor1D,
    logitsGradient: tf.div(target, -labels.length),
  };
}

function oneHot(tf: Tfjs, logits: Tensor2D, labels: Uint8Array): Tensor2D {
  const right = tf.tensor1d(Int32Array.from(labels), "int32");
  // Cast, because the WASM backend writes integers into a one-hot tensor of another type.
  return tf.cast(tf.oneHot(right, logits.shape[1]), "float32") as Tensor2D;
}

function countCorrect(tf: Tfjs, logits: Tensor2D, labels: Uint8Array): Scalar {
  const right = tf.tensor1d(Int32Array.from(labels), "int32");
  return tf.sum(tf.cast(tf.equal(tf.argMax(logits, 1), right), "float32"));
}
