import {
  type Architecture,
  type ImageShape,
  inferShapes,
  type Layer,
} from "../model/architecture.ts";
import { kindOf } from "../model/layers.ts";
import type { Model } from "../model/model.ts";
import type { Parameter, Parameters } from "../model/parameters.ts";
import type { Dispatcher } from "./backends.ts";
import type { BackendName } from "./runner.ts";

/** The windows of a large input at which a network runs: one every `stride` pixels. */
export interface WindowGrid {
  /** Number of windows from top to bottom. */
  readonly rows: number;
  /** Number of windows from left to right. */
  readonly columns: number;
  /** Pixels from one window to the next, across and down. */
  readonly stride: number;
}

/**
 * The most windows, across and down, that one pass computes. Larger inputs take several passes, so that the memory of a
 * pass does not grow with the input.
 */
const MAX_TILE = 32;

/** The most windows that one call of the runner computes, for the same reason. */
const MAX_BATCH = 1024;

/**
 * Runs a network at every window of a large input, with the logits of the window cut out and run alone.
 *
 * Where the network can become fully convolutional (see {@linkcode slidingNetwork}), a pass computes a tile of windows,
 * and neighbours share what they have in common. Otherwise the windows are cut out and run as a batch.
 *
 * @param model The network.
 * @param input The normalized large input.
 * @param shape Its shape, [channels, height, width].
 * @param grid The windows; all of them lie within the input.
 * @param dispatcher The runners of the network.
 * @returns The logits of each window, row by row, and where they were computed.
 * @throws {LeNetError} `backend/unavailable` when the requested backend cannot be started here.
 */
export async function slidingWindowLogits(
  { architecture, parameters }: Model,
  input: Float32Array,
  shape: ImageShape,
  { rows, columns, stride }: WindowGrid,
  dispatcher: Dispatcher,
): Promise<{ logits: Float32Array<ArrayBuffer>; backend: BackendName }> {
  const [, height, width] = architecture.input;
  const extent = (length: number, count: number): number => length + (count - 1) * stride;
  let down = Math.min(rows, MAX_TILE);
  let across = Math.min(columns, MAX_TILE);
  const sliding = slidingNetwork(architecture, parameters, [
    extent(height, down),
    extent(width, across),
  ]);
  if (sliding === undefined) down = across = 1;
  const own = sliding && dispatcher.another(sliding.architecture, sliding.parameters);
  const [classes, mapRows, mapColumns] = sliding?.map ?? [architecture.classes, 1, 1];

  const tiles: { row: number; column: number }[] = [];
  for (let row = 0; row < rows; row += down) {
    for (let column = 0; column < columns; column += across) {
      // All tiles have one size: the last one of a line overlaps the one before.
      tiles.push({ row: Math.min(row, rows - down), column: Math.min(column, columns - across) });
    }
  }
  try {
    const perCall = Math.ceil(MAX_BATCH / (down * across));
    const runner = await (own ?? dispatcher).runnerFor(Math.min(tiles.length, perCall));
    const logits = new Float32Array(rows * columns * classes);
    for (let first = 0; first < tiles.length; first += perCall) {
      const part = tiles.slice(first, first + perCall);
      const crops = cropAll(
        input,
        shape,
        part.map(({ row, column }) => ({ top: row * stride, left: column * stride })),
        extent(height, down),
        extent(width, across),
      );
      const maps = await runner.logits(crops, part.length);
      for (const [index, { row, column }] of part.entries()) {
        // Where pooling drops an odd row or column, a map may have one place more than there are windows.
        for (let c = 0; c < classes; c++) {
          for (let y = 0; y < down; y++) {
            const from = ((index * classes + c) * mapRows + y) * mapColumns;
            const to = (row + y) * columns + column;
            for (let x = 0; x < across; x++) logits[(to + x) * classes + c] = maps[from + x];
          }
        }
      }
    }
    return { logits, backend: runner.backend };
  } finally {
    own?.[Symbol.dispose]();
  }
}

