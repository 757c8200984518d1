import type { Tensor1D, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import type { ActivationName, Layer } from "../../model/layer.ts";
import { batchNorm } from "./batch_norm.ts";
import type { Tfjs } from "./load.ts";
import { rbf } from "./rbf.ts";
import type { TrainingPass } from "./training_pass.ts";

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
