import {
  type Architecture,
  type ImageShape,
  inferShapes,
  type Layer,
  type Shape,
  type Stage,
} from "../../model/architecture.ts";
import { FLOAT } from "./plan.ts";

/** The kernels with a forward and a backward pass. */
export type StepKind =
  | "activation"
  | "convolution"
  | "dense"
  | "dropout"
  | "flatten"
  | "normalize"
  | "pool"
  | "rbf";

/** Images or rows of units between two steps, and the gradient of the loss with respect to them. */
export interface Tensor {
  readonly shape: ImageShape;
  /** Rows above and below, and columns on both sides, that are zero. */
  border: number;
  hasGradient: boolean;
  /** The addresses of the first input's values and gradient, which are planned once all borders are known. */
  values: number;
  gradient: number;
  /** The bytes from one row to the next, and from one input of a tile to the next. */
  row: number;
  step: number;
}

/** One or more layers that are computed together. */
export interface Node {
  readonly kind: StepKind;
  readonly layer: Layer;
  readonly stage: Stage;
  /** Of a convolution: what follows it at once. */
  readonly pooled?: { readonly isRectified: boolean } | undefined;
  readonly x: Tensor;
  readonly y: Tensor;
}

function imageShape(shape: Shape): ImageShape {
  return shape.length === 3 ? shape : [shape[0], 1, 1];
}

function newTensor(shape: Shape): Tensor {
  const unknown = { values: 0, gradient: 0, row: 0, step: 0 };
  return { shape: imageShape(shape), border: 0, hasGradient: false, ...unknown };
}

/** The ReLU and max pooling that follow a convolution, and how many layers they are. */
function pooledAfter(
  stages: readonly Stage[],
  index: number,
): { isRectified: boolean; layers: number } | undefined {
  const [next, second] = [stages[index + 1]?.layer, stages[index + 2]?.layer];
  const isRectified = next?.kind === "activation" && next.activation === "relu";
  const pool = isRectified ? second : next;
  if (pool?.kind !== "pool" || pool.mode !== "max") return undefined;
  return { isRectified, layers: isRectified ? 2 : 1 };
}

/** Whether an activation may overwrite its input: nothing before it needs that for its own gradient. */
function isInPlace(before: Node | undefined): boolean {
  return !(before?.kind === "activation" || before?.pooled?.isRectified);
}

/**
 * Joins the layers of a network to steps.
 *
 * @param architecture The network.
 * @returns The steps, what goes into the first and what comes out of the last.
 * @throws {LeNetError} `architecture/invalid` when the layers do not fit.
 */
export function nodesOf(
  architecture: Architecture,
): { nodes: Node[]; input: Tensor; output: Tensor } {
  const stages = inferShapes(architecture);
  const input = newTensor(architecture.input);
  const nodes: Node[] = [];
  let x = input;
  for (let index = 0; index < stages.length; index++) {
    const stage = stages[index];
    const { layer } = stage;
    const add = (kind: StepKind, y: Tensor, pooled?: Node["pooled"]): void => {
      nodes.push({ kind, layer, stage, pooled, x, y });
      x = y;
    };
    switch (layer.kind) {
      case "conv": {
        const [, outHeight, outWidth] = stage.output as ImageShape;
        // One that sees its whole input at once is a dense layer.
        const isWhole = outHeight * outWidth === 1 && layer.padding === 0 && x.border === 0 &&
          layer.filters % LANES === 0;
        if (isWhole) {
          add("dense", newTensor(stage.output));
          break;
        }
        x.border = Math.max(x.border, layer.padding);
        const pooled = pooledAfter(stages, index);
        if (pooled !== undefined) index += pooled.layers;
        add("convolution", newTensor(stages[index].output), pooled);
        break;
      }
      case "dense":
        add("dense", newTensor(stage.output));
        break;
      case "pool":
      case "subsample":
        add("pool", newTensor(stage.output));
        break;
      case "batch-norm":
        add("normalize", newTensor(stage.output));
        break;
      case "dropout":
        add("dropout", newTensor(stage.output));
        break;
      case "activation":
        add("activation", isInPlace(nodes.at(-1)) ? x : newTensor(stage.output));
        break;
      case "flatten": {
        const [, height, width] = x.shape;
        // One pixel is a row already.
        if (height * width > 1) add("flatten", newTensor(stage.output));
        break;
      }
      case "rbf":
        add("rbf", newTensor(stage.output));
        break;
      default:
        layer satisfies never;
    }
  }
  return { nodes, input, output: x };
}

/** Floats of a vector. */
export const LANES = 4;

