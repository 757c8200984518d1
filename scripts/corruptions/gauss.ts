import { SIDE } from "./corruption.ts";

/** How far the curve is followed, in standard deviations. */
const REACH = 4;

/**
 * Blurs a picture with Gauss's curve. Beyond its edges the picture goes on as it ends.
 *
 * @param picture 28×28 values.
 * @param deviation The standard deviation in pixels, above 0.
 * @returns As many values, in fresh memory.
 */
export function gauss(picture: Float64Array, deviation: number): Float64Array<ArrayBuffer> {
  const reach = Math.round(REACH * deviation);
  const curve = Array.from(
    { length: 2 * reach + 1 },
    (_, n) => Math.exp(-0.5 * ((n - reach) / deviation) ** 2),
  );
  const sum = curve.reduce((total, weight) => total + weight, 0);
  const weights = curve.map((weight) => weight / sum);
  return blurLines(blurLines(picture, weights, 1, SIDE), weights, SIDE, 1);
}

/** Blurs along lines whose pixels lie `step` apart, and which begin `next` apart. */
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
