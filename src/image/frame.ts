import type { ImageShape } from "../model/architecture.ts";
import {
  type Box,
  DIGIT_BOX,
  DIGIT_CENTRE,
  DIGIT_SIDE,
  type FoundInk,
  type InkMap,
  toUnit,
} from "./image.ts";
import type { Pixels } from "./pixels.ts";

/**
 * Puts the picture of a digit in the middle of a larger field of background, as the network of 1998 has it.
 *
 * @param pixels 28×28 values, row by row.
 * @param shape The field, [1, height, width], 28 or more each.
 * @returns The field, row by row; 0 around the picture.
 */
export function frameDigit(
  pixels: Float32Array,
  [, height, width]: ImageShape,
): Float32Array<ArrayBuffer> {
  const field = new Float32Array(height * width);
  const left = Math.floor((width - DIGIT_SIDE) / 2);
  const top = Math.floor((height - DIGIT_SIDE) / 2);
  for (let y = 0; y < DIGIT_SIDE; y++) {
    const row = pixels.subarray(y * DIGIT_SIDE, (y + 1) * DIGIT_SIDE);
    field.set(row, (top + y) * width + left);
  }
  return field;
}

/**
 * Puts the ink into 28×28 pixels so that its centre of mass comes to lie in the middle, as MNIST's digits were
 * made. Only whole pixels are moved: the centre ends up from 13.5 to below 14.5 in both directions, as it does in
 * all but two of MNIST's 70,000. Ink is never pushed over the edge.
 *
 * @param ink The ink, at most 28 columns and rows, with at least one pixel above 0.
 * @param byMass Whether its centre of mass is meant, or else that of its box.
 * @returns 784 values, row by row.
 */
export function centreInk(ink: InkMap, byMass = true): Float32Array<ArrayBuffer> {
  const { data, width, height } = ink;
  let mass = 0;
  let massX = 0;
  let massY = 0;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      mass += data[i];
      massX += data[i] * x;
      massY += data[i] * y;
    }
  }
  const left = shift(byMass ? massX / mass : (width - 1) / 2, width);
  const top = shift(byMass ? massY / mass : (height - 1) / 2, height);
  const pixels = new Float32Array(DIGIT_SIDE * DIGIT_SIDE);
  for (let y = 0; y < height; y++) {
    pixels.set(data.subarray(y * width, (y + 1) * width), (top + y) * DIGIT_SIDE + left);
  }
  return pixels;
}

/** How far to move ink of a length with this centre. */
function shift(centre: number, length: number): number {
  const wanted = Math.ceil(DIGIT_CENTRE - 0.5 - centre);
  return Math.min(DIGIT_SIDE - length, Math.max(0, wanted));
}

/** The stretches of a line of old pixels whose means are the pixels of a new line. */
export interface Stretches {
  /** The number of new pixels. */
  readonly count: number;
  /** The length of every stretch, in old pixels. */
  readonly length: number;
  /** The first old pixel of each, and how much of it. */
  readonly first: Int32Array;
  readonly firstShare: Float32Array;
  /** The last old pixel of each, and how much of it: nothing when it is the first as well. */
  readonly last: Int32Array;
  readonly lastShare: Float32Array;
}

/**
 * Scales the ink in a box so that the longer side of the box gets a new length, its proportions kept. With a length of
 * 20 it is how MNIST's digits were made (LeCun et al., 1998, section III.A).
 *
 * Each new pixel is the mean of the area it covers, which keeps thin strokes and soft edges where picking nearest
 * pixels breaks them. That area is never smaller than one old pixel: enlarging interpolates linearly.
 *
 * @param map The ink of a picture.
 * @param box The box around the ink of the digit.
 * @param side The new length of its longer side, in pixels.
 * @returns The ink in so many columns or rows, whichever the box has more of.
 */
