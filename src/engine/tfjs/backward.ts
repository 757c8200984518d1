/**
 * The backward pass, layer by layer, written out: tfjs registers no gradients in Deno and Node, and its WASM backend
 * lacks the gradient of a convolution's filter. Everything here is composed of forward kernels that every backend
 * has.
 *
 * @module
 */

import type { ActivationName, ConvLayer, DenseLayer, Layer } from "../../model/architecture.ts";
import type { Flow, Weights, WeightsByLayer } from "./layout.ts";
import {
  batchNormGradient,
  type BatchStatistics,
  rbfGradient,
  sumRows,
  type TrainingPass,
} from "./training_pass.ts";
import type { Tensor2D, Tensor4D, Tfjs } from "./tfjs.ts";

/**
 * The gradient of the loss with respect to every weight.
 *
 * @param tf tfjs-core.
 * @param layers The layers of the network.
 * @param weights Their weights.
 * @param input The images that went in.
 * @param outputs What the forward pass gave for each layer.
 * @param training The pass of training, with what its forward half left.
 * @param logitsGradient The gradient of the loss with respect to the logits.
 * @param wanted The names of the layers whose gradients are asked for; all of them unless given.
 * @returns The gradients, by the name of the layer; none for the layers before the first that was asked for.
 */
export function backward(
  tf: Tfjs,
  layers: readonly Layer[],
  weights: WeightsByLayer,
  input: Tensor4D,
  outputs: readonly Flow[],
  training: TrainingPass,
  logitsGradient: Tensor2D,
  wanted?: readonly string[],
): Map<string, Weights> {
  const gradients = new Map<string, Weights>();
  const first = layers.findIndex((layer) =>
    "name" in layer && (wanted === undefined || wanted.includes(layer.name))
  );
  let dy: Flow = logitsGradient;
  for (let index = layers.length - 1; index >= first; index--) {
    const layer = layers[index];
    const x = index === 0 ? input : outputs[index - 1];
    const y = outputs[index];
    switch (layer.kind) {
      case "conv":
        gradients.set(layer.name, convWeightsGradient(tf, layer, x as Tensor4D, dy as Tensor4D));
        // Nobody asks for the gradient of what goes into the first layer.
        if (index > first) dy = convInputGradient(tf, layer, weights, dy as Tensor4D);
        break;
      case "dense":
        gradients.set(layer.name, denseWeightsGradient(tf, x as Tensor2D, dy as Tensor2D));
        if (index > first) dy = denseInputGradient(tf, layer, weights, dy as Tensor2D);
        break;
      case "pool": {
        const gradient = layer.mode === "max" ? maxPoolGradient : averagePoolGradient;
        dy = gradient(tf, x as Tensor4D, y as Tensor4D, dy as Tensor4D);
        break;
      }
      case "subsample": {
        const { weight } = weights.get(layer.name) as Weights;
        const sums = tf.mul(tf.avgPool(x as Tensor4D, 2, 2, "valid"), 4);
        gradients.set(layer.name, {
          weight: sumRows(tf, tf.mul(dy, sums) as Tensor4D),
          bias: sumRows(tf, dy),
        });
        const sumsGradient = tf.mul(dy, tf.mul(weight, 4)) as Tensor4D;
        dy = averagePoolGradient(tf, x as Tensor4D, y as Tensor4D, sumsGradient);
        break;
      }
      case "batch-norm": {
        const statistics = training.statistics.get(layer.name) as BatchStatistics;
        const own = weights.get(layer.name) as Weights;
        const gradient = batchNormGradient(tf, own, statistics, dy);
        gradients.set(layer.name, gradient.weights);
        dy = gradient.dx;
        break;
      }
      case "dropout":
        dy = tf.mul(dy, training.mask(layer, dy.shape));
        break;
      case "activation":
        dy = tf.mul(dy, derivative(tf, layer.activation, y));
        break;
      case "flatten":
        dy = unflatten(tf, dy as Tensor2D, x);
        break;
      case "rbf":
        dy = rbfGradient(tf, layer, x, dy);
        break;
      default:
        layer satisfies never;
    }
  }
  return gradients;
}

/**
 * A filter's gradient is itself a convolution: of the input, its channels taken for a batch, with the output's
 * gradient for a filter as large as the output.
 */
function convWeightsGradient(tf: Tfjs, layer: ConvLayer, x: Tensor4D, dy: Tensor4D): Weights {
  const channelsFirst: Tensor4D = tf.transpose(x, [3, 1, 2, 0]);
  const filter: Tensor4D = tf.transpose(dy, [1, 2, 0, 3]);
  // One number for the padding would be taken with the filter's height for its width, too.
  const sides: [number, number] = [layer.padding, layer.padding];
  const gradient = tf.conv2d(channelsFirst, filter, 1, [[0, 0], sides, sides, [0, 0]]);
  return {
    weight: tf.transpose(gradient, [1, 2, 0, 3]),
    bias: sumRows(tf, dy),
  };
}

