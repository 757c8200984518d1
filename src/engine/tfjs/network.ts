import type { Tensor1D, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import type { Architecture } from "../../model/architecture.ts";
import { backward } from "./backward.ts";
import { forward, type Weights, type WeightsByLayer } from "./forward.ts";
import { flatLayout, type FlatParameter, toChannelsLast } from "./layout.ts";
import type { Tfjs, TfjsBackend } from "./load.ts";
import { crossEntropy } from "./loss.ts";

/** A network's functions over one flat vector of all its parameters. Call them inside `tf.tidy`. */
export interface Network {
  /** How the flat vector is laid out. */
  readonly layout: readonly FlatParameter[];
  /** The weights of each layer, cut out of the flat vector. */
  unpack(flat: Tensor1D): Map<string, Weights>;
  /** `count` × classes logits for `count` normalized inputs. */
  logits(weights: WeightsByLayer, inputs: Float32Array, count: number): Tensor2D;
  /** Loss and number of right answers as one pair, and the loss's gradient for the flat vector. */
  gradient(
    flat: Tensor1D,
    inputs: Float32Array,
    labels: Uint8Array,
  ): { measured: Tensor1D; gradient: Tensor1D };
}

/**
 * Makes a network's functions for one backend.
 *
 * @param tf tfjs-core.
 * @param backend The backend that is active when they are called.
 * @param architecture The network.
 * @returns Its functions.
 */
export function createNetwork(
  tf: Tfjs,
  backend: TfjsBackend,
  architecture: Architecture,
): Network {
  const { input: shape, layers } = architecture;
  const layout = flatLayout(architecture);
  const [channels, height, width] = shape;

  const images = (inputs: Float32Array, count: number): Tensor4D =>
    tf.tensor4d(toChannelsLast(inputs, shape, count), [count, height, width, channels]);

  const unpack = (flat: Tensor1D): Map<string, Weights> => {
    const byName = new Map(layout.map(({ name, offset, size, tfjsShape }) => [
      name,
      tf.reshape(tf.slice(flat, offset, size), tfjsShape),
    ]));
    return new Map(layers.flatMap((layer) =>
      "name" in layer
        ? [[layer.name, {
          weight: byName.get(`${layer.name}.weight`),
          bias: byName.get(`${layer.name}.bias`),
        } as Weights]]
        : []
    ));
  };

  const pack = (weights: ReadonlyMap<string, Weights>): Tensor1D =>
    tf.concat(
      layers.flatMap((layer) => {
        if (!("name" in layer)) return [];
        const { weight, bias } = weights.get(layer.name) as Weights;
        return [tf.reshape(weight, [weight.size]) as Tensor1D, bias];
      }),
    );

  return {
    layout,
    unpack,
    logits(weights, inputs, count) {
      return forward(tf, layers, weights, images(inputs, count)).at(-1) as Tensor2D;
    },
    gradient(flat, inputs, labels) {
      const weights = unpack(flat);
      const input = images(inputs, labels.length);
      const outputs = forward(tf, layers, weights, input);
      const { measured, logitsGradient } = crossEntropy(tf, outputs.at(-1) as Tensor2D, labels);
      const gradients = backward(tf, backend, layers, weights, input, outputs, logitsGradient);
      return { measured, gradient: pack(gradients) };
    },
  };
}
