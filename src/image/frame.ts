import type { ImageShape } from "../model/architecture.ts";
import type { Box, FoundInk, InkMap, Pixels } from "./image.ts";
import { toUnit } from "./values.ts";

/** Columns and rows of MNIST's pictures, which are what the network reads. */
export const DIGIT_SIDE = 28;

/** Columns and rows of the box that the ink of a digit fills in MNIST. */
export const DIGIT_BOX = 20;

/** Column and row, counted from 0, of the ink's centre of mass in MNIST. */
const DIGIT_CENTRE = 14;

/**
 * Resizes the ink in a box so that the longer side of the box gets a given length, and keeps its aspect ratio. With a
 * length of 20 this is how MNIST's digits were made (LeCun et al., 1998, section III.A).
 *
 * Each new pixel is the mean of the area that it covers, which keeps thin strokes and soft edges where nearest-neighbour
 * sampling breaks them. That area is never smaller than one old pixel, so that enlarging interpolates linearly.
 *
 * @param map The ink of a picture.
 * @param box The bounding box of the digit.
 * @param side The new length of its longer side, in pixels.
 * @returns The ink, `side` columns or rows long, whichever is longer.
 */
export function resizeArea(map: InkMap, box: Box, side: number): InkMap {
  const scale = side / Math.max(box.width, box.height);
  const columns = spansOf(box.x, box.width, scale, map.width);
  const rows = spansOf(box.y, box.height, scale, map.height);
  return { data: resize(map, columns, rows), width: columns.count, height: rows.count };
}

/** The mean of each area of old pixels that a row and a column of spans cover. */
function resize(map: InkMap, columns: Spans, rows: Spans): Float32Array<ArrayBuffer> {
  const { count, length, first, firstShare, last, lastShare } = rows;
  const top = first[0];
  const narrowed = resizeRows(map, columns, top, last[count - 1]);
  const width = columns.count;
  const data = new Float32Array(count * width);
  for (let y = 0, at = 0; y < count; y++) {
    const end = (last[y] - top) * width;
    const [upperShare, lowerShare] = [firstShare[y], lastShare[y]];
    for (let x = 0, from = (first[y] - top) * width, to = end; x < width; x++, at++, from++, to++) {
      let ink = upperShare * narrowed[from] + lowerShare * narrowed[to];
      for (let i = from + width; i < to; i += width) ink += narrowed[i];
      data[at] = ink / length;
    }
  }
  return data;
}

/** A digit that is higher than this many times its width was stretched: among MNIST's 60,000, none but 1s is, and a 1 with a flag is not. */
const MAX_TALL = 4.2;

/** A 1 is a single stroke, even where it leans: the ink of other digits spreads over this many widths of a stroke. */
const MIN_SPREAD = 2.5;

/** A digit that is wider than this many times its height was stretched: none of MNIST's 60,000 is. */
const MAX_WIDE = 2.5;

/** What was stretched gets about the proportions of most digits. */
const USUAL_PROPORTION = 1.4;

/** From how much ink on a pixel is counted to measure the strokes across. */
const INK = 0.4;

/**
 * Undoes the stretching of a digit whose picture was resized without regard to its aspect ratio.
 *
 * @param found The ink of a digit.
 * @returns The ink, squeezed where it is higher or wider than any digit; otherwise the same.
 */
export function undoStretch(found: FoundInk): FoundInk {
  const { map, box } = found;
  const { width, height } = box;
  const isTall = height >= MAX_TALL * width && spreadAcross(map, box) >= MIN_SPREAD;
  if (!isTall && width <= MAX_WIDE * height) return found;
  const [newWidth, newHeight] = isTall
    ? [width, Math.round(USUAL_PROPORTION * width)]
    : [Math.round(USUAL_PROPORTION * height), height];
  const columns = spansOf(box.x, width, newWidth / width, map.width);
  const rows = spansOf(box.y, height, newHeight / height, map.height);
  const data = resize(map, columns, rows);
  const squeezed = { data, width: columns.count, height: rows.count };
  return { map: squeezed, box: { x: 0, y: 0, width: columns.count, height: rows.count } };
}

/**
 * How far ink spreads to both sides of the line that fits it best, in mean lengths of a run of ink in a row: about 1 for
 * a straight stroke at any angle, √3 n for two strokes n widths apart.
 */
