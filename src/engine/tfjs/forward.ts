import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import {
  type ActivationName,
  type DropoutLayer,
  type Layer,
  type RbfLayer,
  sizeOf,
} from "../../model/architecture.ts";
import { BATCH_NORM_EPSILON } from "../../model/parameters.ts";
import { Random } from "../../model/random.ts";
import type { Tfjs } from "./load.ts";

/** What flows between layers: images [count, height, width, channels] or rows [count, units]. */
export type Flow = Tensor2D | Tensor4D;

/** A layer with learned parameters has two of them; batch normalization counts two more. */
export interface Weights {
  readonly weight: Flow | Tensor1D;
  readonly bias: Tensor1D;
  readonly running_mean?: Tensor1D;
  readonly running_var?: Tensor1D;
}

/** All weights of a network, by the name of the layer. */
export type WeightsByLayer = ReadonlyMap<string, Weights>;

/**
 * The forward pass in tfjs.
 *
 * @param tf tfjs-core.
 * @param layers The layers of the network.
 * @param weights Their weights.
 * @param input Images, [count, height, width, channels].
 * @param training The pass of training that this one is part of; none for evaluation.
 * @returns What each layer gave, in order. A ReLU is computed together with the layer before it, and both have the
 * same output.
 */
export function forward(
  tf: Tfjs,
  layers: readonly Layer[],
  weights: WeightsByLayer,
  input: Tensor4D,
  training?: TrainingPass,
): Flow[] {
  let flow: Flow = input;
  return layers.map((layer, index) => {
    if (!isFused(layers, index)) {
      const activation = isFused(layers, index + 1) ? "relu" : "linear";
      flow = run(tf, layer, weights, flow, activation, training);
    }
    return flow;
  });
}

/** Whether the layer at this place is a ReLU that is computed together with the layer before it. */
function isFused(layers: readonly Layer[], index: number): boolean {
  const layer = layers[index];
  const before = layers[index - 1]?.kind;
  return layer?.kind === "activation" && layer.activation === "relu" &&
    (before === "conv" || before === "dense");
}

function run(
  tf: Tfjs,
  layer: Layer,
  weights: WeightsByLayer,
  x: Flow,
  activation: "relu" | "linear",
  training: TrainingPass | undefined,
): Flow {
  switch (layer.kind) {
    case "conv": {
      const { weight, bias } = weights.get(layer.name) as Weights;
      return tf.fused.conv2d({
        x: x as Tensor4D,
        filter: weight as Tensor4D,
        strides: 1,
        pad: layer.padding,
        bias,
        activation,
      });
    }
    case "pool":
      return layer.mode === "max"
        ? tf.maxPool(x as Tensor4D, 2, 2, "valid")
        : tf.avgPool(x as Tensor4D, 2, 2, "valid");
    case "activation":
      return activate(tf, layer.activation, x);
    case "subsample": {
      const { weight, bias } = weights.get(layer.name) as Weights;
      const sums = tf.mul(tf.avgPool(x as Tensor4D, 2, 2, "valid"), 4);
      return tf.add(tf.mul(sums, weight), bias);
    }
    case "batch-norm":
      return batchNorm(tf, layer.name, weights.get(layer.name) as Weights, x, training);
    case "dropout":
      return training === undefined ? x : tf.mul(x, training.mask(layer, x.shape));
    case "flatten": {
      // Channel by channel, as everywhere outside tfjs.
      const rows = x.rank === 4 ? tf.transpose(x as Tensor4D, [0, 3, 1, 2]) : x;
      return tf.reshape(rows, [x.shape[0], x.size / x.shape[0]]) as Tensor2D;
    }
    case "dense": {
      const { weight, bias } = weights.get(layer.name) as Weights;
      return tf.fused.matMul({
        a: x as Tensor2D,
        b: weight as Tensor2D,
        bias,
        activation,
      }) as Tensor2D;
    }
    case "rbf":
      return rbf(tf, layer, x);
    default:
      return layer satisfies never;
  }
}

function activate(tf: Tfjs, activation: ActivationName, x: Flow): Flow {
  switch (activation) {
    case "relu":
      return tf.relu(x);
    case "sigmoid":
      return tf.sigmoid(x);
    case "tanh":
      return tf.tanh(x);
    case "scaled-tanh":
      return tf.mul(tf.tanh(tf.mul(x, 2 / 3)), 1.7159);
  }
}

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
function batchNorm(
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

/**
 * Minus the squared distance of rows, or of all places of images, to each code: 2x·c − |x|² − |c|².
 *
 * @param tf tfjs-core.
 * @param layer The codes.
 * @param x What goes in.
 * @returns One value for each code.
 */
function rbf(tf: Tfjs, layer: RbfLayer, x: Flow): Flow {
  const inputs = x.shape[x.rank - 1];
  const rows: Tensor2D = tf.reshape(x, [-1, inputs]);
  const products = tf.mul(tf.matMul(rows, tf.transpose(codesOf(tf, layer))), 2);
  const squares = tf.add(tf.sum(tf.square(rows), 1, true), inputs);
  const shape = [...x.shape.slice(0, -1), layer.codes.length] as Flow["shape"];
  return tf.reshape(tf.sub(products, squares) as Tensor2D, shape) as Flow;
}

/**
 * The gradient of what went into {@linkcode rbf}: Σ 2(c − x)·dy.
 *
 * @param tf tfjs-core.
 * @param layer The codes.
 * @param x What went in, [count, inputs].
 * @param dy The gradient of what came out, [count, classes].
 * @returns The gradient, [count, inputs].
 */
export function rbfGradient(tf: Tfjs, layer: RbfLayer, x: Tensor2D, dy: Tensor2D): Tensor2D {
  const toCodes = tf.matMul(dy, codesOf(tf, layer));
  return tf.mul(tf.sub(toCodes, tf.mul(x, tf.sum(dy, 1, true))), 2);
}

function codesOf(tf: Tfjs, { codes }: RbfLayer): Tensor2D {
  const signs = codes.flatMap((code) => [...code].map((pixel) => pixel === "#" ? 1 : -1));
  return tf.tensor2d(signs, [codes.length, codes[0].length]);
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
export class TrainingPass {
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