/** Copies parts of one size out of an input, one after another. */
function cropAll(
  input: Float32Array,
  [channels, inputHeight, inputWidth]: ImageShape,
  corners: readonly { readonly top: number; readonly left: number }[],
  height: number,
  width: number,
): Float32Array<ArrayBuffer> {
  const crops = new Float32Array(corners.length * channels * height * width);
  let to = 0;
  for (const { top, left } of corners) {
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < height; y++, to += width) {
        const from = (c * inputHeight + top + y) * inputWidth + left;
        crops.set(input.subarray(from, from + width), to);
      }
    }
  }
  return crops;
}

/** A network that computes a map of logits for a larger input. */
export interface SlidingNetwork {
  /** The network: its output is [classes, rows, columns] in one row. */
  readonly architecture: Architecture;
  /** Its weights: those of the original network, in other shapes. */
  readonly parameters: Parameters;
  /** Classes, rows and columns of the map. */
  readonly map: ImageShape;
}

/**
 * Makes a network fully convolutional (LeCun et al., 1998, section VII: the space displacement network). Its first dense
 * layer becomes a convolution whose kernel covers the whole map that it sees, every later one a 1×1 convolution. Each
 * place of the map that comes out holds the logits of one window of a larger input.
 *
 * That is possible only where no convolution pads: padding puts zeros around the whole input, not around each window.
 * Nor is it where the first dense layer sees a map that is not square, or a layer in between tells the places of that
 * map apart.
 *
 * @param architecture The network.
 * @param parameters Its weights.
 * @param size Height and width of the larger input.
 * @returns The network for it; `undefined` where there is none.
 * @throws {LeNetError} `architecture/invalid` when the layers do not fit each other.
 */
export function slidingNetwork(
  architecture: Architecture,
  parameters: Parameters,
  [height, width]: readonly [height: number, width: number],
): SlidingNetwork | undefined {
  const layers: Layer[] = [];
  const reshaped = new Map(parameters);
  // After flattening, the size of the map that the next dense layer sees; 1 after the first dense layer.
  let kernel: number | undefined;
  for (const { layer, input } of inferShapes(architecture)) {
    switch (layer.kind) {
      case "flatten":
        if (input.length === 3 && input[1] !== input[2]) return undefined;
        kernel ??= input[1] ?? 1;
        break;
      case "dense": {
        if (kernel === undefined) return undefined;
        const { name, units } = layer;
        const { shape, data } = parameters.get(`${name}.weight`) as Parameter;
        const channels = shape[1] / (kernel * kernel);
        reshaped.set(`${name}.weight`, { shape: [units, channels, kernel, kernel], data });
        layers.push({ kind: "conv", name, filters: units, kernel, padding: 0 });
        kernel = 1;
        break;
      }
      case "activation":
      case "dropout":
        layers.push(layer);
        break;
      case "conv":
        if (layer.padding > 0) return undefined;
        layers.push(layer);
        break;
      case "pool":
      case "subsample":
        layers.push(layer);
        break;
      case "batch-norm":
      case "rbf":
        // On the units of a flattened map these know its places apart.
        if (kernel !== undefined && kernel > 1) return undefined;
        layers.push(layer);
        break;
      default:
        layer satisfies never;
    }
  }
  if (kernel !== 1) return undefined;

  const { input, classes } = architecture;
  const rows = lengthAfter(layers, height);
  const columns = lengthAfter(layers, width);
  return {
    architecture: {
      ...architecture,
      input: [input[0], height, width],
      layers: [...layers, { kind: "flatten" }],
      classes: classes * rows * columns,
    },
    parameters: reshaped,
    map: [classes, rows, columns],
  };
}

/** The length of a row or column of pixels after layers that do not pad. */
function lengthAfter(layers: readonly Layer[], length: number): number {
  return layers.reduce((left, layer) => {
    const { kernel, stride } = kindOf(layer).window(layer);
    return Math.floor((left - kernel) / stride) + 1;
  }, length);
}

/** Pixels of the input from one place of the last map to the next: the product of the strides of the layers. */
export function strideOf(layers: readonly Layer[]): number {
  return layers.reduce((stride, layer) => stride * kindOf(layer).window(layer).stride, 1);
}
