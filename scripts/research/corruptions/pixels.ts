import * as math from "../../../src/model/math.ts";
import type { Random } from "../../../src/model/random.ts";

/** The side of a picture in pixels. */
export const SIDE = 28;

/** Converts bytes to intensities of 0 to 1. */
export function toIntensities(pixels: Uint8Array): Float64Array<ArrayBuffer> {
  return Float64Array.from(pixels, (value) => value / 255);
}

/** Converts intensities to bytes: rounded, and clamped to 0 to 255. */
export function toBytes(intensities: Float64Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Uint8ClampedArray.from(intensities, (intensity) => 255 * intensity).buffer);
}

/** Draws a sign with equal probability. */
export function randomSign(random: Random): 1 | -1 {
  return random.integer(2) === 0 ? 1 : -1;
}

/** Standard deviations at which the Gaussian kernel is cut. */
const TRUNCATE = 4;

/**
 * Blurs 28×28 values with a Gaussian kernel. The edge pixels are replicated.
 *
 * @param deviation The standard deviation in pixels, above 0.
 * @returns A new array.
 */
export function gaussianBlur(picture: Float64Array, deviation: number): Float64Array<ArrayBuffer> {
  const reach = Math.round(TRUNCATE * deviation);
  const curve = Array.from(
    { length: 2 * reach + 1 },
    (_, n) => math.exp(-0.5 * math.square((n - reach) / deviation)),
  );
  const sum = curve.reduce((total, weight) => total + weight, 0);
  const weights = curve.map((weight) => weight / sum);
  return blurLines(blurLines(picture, weights, 1, SIDE), weights, SIDE, 1);
}

/** Convolves lines whose pixels lie `step` apart, and which begin `next` apart. */
function blurLines(
  picture: Float64Array,
  weights: readonly number[],
  step: number,
  next: number,
): Float64Array<ArrayBuffer> {
  const reach = (weights.length - 1) / 2;
  const blurred = new Float64Array(picture.length);
  for (let line = 0; line < SIDE; line++) {
    for (let i = 0; i < SIDE; i++) {
      let sum = 0;
      for (let k = -reach; k <= reach; k++) {
        const from = Math.min(SIDE - 1, Math.max(0, i + k));
        sum += weights[k + reach] * picture[line * next + from * step];
      }
      blurred[line * next + i * step] = sum;
    }
  }
  return blurred;
}