function spreadAcross({ data, width }: InkMap, box: Box): number {
  let [area, runs, sumX, sumY, sumXX, sumXY, sumYY] = [0, 0, 0, 0, 0, 0, 0];
  for (let y = 0; y < box.height; y++) {
    let isBefore = false;
    for (let x = 0, i = (box.y + y) * width + box.x; x < box.width; x++, i++) {
      const isInk = data[i] >= INK;
      if (isInk) {
        area++;
        sumX += x;
        sumY += y;
        sumXX += x * x;
        sumXY += x * y;
        sumYY += y * y;
        if (!isBefore) runs++;
      }
      isBefore = isInk;
    }
  }
  if (area === 0) return 0;
  const varianceX = sumXX / area - (sumX / area) * (sumX / area);
  const varianceY = sumYY / area - (sumY / area) * (sumY / area);
  const covariance = sumXY / area - sumX / area * (sumY / area);
  const residual = varianceX - (varianceY > 0 ? covariance * covariance / varianceY : 0);
  // The variance of a uniform distribution is a twelfth of its squared width.
  return Math.sqrt(12 * Math.max(0, residual)) * runs / area;
}

/** Resizes each row from `top` to `bottom` to the new columns. */
function resizeRows(
  { data, width }: InkMap,
  { count, length, first, firstShare, last, lastShare }: Spans,
  top: number,
  bottom: number,
): Float32Array {
  const narrowed = new Float32Array((bottom - top + 1) * count);
  for (let y = top, at = 0; y <= bottom; y++) {
    const row = y * width;
    for (let x = 0; x < count; x++, at++) {
      const end = row + last[x];
      let i = row + first[x];
      let ink = firstShare[x] * data[i] + lastShare[x] * data[end];
      while (++i < end) ink += data[i];
      narrowed[at] = ink / length;
    }
  }
  return narrowed;
}

/** The spans of old pixels in one direction whose means are the new pixels. */
export interface Spans {
  /** The number of spans, which is that of the new pixels. */
  readonly count: number;
  /** The length of every span, in old pixels. */
  readonly length: number;
  /** The first old pixel of each span, and the part of it inside the span, 0 to 1. */
  readonly first: Int32Array;
  readonly firstShare: Float32Array;
  /** The last old pixel of each span, and the part of it inside the span; 0 when it is the first as well. */
  readonly last: Int32Array;
  readonly lastShare: Float32Array;
}

/**
 * Divides old pixels into spans.
 *
 * @param start The first old pixel.
 * @param size The number of old pixels.
 * @param scale New pixels for each old one.
 * @param end The number of pixels in the picture; what a span covers beyond them has no share.
 * @returns The spans.
 */
