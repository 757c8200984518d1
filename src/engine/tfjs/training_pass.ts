import { type DropoutLayer, type Layer, type RbfLayer, sizeOf } from "../../model/architecture.ts";
import { BATCH_NORM_EPSILON } from "../../model/parameters.ts";
import { Random } from "../../model/random.ts";
import { BATCH_NORM_MOMENTUM } from "../trainer.ts";
import type { Flow, Weights } from "./layout.ts";
import { codesOf, type TrainingLayers } from "./runner.ts";
import type { Tensor, Tensor1D, Tensor2D, Tfjs } from "./tfjs.ts";

/** What batch normalization saw in a pass. */
export interface BatchStatistics {
  /** Of each channel. */
  readonly mean: Tensor1D;
  /** Of each channel, over all values of the batch. */
  readonly variance: Tensor1D;
  /** 1 / √(variance + ε). */
  readonly inverseDeviation: Tensor1D;
  /** (x − mean) / √(variance + ε). */
  readonly normalized: Flow;
  /** How many values of a channel there were. */
  readonly count: number;
}

/** One pass of training: what chance decides in it, and what its forward half leaves for its backward half. */
export class TrainingPass implements TrainingLayers {
  /** What each batch normalization saw, by the name of its layer. */
  readonly statistics = new Map<string, BatchStatistics>();
  readonly #tf: Tfjs;
  readonly #random: Random;
  readonly #masks = new Map<Layer, Tensor>();

  /**
   * @param tf tfjs-core.
   * @param seed Decides what is dropped.
   */
  constructor(tf: Tfjs, seed: number) {
    this.#tf = tf;
    this.#random = new Random(seed);
  }

  /** Batch normalization by the statistics of the batch, which are left for the backward half. */
  batchNorm(name: string, { weight, bias }: Weights, x: Flow): Flow {
    const tf = this.#tf;
    const count = x.size / weight.size;
    const mean: Tensor1D = tf.div(sumRows(tf, x), count);
    const centered: Flow = tf.sub(x, mean);
    const variance: Tensor1D = tf.div(sumRows(tf, tf.square(centered)), count);
    const inverseDeviation: Tensor1D = tf.rsqrt(tf.add(variance, BATCH_NORM_EPSILON));
    const normalized: Flow = tf.mul(centered, inverseDeviation);
    this.statistics.set(name, { mean, variance, inverseDeviation, normalized, count });
    return tf.add(tf.mul(normalized, weight), bias);
  }

  /** Dropout by the mask of this pass. */
  dropout(layer: DropoutLayer, x: Flow): Flow {
    return this.#tf.mul(x, this.mask(layer, x.shape));
  }

  /** What a dropout multiplies its input by in this pass: 0, or so much that the mean stays. */
  mask(layer: DropoutLayer, shape: number[]): Tensor {
    let mask = this.#masks.get(layer);
    if (mask === undefined) {
      const { rate } = layer;
      const values = Float32Array.from(
        { length: sizeOf(shape) },
        () => this.#random.next() < rate ? 0 : 1 / (1 - rate),
      );
      mask = this.#tf.tensor(values, shape);
      this.#masks.set(layer, mask);
    }
    return mask;
  }
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
    tf.add(tf.mul(running, 1 - BATCH_NORM_MOMENTUM), tf.mul(batch, share * BATCH_NORM_MOMENTUM));
  return {
    running_mean: follow(running_mean, mean, 1),
    running_var: follow(running_var, variance, unbiased),
  };
}

/**
 * The gradient of what went into an RBF layer, of rows or at all places of images: Σ 2(c − x)·dy.
 *
 * @param tf tfjs-core.
 * @param layer The codes.
 * @param x What went in.
 * @param dy The gradient of what came out.
 * @returns The gradient, in the shape of what went in.
 */
export function rbfGradient(tf: Tfjs, layer: RbfLayer, x: Flow, dy: Flow): Flow {
  const rows: Tensor2D = tf.reshape(x, [-1, x.shape[x.rank - 1]]);
  const gradients: Tensor2D = tf.reshape(dy, [-1, layer.codes.length]);
  const toCodes = tf.matMul(gradients, codesOf(tf, layer));
  const sums = tf.sum(gradients, 1, true);
  return tf.reshape(tf.mul(tf.sub(toCodes, tf.mul(rows, sums)), 2), x.shape) as Flow;
}

/**
 * The sum of each channel or unit over everything else, as a product with ones: on WASM half the time of a reduction.
 *
 * @param tf tfjs-core.
 * @param flow Images or rows.
 * @returns [channels].
 */
export function sumRows(tf: Tfjs, flow: Flow): Tensor1D {
  const channels = flow.shape[flow.rank - 1];
  const rows: Tensor2D = tf.reshape(flow, [-1, channels]);
  return tf.reshape(tf.matMul(tf.ones([1, rows.shape[0]]), rows), [channels]);
}