export function resizeArea(map: InkMap, box: Box, side: number): InkMap {
  const scale = side / Math.max(box.width, box.height);
  const columns = stretches(box.x, box.width, scale, map.width);
  const rows = stretches(box.y, box.height, scale, map.height);
  const narrowed = narrow(map, columns, rows.first[0], rows.last[rows.count - 1]);

  const width = columns.count;
  const data = new Float32Array(rows.count * width);
  for (let y = 0, at = 0; y < rows.count; y++) {
    const first = (rows.first[y] - rows.first[0]) * width;
    const last = (rows.last[y] - rows.first[0]) * width;
    for (let x = 0; x < width; x++, at++) {
      let ink = rows.firstShare[y] * narrowed[first + x] + rows.lastShare[y] * narrowed[last + x];
      for (let i = first + width; i < last; i += width) ink += narrowed[i + x];
      data[at] = ink / rows.length;
    }
  }
  return { data, width, height: rows.count };
}

/** Turns each row from `top` to `bottom` into the ink of its new columns. */
function narrow(
  { data, width }: InkMap,
  columns: Stretches,
  top: number,
  bottom: number,
): Float32Array {
  const narrowed = new Float32Array((bottom - top + 1) * columns.count);
  for (let y = top, at = 0; y <= bottom; y++) {
    const row = y * width;
    for (let x = 0; x < columns.count; x++, at++) {
      const first = row + columns.first[x];
      const last = row + columns.last[x];
      let ink = columns.firstShare[x] * data[first] + columns.lastShare[x] * data[last];
      for (let i = first + 1; i < last; i++) ink += data[i];
      narrowed[at] = ink / columns.length;
    }
  }
  return narrowed;
}

/** Divides part of a line, from `start` on, into stretches. What they cover beyond the line's `end` has no share. */
export function stretches(start: number, size: number, scale: number, end: number): Stretches {
  // A hair less, so that rounding does not add a pixel.
  const count = Math.ceil(size * scale - 1e-9);
  const length = Math.max(1, 1 / scale);
  const first = new Int32Array(count);
  const firstShare = new Float32Array(count);
  const last = new Int32Array(count);
  const lastShare = new Float32Array(count);
  for (let k = 0; k < count; k++) {
    // Counted from the start, so that rounding is the same wherever the box is.
    const middle = (k + 0.5) / scale;
    const from = Math.max(-start, middle - length / 2);
    const to = Math.min(end - start, middle + length / 2);
    first[k] = start + Math.floor(from);
    last[k] = start + Math.ceil(to) - 1;
    firstShare[k] = Math.min(to, Math.floor(from) + 1) - from;
    lastShare[k] = last[k] > first[k] ? to - Math.ceil(to) + 1 : 0;
  }
  return { count, length, first, firstShare, last, lastShare };
}

/**
 * Scales ink so that its strongest pixel is 1, in place. MNIST's strokes all reach (nearly) full ink, but a thin
 * line drawn large is mostly background by the time it is 20 pixels high, and would look like a faint digit.
 *
 * @param pixels Ink from 0 to 1, with at least one pixel above 0.
 * @returns The same array.
 */
export function strengthenInk<T extends Float32Array>(pixels: T): T {
  let strongest = 0;
  for (let i = 0; i < pixels.length; i++) strongest = Math.max(strongest, pixels[i]);
  for (let i = 0; i < pixels.length; i++) pixels[i] /= strongest;
  return pixels;
}

/** Ink and its soft edge end a little within the longer side of MNIST's digits, or beyond: in pixels of MNIST. */
const SIDE_TOLERANCE = 1;

/** MNIST's centres of mass lie at most half a pixel from the middle; enlarged ones hardly further. */
const FRAME_CENTRE_TOLERANCE = 0.6;

/**
 * Tells whether ink lies in a picture as MNIST's digits lie in theirs: in a square, its longer side 20 of 28 parts long,
 * its centre of mass in the middle. Such a picture is one of MNIST's that was enlarged.
 *
 * @param found The ink.
 * @param width Columns of the picture.
 * @param height Rows of the picture.
 * @returns Whether it does.
 */