/** Filters that the kernels compute together. */
const BLOCK = 8;

/** A parameter in memory. */
export interface Layout {
  /** The number of floats that it takes, in whole vectors. */
  readonly size: number;
  /** For each value in our order its place. */
  readonly places: Uint32Array;
}

/** Rounds a whole number up to a multiple of another. */
export function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

/** The vectors in a row of a filter: its columns with all their channels. */
export function rowVectors(channels: number, kernel: number): number {
  return Math.ceil(channels * kernel / LANES);
}

/**
 * Lays out the weights of a convolution: filter by filter, row by row, each row in whole vectors.
 *
 * @param shape [filters, channels, kernel, kernel].
 */
export function filterLayout([filters, channels, kernel]: readonly number[]): Layout {
  const row = LANES * rowVectors(channels, kernel);
  const places = new Uint32Array(filters * channels * kernel * kernel);
  let index = 0;
  for (let f = 0; f < filters; f++) {
    for (let c = 0; c < channels; c++) {
      for (let ky = 0; ky < kernel; ky++) {
        for (let kx = 0; kx < kernel; kx++) {
          places[index++] = (f * kernel + ky) * row + kx * channels + c;
        }
      }
    }
  }
  return { size: filters * kernel * row, places };
}

/**
 * Lays out the weights of a dense layer, or of a convolution that sees its whole input at once: input by input, those of
 * all units in whole vectors.
 *
 * @param shape [units, inputs], or [filters, channels, kernel, kernel].
 */
export function denseLayout([units, channels, kernel = 1]: readonly number[]): Layout {
  const row = roundUp(units, LANES);
  const pixels = kernel * kernel;
  const places = new Uint32Array(units * channels * pixels);
  let index = 0;
  for (let u = 0; u < units; u++) {
    for (let c = 0; c < channels; c++) {
      for (let p = 0; p < pixels; p++) places[index++] = (p * channels + c) * row + u;
    }
  }
  return { size: pixels * channels * row, places };
}

/** Lays out one number for each channel or unit. */
export function vectorLayout(length: number): Layout {
  return {
    size: roundUp(length, LANES),
    places: Uint32Array.from({ length }, (_, index) => index),
  };
}

/**
 * How weights are copied for `training/convolve.as`: for each eight filters, row, column and channel, the eight filters'
 * weights.
 *
 * @param shape [filters, channels, kernel, kernel].
 * @returns For each number its source in a {@linkcode filterLayout}; −1 for a zero.
 */
export function packingOf([filters, channels, kernel]: readonly number[]): Int32Array {
  const row = LANES * rowVectors(channels, kernel);
  const sources = new Int32Array(roundUp(filters, BLOCK) * kernel * kernel * channels).fill(-1);
  for (let f = 0; f < filters; f++) {
    const block = Math.floor(f / BLOCK) * kernel;
    for (let ky = 0; ky < kernel; ky++) {
      for (let kx = 0; kx < kernel; kx++) {
        for (let c = 0; c < channels; c++) {
          const to = (((block + ky) * kernel + kx) * channels + c) * BLOCK + f % BLOCK;
          sources[to] = (f * kernel + ky) * row + kx * channels + c;
        }
      }
    }
  }
  return sources;
}

/**
 * As {@linkcode packingOf}, for `training/convolve_columns.as`: for each pair of filters, column and row, one filter's
 * weight, then the other's.
 *
 * @param shape [filters, 1, kernel, kernel].
 */
export function columnsPackingOf([filters, , kernel]: readonly number[]): Int32Array {
  const row = LANES * rowVectors(1, kernel);
  const sources = new Int32Array(roundUp(filters, 2) * kernel * kernel).fill(-1);
  for (let f = 0; f < filters; f++) {
    for (let kx = 0; kx < kernel; kx++) {
      for (let ky = 0; ky < kernel; ky++) {
        const pair = (f >> 1) * kernel * kernel;
        sources[2 * (pair + kx * kernel + ky) + f % 2] = (f * kernel + ky) * row + kx;
      }
    }
  }
  return sources;
}

/**
 * Where the values of an image are in one of the kernels: row by row, column by column, channel by channel.
 *
 * @param shape [channels, height, width].
 * @param row The distance from one row to the next, in bytes.
 * @returns For each value, channel by channel, its distance from the first, in bytes.
 */
export function imageTable([channels, height, width]: ImageShape, row: number): Uint32Array {
  const table = new Uint32Array(channels * height * width);
  let index = 0;
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) table[index++] = y * row + (x * channels + c) * FLOAT;
    }
  }
  return table;
}
