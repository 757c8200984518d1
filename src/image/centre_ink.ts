import { DIGIT_CENTRE, DIGIT_SIDE } from "./digit_frame.ts";
import type { InkMap } from "./ink_map.ts";

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
