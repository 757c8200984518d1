import type { Lattice } from "../../src/read/lattice.ts";
import type { StringPicture } from "./string_picture.ts";

/** Ink fainter than this is the edge of a stroke, and is not counted. */
const STRONG = 0.5;

/** The digit of a picture that a segment is most like. */
export interface Likeness {
  /** Which digit it is, in reading order. */
  readonly digit: number;
  /** How much of their ink is the same: twice what they share as a part of both together, 0 to 1 (Dice, 1945). */
  readonly share: number;
}

/**
 * Compares each segment of a line with the digits that stand in the picture.
 *
 * @param lattice The line.
 * @param picture The picture, and the truth about it.
 * @returns For each segment the digit that it is most like.
 */
export function likenesses(
  { ink, segments }: Lattice,
  { isInkOf, boxes }: StringPicture,
): Likeness[] {
  const { width, height, data } = ink.map;
  // One bit for each digit that has ink at a pixel.
  const owners = new Uint32Array(data.length);
  const totals = new Array<number>(boxes.length).fill(0);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (data[at] < STRONG) continue;
      const [u, v] = ink.inPicture(x + 0.5, y + 0.5);
      for (const [n, { left, top, right, bottom }] of boxes.entries()) {
        if (u < left || u > right || v < top || v > bottom || !isInkOf(n, u, v)) continue;
        owners[at] |= 1 << n;
        totals[n]++;
      }
    }
  }
  const shared = new Array<number>(boxes.length);
  return segments.map(({ found: { map }, x, y }) => {
    shared.fill(0);
    let own = 0;
    for (let v = 0, at = 0; v < map.height; v++) {
      for (let u = 0; u < map.width; u++, at++) {
        if (map.data[at] < STRONG) continue;
        const owner = owners[(y + v) * width + x + u];
        own++;
        for (let n = 0, bits = owner; bits !== 0; n++, bits >>>= 1) shared[n] += bits & 1;
      }
    }
    const shares = shared.map((count, n) => 2 * count / (own + totals[n]));
    const share = Math.max(...shares);
    return { digit: shares.indexOf(share), share };
  });
}