/** The input's gradient is the convolution of the output's gradient with the filter turned by 180°. */
function convInputGradient(
  tf: Tfjs,
  layer: ConvLayer,
  weights: WeightsByLayer,
  dy: Tensor4D,
): Tensor4D {
  const { weight } = weights.get(layer.name) as Weights;
  const turned = tf.transpose(tf.reverse(weight as Tensor4D, [0, 1]), [0, 1, 3, 2]) as Tensor4D;
  const padding = layer.kernel - 1 - layer.padding;
  if (padding >= 0) return tf.conv2d(dy, turned, 1, padding);
  // Padded by more than the kernel reaches: the outermost outputs saw nothing but zeros.
  const [count, height, width, channels] = dy.shape;
  const inner = tf.slice(dy, [0, -padding, -padding, 0], [
    count,
    height + 2 * padding,
    width + 2 * padding,
    channels,
  ]);
  return tf.conv2d(inner, turned, 1, 0);
}

// Explicit transposes: the WASM backend's own transposed product is ten times slower.

function denseWeightsGradient(tf: Tfjs, x: Tensor2D, dy: Tensor2D): Weights {
  return { weight: tf.matMul(tf.transpose(x), dy) as Tensor2D, bias: sumRows(tf, dy) };
}

function denseInputGradient(
  tf: Tfjs,
  layer: DenseLayer,
  weights: WeightsByLayer,
  dy: Tensor2D,
): Tensor2D {
  const { weight } = weights.get(layer.name) as Weights;
  return tf.matMul(dy, tf.transpose(weight as Tensor2D));
}

/**
 * The gradient of 2×2 max pooling: all of it goes to the first maximum of a block, row by row, as in PyTorch. (The
 * kernels of tfjs give it to every maximum, and flat regions of an image are full of equal ones.)
 *
 * @param tf tfjs-core.
 * @param x What went into the pooling, [count, height, width, channels].
 * @param y What came out.
 * @param dy The gradient of what came out.
 * @returns The gradient of what went in.
 */
function maxPoolGradient(
  tf: Tfjs,
  x: Tensor4D,
  y: Tensor4D,
  dy: Tensor4D,
): Tensor4D {
  const [count, height, width, channels] = x.shape;
  const [, outHeight, outWidth] = y.shape;
  const even = tf.slice(x, [0, 0, 0, 0], [count, 2 * outHeight, 2 * outWidth, channels]);
  const rows = tf.reshape(even, [count * outHeight, 2, outWidth, 2 * channels]);
  const maxima: Tensor4D = tf.reshape(y, [count * outHeight, 1, outWidth, channels]);
  const gradient = tf.reshape(dy, maxima.shape);
  let unclaimed: Tensor4D = tf.ones(maxima.shape);
  const corners = [[0, 0], [0, channels], [1, 0], [1, channels]].map(([row, channel]) => {
    const corner = tf.slice(rows, [0, row, 0, channel], maxima.shape);
    const claimed: Tensor4D = tf.mul(tf.cast(tf.equal(corner, maxima), "float32"), unclaimed);
    unclaimed = tf.sub(unclaimed, claimed);
    return tf.mul(gradient, claimed) as Tensor4D;
  });
  return fromCorners(tf, corners, [height, width], y.shape);
}

/**
 * The gradient of 2×2 average pooling: a quarter of it goes to each pixel of a block.
 *
 * @param tf tfjs-core.
 * @param x What went into the pooling, [count, height, width, channels].
 * @param y What came out.
 * @param dy The gradient of what came out.
 * @returns The gradient of what went in.
 */
function averagePoolGradient(
  tf: Tfjs,
  x: Tensor4D,
  y: Tensor4D,
  dy: Tensor4D,
): Tensor4D {
  const [count, outHeight, outWidth, channels] = y.shape;
  const quarter: Tensor4D = tf.reshape(tf.mul(dy, 0.25), [
    count * outHeight,
    1,
    outWidth,
    channels,
  ]);
  const [, height, width] = x.shape;
  return fromCorners(tf, [quarter, quarter, quarter, quarter], [height, width], y.shape);
}

/** Puts the four pixels of every block in their places. */
function fromCorners(
  tf: Tfjs,
  [topLeft, topRight, bottomLeft, bottomRight]: readonly Tensor4D[],
  [height, width]: readonly [number, number],
  [count, outHeight, outWidth, channels]: readonly number[],
): Tensor4D {
  const top = tf.concat([topLeft, topRight], 3);
  const bottom = tf.concat([bottomLeft, bottomRight], 3);
  const even = tf.reshape(tf.concat([top, bottom], 1), [
    count,
    2 * outHeight,
    2 * outWidth,
    channels,
  ]);
  // An odd last row or column was dropped, so it has no gradient.
  return tf.pad(even, [
    [0, 0],
    [0, height - 2 * outHeight],
    [0, width - 2 * outWidth],
    [0, 0],
  ]) as Tensor4D;
}

/** Rows, channel by channel, become images again. */
function unflatten(tf: Tfjs, dy: Tensor2D, { shape }: Flow): Flow {
  if (shape.length === 2) return dy;
  const [count, height, width, channels] = shape;
  return tf.transpose(tf.reshape(dy, [count, channels, height, width]), [0, 2, 3, 1]) as Tensor4D;
}

/** The derivative of an activation, from its output. */
function derivative(tf: Tfjs, activation: ActivationName, y: Flow): Flow {
  switch (activation) {
    case "relu":
      return tf.step(y);
    case "sigmoid":
      return tf.mul(y, tf.sub(1, y));
    case "tanh":
      return tf.sub(1, tf.square(y));
    case "scaled-tanh":
      // With y = a·tanh(2x/3): 2/3·(a − y²/a).
      return tf.mul(tf.sub(1.7159 ** 2, tf.square(y)), 2 / 3 / 1.7159);
  }
}