export function isFramedAsMnist({ map, box }: FoundInk, width: number, height: number): boolean {
  const factor = Math.round(width / map.width);
  // Not where only a part of the picture was looked at.
  const isWhole = map.width === map.height && Math.abs(map.width * factor - width) < factor;
  if (width !== height || !isWhole) return false;
  const scale = DIGIT_SIDE / map.width;
  const longSide = Math.max(box.width, box.height) * scale;
  if (Math.abs(longSide - DIGIT_BOX) > SIDE_TOLERANCE) return false;
  let [mass, across, down] = [0, 0, 0];
  for (let y = 0, i = 0; y < map.height; y++) {
    for (let x = 0; x < map.width; x++, i++) {
      mass += map.data[i];
      across += map.data[i] * x;
      down += map.data[i] * y;
    }
  }
  return [across, down].every((moment) =>
    Math.abs((moment / mass + 0.5) * scale - 0.5 - DIGIT_CENTRE) <= FRAME_CENTRE_TOLERANCE
  );
}

/** The longer side of the ink's box in MNIST is 20 pixels, or 19 in 16 of 70,000. */
const SHORTEST_LONG_SIDE = DIGIT_BOX - 1;

/** MNIST's centres of mass lie from 13.48 to 14.50. */
const CENTRE_TOLERANCE = 0.55;

/** Every picture in MNIST has a pixel of at least 254/255. */
const MIN_STRONGEST = 0.9;

/**
 * The values of a picture that needs no preparation.
 *
 * @param pixels The picture.
 * @returns Its 784 values from 0 to 1, in fresh memory; `undefined` when it is not like MNIST's.
 */
export function asMnist(
  { data, width, height, channels }: Pixels,
): Float32Array<ArrayBuffer> | undefined {
  if (channels !== 1 || width !== DIGIT_SIDE || height !== DIGIT_SIDE) return undefined;
  const unit = toUnit(data);
  return isMnistLike(unit) ? unit : undefined;
}

/**
 * Tells whether 28×28 pixels are what MNIST's are: light ink on a background of exactly 0, in a box whose longer
 * side is 19 or 20 pixels, with its centre of mass within 0.55 pixels of (14, 14). All of MNIST's 70,000 pictures
 * pass. They need no preparation, and any would change them.
 *
 * @param pixels 784 values from 0 to 1, row by row.
 * @returns Whether they are.
 */
export function isMnistLike(pixels: Float32Array): boolean {
  const rows = new Float64Array(DIGIT_SIDE);
  const columns = new Float64Array(DIGIT_SIDE);
  let strongest = 0;
  for (let y = 0, i = 0; y < DIGIT_SIDE; y++) {
    for (let x = 0; x < DIGIT_SIDE; x++, i++) {
      rows[y] += pixels[i];
      columns[x] += pixels[i];
      strongest = Math.max(strongest, pixels[i]);
    }
  }
  const longSide = Math.max(extent(rows), extent(columns));
  return strongest >= MIN_STRONGEST && longSide >= SHORTEST_LONG_SIDE &&
    longSide <= DIGIT_BOX && isCentred(rows) && isCentred(columns);
}

/** From the first to the last that is not 0. */
function extent(sums: Float64Array): number {
  let first = 0;
  let last = sums.length - 1;
  while (first <= last && sums[first] === 0) first++;
  while (last > first && sums[last] === 0) last--;
  return last - first + 1;
}

function isCentred(sums: Float64Array): boolean {
  let mass = 0;
  let moment = 0;
  for (let i = 0; i < sums.length; i++) {
    mass += sums[i];
    moment += i * sums[i];
  }
  return Math.abs(moment / mass - DIGIT_CENTRE) <= CENTRE_TOLERANCE;
}
