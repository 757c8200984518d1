import { allocate } from "./allocate.ts";
import type { RgbaImage } from "./rgba_image.ts";

/**
 * Turns a picture upright.
 *
 * @param image The picture as it is stored.
 * @param orientation The EXIF orientation, 1 to 8.
 * @returns The picture upright; the same one when it is already.
 */
export function turnUpright(image: RgbaImage, orientation: number): RgbaImage {
  if (orientation === 1) return image;
  const isTurned = orientation > 4;
  const [width, height] = isTurned ? [image.height, image.width] : [image.width, image.height];
  // Which ends of the stored picture come first in the upright one.
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  const source = new DataView(image.data.buffer, image.data.byteOffset, image.data.length);
  const data = allocate(image.data.length);
  const target = new DataView(data.buffer);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      const [column, row] = isTurned ? [y, x] : [x, y];
      const storedX = fromRight ? image.width - 1 - column : column;
      const storedY = fromBottom ? image.height - 1 - row : row;
      target.setUint32(at, source.getUint32(4 * (storedY * image.width + storedX)));
    }
  }
  return { data, width, height };
}
