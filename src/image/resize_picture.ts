import type { ImageShape } from "../model/architecture.ts";
import { type Stretches, stretches } from "./fit_ink.ts";
import type { Pixels } from "./read_pixels.ts";

/** Luma by Rec. 601 in 256ths, as `toGrey` has it: they add up to 256, so that grey stays exactly as it is. */
const LUMA = [77, 150, 29] as const;

/**
 * Brings a picture to the size that a network takes, whatever its proportions. Each new pixel is the mean of the area
 * it covers; that area is never smaller than one old pixel, so that enlarging interpolates linearly. A picture of that
 * size already keeps its values.
 *
 * What is transparent is laid over white, the paper of most pictures that are cut out, and what browsers show them on.
 *
 * @param pixels The picture. Only RGBA can give three channels.
 * @param shape What is wanted: [1, height, width] of brightness or [3, height, width] of red, green and blue.
 * @returns The values in this shape, 0 to 1, in fresh memory.
 */
export function resizePicture(
  pixels: Pixels,
  [channels, height, width]: ImageShape,
): Float32Array<ArrayBuffer> {
  const { data, channels: given } = pixels;
  const columns = stretches(0, pixels.width, width / pixels.width, pixels.width);
  const rows = stretches(0, pixels.height, height / pixels.height, pixels.height);
  const full = data instanceof Float32Array ? 1 : 255;
  const plane = width * height;
  const resized = new Float32Array(channels * plane);
  const sums = new Float64Array(3);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to++) {
      sums.fill(0);
      let area = 0;
      for (let row = rows.first[y]; row <= rows.last[y]; row++) {
        const rowShare = shareOf(rows, y, row);
        for (let column = columns.first[x]; column <= columns.last[x]; column++) {
          const share = rowShare * shareOf(columns, x, column);
          area += share;
          const at = (row * pixels.width + column) * given;
          if (given === 1) sums[0] += share * data[at];
          else {
            const alpha = data[at + 3] / full;
            const white = (1 - alpha) * full;
            for (let c = 0; c < 3; c++) sums[c] += share * (alpha * data[at + c] + white);
          }
        }
      }
      for (let c = 0; c < channels; c++) {
        const sum = given === 4 && channels === 1
          ? (LUMA[0] * sums[0] + LUMA[1] * sums[1] + LUMA[2] * sums[2]) / 256
          : sums[c];
        resized[c * plane + to] = sum / area / full;
      }
    }
  }
  return resized;
}

/** How much of an old pixel belongs to a new one. */
function shareOf(
  { first, firstShare, last, lastShare }: Stretches,
  index: number,
  old: number,
): number {
  if (old === first[index]) return firstShare[index];
  return old === last[index] ? lastShare[index] : 1;
}
