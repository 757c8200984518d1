import { imageError } from "../errors.ts";
import type { Box, DigitImage } from "../image/image.ts";
import { lightOnDark, readPicture, resizePicture } from "../image/prepare_picture.ts";
import type { Classification } from "../classification.ts";
import {
  type Architecture,
  type ImageShape,
  inferShapes,
  type Layer,
} from "../model/architecture.ts";
import { type Model, normalize } from "../model/model.ts";
import type { Parameter, Parameters } from "../model/parameters.ts";
import type { Dispatcher } from "./backends.ts";
import type { BackendName } from "./runner.ts";

/** What a network says of one part of a picture. */
export interface ScanAnswer extends Classification {
  /** The part, in pixels of the picture; as large as the network's input. */
  readonly box: Box;
}

/** What a network says of a picture, part by part. */
export interface Scan {
  /** How many parts lie below each other. */
  readonly rows: number;
  /** How many parts lie beside each other. */
  readonly columns: number;
  /** How many pixels lie from one part to the next, across and down: 2 to the power of the network's poolings. */
  readonly stride: number;
  /** One answer for each part, row by row. */
  readonly answers: readonly ScanAnswer[];
}

/**
 * Puts a network on every part of a picture, as it is: no ink is found, nothing is resized. For a network of one
 * channel the brightness is taken, light on dark.
 *
 * @param model The network.
 * @param image The picture, in any form that is accepted, at least as large as the network's input.
 * @param dispatcher What runs the network.
 * @param answer Makes an answer of the logits of one part.
 * @returns The answers.
 * @throws {LeNetError} `image/…` when the picture cannot be read, `image/invalid` when it is smaller than the network's
 * input; `backend/unavailable`.
 */
export async function scan(
  model: Model,
  image: DigitImage,
  dispatcher: Dispatcher,
  answer: (logits: Float32Array, backend: BackendName) => Classification,
): Promise<Scan> {
  const { architecture: { input: [channels, height, width], classes, layers }, metadata } = model;
  const picture = await readPicture(image, channels);
  if (picture.width < width || picture.height < height) {
    throw imageError(
      "image/invalid",
      `it has ${picture.width}×${picture.height} pixels, expected at least ${width}×${height} to scan`,
    );
  }
  const shape = [channels, picture.height, picture.width] as const;
  const pixels = resizePicture(picture, shape);
  if (channels === 1) lightOnDark(pixels, picture.width, picture.height);
  normalize(pixels, shape, metadata.normalization);

  const poolings = layers.filter(({ kind }) => kind === "pool" || kind === "subsample").length;
  const stride = 2 ** poolings;
  const places: WindowLogits = {
    rows: Math.floor((picture.height - height) / stride) + 1,
    columns: Math.floor((picture.width - width) / stride) + 1,
    stride,
  };
  const { logits, backend } = await slidingWindowLogits(model, pixels, shape, places, dispatcher);
  const answers = Array.from({ length: places.rows * places.columns }, (_, place): ScanAnswer => ({
    ...answer(logits.subarray(place * classes), backend),
    box: {
      x: place % places.columns * stride,
      y: Math.floor(place / places.columns) * stride,
      width,
      height,
    },
  }));
  return { ...places, answers };
}

/** Where a network is put on a larger input: every `stride` pixels. */
export interface WindowLogits {
  /** How many places lie below each other. */
  readonly rows: number;
  /** How many places lie beside each other. */
  readonly columns: number;
  /** Pixels from one place to the next, across and down. */
  readonly stride: number;
}

/**
 * The most places, across and down, that one pass answers: larger inputs take several passes, so that the memory of a
 * pass does not grow with the input.
 */
const TILE = 32;

/** The most places that are answered by one call of the runner. */
const BATCH = 1024;

/**
 * Runs a network at every place of a larger input, as if the network's own input had been cut out there.
 *
 * Where the network can be read as fully convolutional (see {@linkcode slidingNetwork}), a pass answers a tile of places, and
 * neighbours share what they have in common. Where a convolution pads, each place has zeros around it that the places
 * beside it have not; nothing can be shared, and the inputs are cut out and run as a batch.
 *
 * @param model The network.
 * @param input The normalized larger input.
 * @param shape Its shape, [channels, height, width].
 * @param places Where to run; all places lie within the input.
 * @param dispatcher What runs the network itself.
 * @returns The logits of each place, row by row, and where they were computed.
 * @throws {LeNetError} `backend/unavailable` when the backend that was asked for cannot be started here.
 */
