import type { Box } from "./box.ts";
import type { InkMap } from "./ink_map.ts";

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
export function fitInk(map: InkMap, box: Box, side: number): InkMap {
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
