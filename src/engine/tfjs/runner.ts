/**
 * The forward pass in tfjs, as composition of its operations, and the runner of it.
 *
 * @module
 */

import type {
  ActivationName,
  Architecture,
  DropoutLayer,
  Layer,
  RbfLayer,
} from "../../model/architecture.ts";
import { BATCH_NORM_EPSILON, type Parameters } from "../../model/parameters.ts";
import type { Runner } from "../runner.ts";
import {
  flatLayout,
  type Flow,
  toFlat,
  toImages,
  unpackWeights,
  type Weights,
  type WeightsByLayer,
} from "./layout.ts";
import {
  loadTfjs,
  type Tensor2D,
  type Tensor4D,
  type Tfjs,
  type TfjsBackend,
  withBackend,
} from "./tfjs.ts";

export { importTfjs } from "./tfjs.ts";

/** The most images in one pass, so that memory stays bounded. */
const MAX_IMAGES = 1024;

/**
 * Makes a network ready to run on a backend of tfjs.
 *
 * @param backend The backend.
 * @param architecture The network.
 * @param parameters Its weights.
 * @returns The runner; it holds the weights on the backend until it is disposed of.
 * @throws {LeNetError} `backend/unavailable` when the backend cannot be started here.
 */
export async function tfjsRunner(
  backend: TfjsBackend,
  architecture: Architecture,
  parameters: Parameters,
): Promise<Runner> {
  const tf = await loadTfjs(backend);
  const { input: shape, layers, classes } = architecture;
  const weights = withBackend(tf, backend, () => {
    const layout = flatLayout(architecture);
    const weights = unpackWeights(tf, layout, tf.tensor1d(toFlat(layout, parameters)));
    for (const own of weights.values()) {
      for (const tensor of Object.values(own)) tf.keep(tensor);
    }
    return weights;
  });
  return {
    backend,
    async logits(inputs, count) {
      const size = inputs.length / count;
      const logits = new Float32Array(count * classes);
      for (let start = 0; start < count; start += MAX_IMAGES) {
        const end = Math.min(count, start + MAX_IMAGES);
        const part = inputs.subarray(start * size, end * size);
        const tensor = withBackend(tf, backend, () => {
          const images = toImages(tf, part, shape, end - start);
          return forward(tf, layers, weights, images)[layers.length - 1];
        });
        try {
          logits.set(await tensor.data(), start * classes);
        } finally {
          tensor.dispose();
        }
      }
      return logits;
    },
    [Symbol.dispose]() {
      for (const own of weights.values()) tf.dispose(Object.values(own));
    },
  };
}

/** The layers that compute something else in training than in evaluation. */
export interface TrainingLayers {
  /** Normalizes by the statistics of the batch. */
  batchNorm(name: string, weights: Weights, x: Flow): Flow;
  /** Drops values at random. */
  dropout(layer: DropoutLayer, x: Flow): Flow;
}

/**
 * Runs a network forward.
 *
 * @param tf tfjs-core.
 * @param layers The layers of the network.
 * @param weights Their parameters.
 * @param input Images, [count, height, width, channels].
 * @param training What computes the layers that differ in training; left out for evaluation.
 * @returns The output of each layer, in order. A ReLU is fused with the layer before it, and both have the same output.
 */
export function forward(
  tf: Tfjs,
  layers: readonly Layer[],
  weights: WeightsByLayer,
  input: Tensor4D,
  training?: TrainingLayers,
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

/** Whether the layer at this index is a ReLU that is fused with the layer before it. */
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
  training: TrainingLayers | undefined,
): Flow {
  switch (layer.kind) {
    case "conv": {
      const { weight, bias } = weights.get(layer.name) as Weights;
      const pad = layer.padding;
      return tf.fused.conv2d({ x, filter: weight, strides: 1, pad, bias, activation });
    }
    case "pool":
      return layer.mode === "max" ? tf.maxPool(x, 2, 2, "valid") : tf.avgPool(x, 2, 2, "valid");
    case "activation":
      return activate(tf, layer.activation, x);
    case "subsample": {
      const { weight, bias } = weights.get(layer.name) as Weights;
      const sums = tf.mul(tf.avgPool(x, 2, 2, "valid"), 4);
      return tf.add(tf.mul(sums, weight), bias);
    }
    case "batch-norm": {
      const own = weights.get(layer.name) as Weights;
      return training?.batchNorm(layer.name, own, x) ?? batchNorm(tf, own, x);
    }
    case "dropout":
      return training?.dropout(layer, x) ?? x;
    case "flatten": {
      // Channel by channel, as everywhere outside tfjs.
      const rows = x.rank === 4 ? tf.transpose(x, [0, 3, 1, 2]) : x;
      return tf.reshape(rows, [x.shape[0], x.size / x.shape[0]]);
    }
    case "dense": {
      const { weight, bias } = weights.get(layer.name) as Weights;
      return tf.fused.matMul({ a: x, b: weight, bias, activation });
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

/** Batch normalization in evaluation: by the running statistics. */
function batchNorm(tf: Tfjs, weights: Weights, x: Flow): Flow {
  const { weight, bias, running_mean, running_var } = weights as Required<Weights>;
  const scale = tf.div(weight, tf.sqrt(tf.add(running_var, BATCH_NORM_EPSILON)));
  return tf.add(tf.mul(x, scale), tf.sub(bias, tf.mul(running_mean, scale)));
}

/** Minus the squared distance of rows, or of all places of images, to each code: 2x·c − |x|² − |c|². */
function rbf(tf: Tfjs, layer: RbfLayer, x: Flow): Flow {
  const inputs = x.shape[x.rank - 1];
  const rows: Tensor2D = tf.reshape(x, [-1, inputs]);
  const products = tf.mul(tf.matMul(rows, tf.transpose(codesOf(tf, layer))), 2);
  const squares = tf.add(tf.sum(tf.square(rows), 1, true), inputs);
  const shape = [...x.shape.slice(0, -1), layer.codes.length];
  return tf.reshape(tf.sub(products, squares), shape);
}

/**
 * The codes of an RBF layer as a tensor.
 *
 * @returns [classes, inputs], each value 1 or −1.
 */
export function codesOf(tf: Tfjs, { codes }: RbfLayer): Tensor2D {
  const signs = codes.flatMap((code) => [...code].map((pixel) => pixel === "#" ? 1 : -1));
  return tf.tensor2d(signs, [codes.length, codes[0].length]);
}