export async function slidingWindowLogits(
  { architecture, parameters }: Model,
  input: Float32Array,
  shape: ImageShape,
  { rows, columns, stride }: WindowLogits,
  dispatcher: Dispatcher,
): Promise<{ logits: Float32Array<ArrayBuffer>; backend: BackendName }> {
  const [, height, width] = architecture.input;
  const extent = (length: number, count: number): number => length + (count - 1) * stride;
  let down = Math.min(rows, TILE);
  let across = Math.min(columns, TILE);
  const slid: SlidingNetwork | undefined = slidingNetwork(architecture, parameters, [
    extent(height, down),
    extent(width, across),
  ]);
  if (slid === undefined) down = across = 1;
  const own = slid && dispatcher.another(slid.architecture, slid.parameters);
  const [classes, mapRows, mapColumns] = slid?.map ?? [architecture.classes, 1, 1];

  const tiles: { row: number; column: number }[] = [];
  for (let row = 0; row < rows; row += down) {
    for (let column = 0; column < columns; column += across) {
      // All tiles are of one size: the last one of a line reaches back over the one before.
      tiles.push({ row: Math.min(row, rows - down), column: Math.min(column, columns - across) });
    }
  }
  try {
    const perCall = Math.ceil(BATCH / (down * across));
    const runner = await (own ?? dispatcher).runnerFor(Math.min(tiles.length, perCall));
    const logits = new Float32Array(rows * columns * classes);
    for (let first = 0; first < tiles.length; first += perCall) {
      const part = tiles.slice(first, first + perCall);
      const windows = cutOut(
        input,
        shape,
        part.map(({ row, column }) => ({ top: row * stride, left: column * stride })),
        extent(height, down),
        extent(width, across),
      );
      const maps = await runner.logits(windows, part.length);
      for (const [index, { row, column }] of part.entries()) {
        // A map may have a place more than fits the input, where an odd row or column is dropped.
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
function cutOut(
  input: Float32Array,
  [channels, inputHeight, inputWidth]: ImageShape,
  corners: readonly { readonly top: number; readonly left: number }[],
  height: number,
  width: number,
): Float32Array<ArrayBuffer> {
  const parts = new Float32Array(corners.length * channels * height * width);
  let to = 0;
  for (const { top, left } of corners) {
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < height; y++, to += width) {
        const from = (c * inputHeight + top + y) * inputWidth + left;
        parts.set(input.subarray(from, from + width), to);
      }
    }
  }
  return parts;
}

/** A network that gives a map of answers for a larger input. */
export interface SlidingNetwork {
  /** The network: its logits are [classes, rows, columns] in one row. */
  readonly architecture: Architecture;
  /** Its weights: those of the network it came from, in other shapes. */
  readonly parameters: Parameters;
  /** Classes, rows and columns of the map. */
  readonly map: ImageShape;
}

/**
 * Reads a network as fully convolutional (LeCun et al., 1998, section VII: the space displacement network). Its first
 * dense layer is a convolution whose kernel covers the whole map that it sees, every later one a convolution of 1×1:
 * on a larger input they slide, and each place of the map they give is what the network says of the input there.
 *
 * That holds only where no convolution pads: padding puts zeros around the whole input, not around each part of it. It
 * cannot be done, either, where the dense layer sees a map that is not square, or something in between knows the
 * places of that map apart.
 *
 * @param architecture The network.
 * @param parameters Its weights.
 * @param size Height and width of the larger input.
 * @returns The network for it, `undefined` when it cannot be read that way.
 * @throws {LeNetError} `architecture/invalid` when the layers do not fit each other.
 */
export function slidingNetwork(
  architecture: Architecture,
  parameters: Parameters,
  [height, width]: readonly [height: number, width: number],
): SlidingNetwork | undefined {
  const layers: Layer[] = [];
  const reshaped = new Map(parameters);
  // What a dense layer sees of the map before it; 1 once everything has come down to one place.
  let kernel: number | undefined;
  for (const { layer, input } of inferShapes(architecture)) {
    if (layer.kind === "conv" && layer.padding > 0) return undefined;
    if (layer.kind === "flatten") {
      if (input.length === 3 && input[1] !== input[2]) return undefined;
      kernel ??= input[1] ?? 1;
    } else if (layer.kind === "dense") {
      if (kernel === undefined) return undefined;
      const { name, units } = layer;
      const { shape, data } = parameters.get(`${name}.weight`) as Parameter;
      const channels = shape[1] / kernel ** 2;
      reshaped.set(`${name}.weight`, { shape: [units, channels, kernel, kernel], data });
      layers.push({ kind: "conv", name, filters: units, kernel, padding: 0 });
      kernel = 1;
    } else {
      const isPlaceless = layer.kind === "activation" || layer.kind === "dropout";
      if (kernel !== undefined && kernel > 1 && !isPlaceless) return undefined;
      layers.push(layer);
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

/** How many places are left of a row or column of pixels. */
function lengthAfter(layers: readonly Layer[], length: number): number {
  return layers.reduce((left, layer) => {
    if (layer.kind === "conv") return left - layer.kernel + 1;
    return layer.kind === "pool" || layer.kind === "subsample" ? Math.floor(left / 2) : left;
  }, length);
}
