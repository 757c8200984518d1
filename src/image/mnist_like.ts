import { DIGIT_BOX, DIGIT_CENTRE, DIGIT_SIDE } from "./digit_frame.ts";
import type { Pixels } from "./read_pixels.ts";
import { toUnit } from "./value_scales.ts";

/** The longer side of the ink's box in MNIST is 20 pixels, or 19 in 16 of 70,000. */
const SHORTEST_LONG_SIDE = DIGIT_BOX - 1;

/** MNIST's centres of mass lie from 13.48 to 14.50. */
const CENTRE_TOLERANCE = 0.55;

/** Every picture in MNIST has a pixel of at least 254/255. */
const LEAST_STRONGEST = 0.9;

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
  return strongest >= LEAST_STRONGEST && longSide >= SHORTEST_LONG_SIDE &&
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
