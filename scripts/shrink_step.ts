import type { PreparationPicture } from "../src/image/preparation_step.ts";

/**
 * Makes a picture small enough to be shown: each new pixel is the mean of a block of old ones, so that thin lines do
 * not break. Columns and rows that fill no block are left out.
 *
 * @param picture The picture.
 * @param side The longer side that is enough, in pixels; a picture of less than twice that stays as it is.
 * @returns The smaller picture.
 */
export function shrinkStep(picture: PreparationPicture, side: number): PreparationPicture {
  const longer = Math.max(picture.width, picture.height);
  const factor = Math.floor(longer / side);
  if (factor < 2) return picture;
  const across = Math.min(factor, picture.width);
  const down = Math.min(factor, picture.height);
  const width = Math.floor(picture.width / across);
  const height = Math.floor(picture.height / down);
  const values = new Float32Array(width * height);
  for (let y = 0; y < height * down; y++) {
    const to = Math.floor(y / down) * width;
    const from = y * picture.width;
    for (let x = 0; x < width * across; x++) {
      values[to + Math.floor(x / across)] += picture.values[from + x];
    }
  }
  for (let i = 0; i < values.length; i++) values[i] /= across * down;
  return { name: picture.name, width, height, values };
}
