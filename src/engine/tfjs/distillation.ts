import type { Scalar, Tensor2D } from "@tensorflow/tfjs-core";
import type { Tfjs } from "./load.ts";
import type { Loss } from "./loss.ts";

/**
 * How much logits are softened before they are compared. A network is nearly sure of most digits: only softened do its
 * answers tell how far the other classes are. With 6, fine-tuning lost a tenth of the old digits that it lost with 1.
 */
const TEMPERATURE = 6;

/**
 * How far answers are from those of another network: the Kullback-Leibler divergence of the softened answers times
 * T², averaged over the batch (Hinton et al., 2015: "Distilling the knowledge in a neural network").
 *
 * @param tf tfjs-core.
 * @param logits [count, classes].
 * @param others The logits of the other network, [count, classes].
 * @returns The loss, and its gradient with respect to the logits.
 */
export function distillation(
  tf: Tfjs,
  logits: Tensor2D,
  others: Tensor2D,
): Pick<Loss, "logitsGradient"> & { readonly loss: Scalar } {
  const [count] = logits.shape;
  const own = logProbabilities(tf, logits);
  const wanted = logProbabilities(tf, others);
  const target = tf.exp(wanted);
  const divergence: Scalar = tf.sum(tf.mul(target, tf.sub(wanted, own)));
  return {
    loss: tf.mul(divergence, TEMPERATURE ** 2 / count),
    logitsGradient: tf.mul(tf.sub(tf.exp(own), target), TEMPERATURE / count),
  };
}

function logProbabilities(tf: Tfjs, logits: Tensor2D): Tensor2D {
  const softened = tf.div(logits, TEMPERATURE);
  // Shifted by the maximum, so that no exponential overflows.
  const shifted = tf.sub(softened, tf.max(softened, 1, true));
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), 1, true)));
}