export function spansOf(start: number, size: number, scale: number, end: number): Spans {
  // The small reduction keeps rounding errors from adding a pixel.
  const count = Math.ceil(size * scale - 1e-9);
  const length = Math.max(1, 1 / scale);
  const first = new Int32Array(count);
  const firstShare = new Float32Array(count);
  const last = new Int32Array(count);
  const lastShare = new Float32Array(count);
  for (let k = 0; k < count; k++) {
    // Relative to the start, so that rounding does not depend on the place of the box.
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
 * Places ink in 28×28 pixels with its centre of mass in the middle, as in MNIST. It is moved by whole pixels: the centre
 * comes to 13.5 to below 14.5 in both directions, as in all but two of MNIST's 70,000 pictures. Ink is never moved over
 * the edge.
 *
 * @param ink The ink, at most 28 columns and rows, with at least one pixel above 0.
 * @param byMass Whether its centre of mass is centred, or else the centre of its box.
 * @returns 784 values, row by row.
 */
export function centreInk(ink: InkMap, byMass = true): Float32Array<ArrayBuffer> {
  const { data, width, height } = ink;
  const [x, y] = byMass ? centreOfMass(ink) : [(width - 1) / 2, (height - 1) / 2];
  const left = offsetFor(x, width);
  const top = offsetFor(y, height);
  const pixels = new Float32Array(DIGIT_SIDE * DIGIT_SIDE);
  for (let row = 0; row < height; row++) {
    pixels.set(data.subarray(row * width, (row + 1) * width), (top + row) * DIGIT_SIDE + left);
  }
  return pixels;
}

/** How far the soft edge of ink reaches beyond its box, at most, as a share of the longer side. */
const MAX_SOFT_EDGE = 0.1;

/** The box of some ink with its soft edge. */
function softBox({ width, height }: InkMap, box: Box): Box {
  const reach = Math.ceil(MAX_SOFT_EDGE * Math.max(box.width, box.height));
  const [x, y] = [Math.max(0, box.x - reach), Math.max(0, box.y - reach)];
  const right = Math.min(width, box.x + box.width + reach);
  const bottom = Math.min(height, box.y + box.height + reach);
  return { x, y, width: right - x, height: bottom - y };
}

function centreOfMass(
  { data, width, height }: InkMap,
  box: Box = { x: 0, y: 0, width, height },
): [x: number, y: number] {
  let mass = 0;
  let momentX = 0;
  let momentY = 0;
  for (let y = box.y; y < box.y + box.height; y++) {
    for (let x = box.x, i = y * width + x; x < box.x + box.width; x++, i++) {
      mass += data[i];
      momentX += data[i] * x;
      momentY += data[i] * y;
    }
  }
  return [momentX / mass, momentY / mass];
}

/** The first column or row of ink of this length whose centre comes to the middle. */
function offsetFor(centre: number, length: number): number {
  const wanted = Math.ceil(DIGIT_CENTRE - 0.5 - centre);
  return Math.min(DIGIT_SIDE - length, Math.max(0, wanted));
}

/**
 * Scales ink so that its strongest pixel is 1, in place. In MNIST the strokes reach (nearly) full ink, but a thin line
 * that is reduced to 20 pixels becomes faint.
 *
 * @param pixels Ink from 0 to 1, with at least one pixel above 0.
 * @returns The same array.
 */
export function strengthenInk<T extends Float32Array>(pixels: T): T {
  let strongest = 0;
  for (let i = 0; i < pixels.length; i++) if (pixels[i] > strongest) strongest = pixels[i];
  if (strongest !== 1) { for (let i = 0; i < pixels.length; i++) pixels[i] /= strongest; }
  return pixels;
}

/**
 * Pads a digit with background to a larger input, as LeNet-5 of 1998 has it.
 *
 * @param pixels 28×28 values, row by row.
 * @param shape The shape of the input, [1, height, width], 28 or more each.
 * @returns The input, row by row, with the digit in the middle and 0 around it.
 */
export function frameDigit(
  pixels: Float32Array,
  [, height, width]: ImageShape,
): Float32Array<ArrayBuffer> {
  const padded = new Float32Array(height * width);
  const left = Math.floor((width - DIGIT_SIDE) / 2);
  const top = Math.floor((height - DIGIT_SIDE) / 2);
  for (let y = 0; y < DIGIT_SIDE; y++) {
    const row = pixels.subarray(y * DIGIT_SIDE, (y + 1) * DIGIT_SIDE);
    padded.set(row, (top + y) * width + left);
  }
  return padded;
}

/** The longer side of the ink's box in MNIST is 20 pixels, or 19 in 16 of 70,000 pictures. */
const MIN_LONG_SIDE = DIGIT_BOX - 1;

/** Pixels. MNIST's centres of mass lie from 13.48 to 14.50. */
const CENTRE_TOLERANCE = 0.55;

/** Every picture of MNIST has a pixel of at least 254/255. */
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
 * Tells whether 28×28 pixels are like those of MNIST: light ink on a background of exactly 0, in a box whose longer side
 * is 19 or 20 pixels, with its centre of mass within 0.55 pixels of (14, 14). All of MNIST's 70,000 pictures are. They
 * need no preparation, and any would change them.
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
  const longSide = Math.max(extentOf(rows), extentOf(columns));
  return strongest >= MIN_STRONGEST && longSide >= MIN_LONG_SIDE &&
    longSide <= DIGIT_BOX && isCentred(rows) && isCentred(columns);
}

/** The number of sums from the first to the last that is not 0. */
function extentOf(sums: Float64Array): number {
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

/** Pixels of MNIST by which the longer side may differ: the soft edge of enlarged ink ends inside or outside of it. */
const ENLARGED_SIDE_TOLERANCE = 1;

/** Pixels of MNIST: at most half a pixel as MNIST's own centres, and some for what enlarging changes. */
const ENLARGED_CENTRE_TOLERANCE = 0.6;

/**
 * Tells whether ink is framed as in MNIST, at any size: in a square picture, its longer side 20/28 of the side, its
 * centre of mass in the middle. Such a picture is an enlarged one of MNIST.
 *
 * @param found The ink.
 * @param width Columns of the picture.
 * @param height Rows of the picture.
 * @returns Whether it is.
 */
export function isFramedAsMnist({ map, box }: FoundInk, width: number, height: number): boolean {
  const factor = Math.round(width / map.width);
  // The map may be of a part of the picture.
  const isWhole = map.width === map.height && Math.abs(map.width * factor - width) < factor;
  if (width !== height || !isWhole) return false;
  const scale = DIGIT_SIDE / map.width;
  const longSide = Math.max(box.width, box.height) * scale;
  if (Math.abs(longSide - DIGIT_BOX) > ENLARGED_SIDE_TOLERANCE) return false;
  const centre = centreOfMass(map, softBox(map, box));
  return centre.every((at) =>
    Math.abs((at + 0.5) * scale - 0.5 - DIGIT_CENTRE) <= ENLARGED_CENTRE_TOLERANCE
  );
}
