import type { GreyImage } from "./grey_image.ts";
import { LazyGrey } from "./lazy_grey.ts";
import type { Box } from "./box.ts";

/**
 * Cuts a part out of a picture and makes it smaller by a whole factor: each new pixel is the mean of a block of old
 * ones, which lowers noise and keeps thin lines as fainter ones. Columns and rows that fill no block are left out, but
 * of a part that is narrower than one block all is taken.
 *
 * @param grey The picture.
 * @param region The part, inside the picture, at least one pixel wide and high.
 * @param factor How many old pixels become one, across and down.
 * @returns The smaller picture; the same one when nothing is to be done.
 */
export function reduceGrey(grey: GreyImage, region: Box, factor: number): GreyImage {
  const isWhole = region.width === grey.width && region.height === grey.height;
  if (factor === 1 && isWhole) return grey;
  const reduced = factor > 1 && grey instanceof LazyGrey ? grey.reduce(region, factor) : undefined;
  if (reduced !== undefined) return reduced;
  const [across, down] = [Math.min(factor, region.width), Math.min(factor, region.height)];
  const width = Math.floor(region.width / across);
  const height = Math.floor(region.height / down);
  const data = new Uint8Array(width * height);
  if (factor === 1) {
    for (let y = 0; y < height; y++) {
      const from = (region.y + y) * grey.width + region.x;
      data.set(grey.data.subarray(from, from + width), y * width);
    }
    return { data, width, height };
  }
  const source = grey.data;
  const sums = new Uint32Array(width);
  const area = across * down;
  const half = area >> 1;
  for (let y = 0, to = 0; y < height; y++) {
    sums.fill(0);
    for (let k = 0; k < down; k++) {
      let from = (region.y + y * down + k) * grey.width + region.x;
      if (across === 2) {
        for (let x = 0; x < width; x++, from += 2) {
          sums[x] += source[from] + source[from + 1];
        }
        continue;
      }
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (const end = from + across; from < end; from++) sum += source[from];
        sums[x] += sum;
      }
    }
    for (let x = 0; x < width; x++) data[to++] = (sums[x] + half) / area;
  }
  return { data, width, height };
}
