import type { Rank, Tensor, Tensor1D, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import type { Architecture } from "../../model/architecture.ts";
import { connectedWeights, isLearned, type Parameters } from "../../model/parameters.ts";
import { backward } from "./backward.ts";
import { runningValues } from "./batch_norm.ts";
import { forward, type Weights, type WeightsByLayer } from "./forward.ts";
import { flatLayout, type FlatParameter, toChannelsLast, toFlat } from "./layout.ts";
import type { Tfjs, TfjsBackend } from "./load.ts";
import { crossEntropy, squaredDistance } from "./loss.ts";
import { TrainingPass } from "./training_pass.ts";

/** What a pass of training gives. */
export interface Pass {
  /** Loss and number of right answers. */
  readonly measured: Tensor1D;
  /** The loss's gradient for the flat vector. */
  readonly gradient: Tensor1D;
  /**
   * Puts what the pass counted, the running values of batch normalization, in their places in a flat vector.
   *
   * @param flat The parameters after the optimizer's move, which is not meant for them.
   * @returns The parameters.
   */
  readonly withRunningValues: (flat: Tensor1D) => Tensor1D;
}

/** A network's functions over one flat vector of all its parameters. Call them inside `tf.tidy`. */
export interface Network {
  /** How the flat vector is laid out. */
  readonly layout: readonly FlatParameter[];
  /** The weights of each layer, cut out of the flat vector. */
  unpack(flat: Tensor1D): Map<string, Weights>;
  /** `count` × classes logits for `count` normalized inputs, as in evaluation. */
  logits(weights: WeightsByLayer, inputs: Float32Array, count: number): Tensor2D;
  /** One pass of training; the seed decides what is dropped in it. */
  pass(flat: Tensor1D, inputs: Float32Array, labels: Uint8Array, seed?: number): Pass;
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
  const lossOf = layers.at(-1)?.kind === "rbf" ? squaredDistance : crossEntropy;
  const connected = connectionsMask(architecture, layout);
  const learned = layout.every(({ name }) => isLearned(name)) ? undefined : learnedMask(layout);

  const images = (inputs: Float32Array, count: number): Tensor4D =>
    tf.tensor4d(toChannelsLast(inputs, shape, count), [count, height, width, channels]);

  const unpack = (flat: Tensor1D): Map<string, Weights> => {
    const byLayer = new Map<string, Record<string, Tensor>>();
    for (const { name, offset, size, tfjsShape } of layout) {
      const [layer, part] = splitName(name);
      const tensor = tf.reshape(tf.slice(flat, offset, size), tfjsShape);
      byLayer.set(layer, { ...byLayer.get(layer), [part]: tensor });
    }
    return byLayer as Map<string, unknown> as Map<string, Weights>;
  };

  /** All parts of all layers in one vector; what is missing is 0. */
  const pack = (weights: ReadonlyMap<string, Partial<Weights>>): Tensor1D =>
    tf.concat(layout.map(({ name, size }) => {
      const [layer, part] = splitName(name);
      const tensor = weights.get(layer)?.[part as keyof Weights];
      return tensor === undefined ? tf.zeros<Rank.R1>([size]) : tf.reshape(tensor, [size]);
    })) as Tensor1D;

  return {
    layout,
    unpack,
    logits(weights, inputs, count) {
      return forward(tf, layers, weights, images(inputs, count)).at(-1) as Tensor2D;
    },
    pass(flat, inputs, labels, seed = 0) {
      const weights = unpack(flat);
      const input = images(inputs, labels.length);
      const training = new TrainingPass(tf, seed);
      const outputs = forward(tf, layers, weights, input, training);
      const { measured, logitsGradient } = lossOf(tf, outputs.at(-1) as Tensor2D, labels);
      const gradients = pack(
        backward(tf, backend, layers, weights, input, outputs, training, logitsGradient),
      );
      return {
        measured,
        gradient: connected === undefined ? gradients : tf.mul(gradients, connected),
        withRunningValues(moved) {
          if (learned === undefined) return moved;
          const running = [...training.statistics].map(([name, statistics]) =>
            [name, runningValues(tf, weights.get(name) as Weights, statistics)] as const
          );
          return tf.add(tf.mul(moved, learned), pack(new Map(running)));
        },
      };
    },
  };
}

/** The layer's name and the parameter's in `conv1.weight`. */
function splitName(name: string): [layer: string, part: string] {
  const dot = name.lastIndexOf(".");
  return [name.slice(0, dot), name.slice(dot + 1)];
}

/** 0 for the weights of missing connections, else 1; nothing where all are there. */
function connectionsMask(
  { layers }: Architecture,
  layout: readonly FlatParameter[],
): Float32Array | undefined {
  const partly = new Map<string, readonly (readonly number[])[]>(
    layers.flatMap((layer) =>
      layer.kind === "conv" && layer.connections !== undefined
        ? [[`${layer.name}.weight`, layer.connections] as const]
        : []
    ),
  );
  if (partly.size === 0) return undefined;
  return flatMask(layout, ({ name, shape, size }) => {
    const connections = partly.get(name);
    return connections ? connectedWeights(connections, shape) : new Float32Array(size).fill(1);
  });
}

/** 1 for what is learned from gradients, 0 for running values. */
function learnedMask(layout: readonly FlatParameter[]): Float32Array {
  return flatMask(
    layout,
    ({ name, size }) => new Float32Array(size).fill(isLearned(name) ? 1 : 0),
  );
}

function flatMask(
  layout: readonly FlatParameter[],
  mask: (parameter: FlatParameter) => Float32Array<ArrayBuffer>,
): Float32Array {
  const masks: Parameters = new Map(
    layout.map((parameter) => [parameter.name, { shape: parameter.shape, data: mask(parameter) }]),
  );
  return toFlat(layout, masks);
}
