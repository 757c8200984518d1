/**
 * Parameters and images between our layout (PyTorch's: channels before pixels, outputs before inputs) and that of
 * tfjs (channels after pixels, outputs after inputs). Flat rows are in our order everywhere.
 *
 * @module
 */

import { type Architecture, type ImageShape, sizeOf } from "../../model/architecture.ts";
import { type Parameter, type Parameters, parameterShapes } from "../../model/parameters.ts";
import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Tfjs } from "./tfjs.ts";

/** What flows between layers: images [count, height, width, channels] or rows [count, units]. */
export type Flow = Tensor2D | Tensor4D;

/** The parameters of a layer; batch normalization has running statistics beside the trained ones. */
export interface Weights {
  readonly weight: Flow | Tensor1D;
  readonly bias: Tensor1D;
  readonly running_mean?: Tensor1D;
  readonly running_var?: Tensor1D;
}

/** The parameters of a network, by the name of the layer. */
export type WeightsByLayer = ReadonlyMap<string, Weights>;

/** Where one parameter lies in the flat vector of all of them, and how it is turned. */
export interface FlatParameter {
  readonly name: string;
  /** Its shape in our layout. */
  readonly shape: readonly number[];
  /** Its shape in tfjs. */
  readonly tfjsShape: number[];
  /** Where it begins in the flat vector. */
  readonly offset: number;
  readonly size: number;
  /** For each position in tfjs' layout, the position in ours. */
  readonly source: Uint32Array;
}

/**
 * Lays all parameters of a network out in one flat vector, each in tfjs' layout.
 *
 * @param architecture The network.
 * @returns The parameters in the order of the layers.
 */
export function flatLayout(architecture: Architecture): FlatParameter[] {
  let offset = 0;
  return [...parameterShapes(architecture)].map(([name, shape]) => {
    const parameter = { name, shape, offset, size: sizeOf(shape), ...turn(shape) };
    offset += parameter.size;
    return parameter;
  });
}

function turn(shape: readonly number[]): { tfjsShape: number[]; source: Uint32Array } {
  switch (shape.length) {
    case 4:
      // [filters, channels, height, width] → [height, width, channels, filters]
      return permute(shape, [2, 3, 1, 0]);
    case 2:
      // [units, inputs] → [inputs, units]
      return permute(shape, [1, 0]);
    default:
      return permute(shape, shape.map((_, axis) => axis));
  }
}

function permute(
  shape: readonly number[],
  axes: readonly number[],
): { tfjsShape: number[]; source: Uint32Array } {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const tfjsShape = axes.map((axis) => shape[axis]);
  const source = new Uint32Array(sizeOf(shape));
  const index = new Array<number>(axes.length).fill(0);
  for (let i = 0; i < source.length; i++) {
    source[i] = axes.reduce((sum, axis, k) => sum + strides[axis] * index[k], 0);
    for (let k = axes.length - 1; k >= 0 && ++index[k] === tfjsShape[k]; k--) index[k] = 0;
  }
  return { tfjsShape, source };
}

/**
 * @param layout What {@linkcode flatLayout} gave.
 * @param parameters Parameters in our layout.
 * @returns All of them in one vector, in tfjs' layout.
 */
export function toFlat(layout: readonly FlatParameter[], parameters: Parameters): Float32Array {
  const flat = new Float32Array(layout.reduce((sum, { size }) => sum + size, 0));
  for (const { name, offset, source } of layout) {
    const { data } = parameters.get(name) as Parameter;
    for (let i = 0; i < source.length; i++) flat[offset + i] = data[source[i]];
  }
  return flat;
}

/**
 * @param layout What {@linkcode flatLayout} gave.
 * @param flat All parameters in one vector, in tfjs' layout.
 * @returns Them in our layout.
 */
export function fromFlat(layout: readonly FlatParameter[], flat: Float32Array): Parameters {
  return new Map(layout.map(({ name, shape, offset, source }) => {
    const data = new Float32Array(source.length);
    for (let i = 0; i < source.length; i++) data[source[i]] = flat[offset + i];
    return [name, { shape, data }];
  }));
}

/**
 * Cuts the parameters of each layer out of the flat vector of all of them. Call it inside `tf.tidy`.
 *
 * @param tf tfjs-core.
 * @param layout What {@linkcode flatLayout} gave.
 * @param flat All parameters in one vector, in tfjs' layout.
 * @returns The parameters by the name of the layer.
 */
export function unpackWeights(
  tf: Tfjs,
  layout: readonly FlatParameter[],
  flat: Tensor1D,
): Map<string, Weights> {
  const byLayer = new Map<string, Record<string, Tensor>>();
  for (const { name, offset, size, tfjsShape } of layout) {
    const [layer, part] = splitName(name);
    const tensor = tf.reshape(tf.slice(flat, offset, size), tfjsShape);
    byLayer.set(layer, { ...byLayer.get(layer), [part]: tensor });
  }
  return byLayer as Map<string, unknown> as Map<string, Weights>;
}

/**
 * Splits the name of a parameter, such as `conv1.weight`.
 *
 * @returns The name of the layer, and that of its parameter.
 */
export function splitName(name: string): [layer: string, part: string] {
  const dot = name.lastIndexOf(".");
  return [name.slice(0, dot), name.slice(dot + 1)];
}

/**
 * Uploads images.
 *
 * @param tf tfjs-core.
 * @param images `count` images one after another, each [channels, height, width].
 * @param shape The shape of one.
 * @returns [count, height, width, channels].
 */
export function toImages(
  tf: Tfjs,
  images: Float32Array,
  shape: ImageShape,
  count: number,
): Tensor4D {
  const [channels, height, width] = shape;
  return tf.tensor4d(toChannelsLast(images, shape, count), [count, height, width, channels]);
}

/** Turns [channels, height, width] into [height, width, channels]; the same array where there is one channel. */
function toChannelsLast(
  images: Float32Array,
  [channels, height, width]: ImageShape,
  count: number,
): Float32Array {
  if (channels === 1) return images;
  const pixels = height * width;
  const turned = new Float32Array(images.length);
  for (let n = 0; n < count; n++) {
    const base = n * channels * pixels;
    for (let c = 0; c < channels; c++) {
      for (let p = 0; p < pixels; p++) {
        turned[base + p * channels + c] = images[base + c * pixels + p];
      }
    }
  }
  return turned;
}
