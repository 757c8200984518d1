import type { ImageShape } from "../model/architecture.ts";
import type { Model } from "../model/model.ts";
import { slide, type SlidNetwork } from "../model/slide.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { BackendName } from "./runner.ts";

/** Where a network is put on a larger input: every `stride` pixels. */
export interface Places {
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
 * Where the network can be read as fully convolutional (see {@linkcode slide}), a pass answers a tile of places, and
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
export async function placeLogits(
  { architecture, parameters }: Model,
  input: Float32Array,
  shape: ImageShape,
  { rows, columns, stride }: Places,
  dispatcher: Dispatcher,
): Promise<{ logits: Float32Array<ArrayBuffer>; backend: BackendName }> {
  const [, height, width] = architecture.input;
  const extent = (length: number, count: number): number => length + (count - 1) * stride;
  let down = Math.min(rows, TILE);
  let across = Math.min(columns, TILE);
  const slid: SlidNetwork | undefined = slide(architecture, parameters, [
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
