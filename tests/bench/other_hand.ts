import { changeThickness } from "../../src/data/augment/warps.ts";
import type { Dataset } from "../../src/data/dataset.ts";

/** How far the hand leans to the right: pixels sideways for each pixel up, for 35°. */
const SLANT = Math.tan(35 * Math.PI / 180);

/** How thin its pen is: the share of a grey erosion. */
const THINNING = 0.75;

/**
 * The same digits in another hand: slanted by 35°, with a thinner pen.
 *
 * @param dataset Digits of one channel.
 * @returns As many of the same size, with the same labels.
 */
export function otherHand(dataset: Dataset): Dataset {
  const { images, shape: [, height, width] } = dataset;
  const size = height * width;
  const changed = new Uint8Array(images.length);
  const scratch = new Float32Array(size);
  for (let start = 0; start < images.length; start += size) {
    const digit = Float32Array.from(images.subarray(start, start + size));
    changeThickness(digit, height, width, -THINNING, scratch);
    slant(digit, width, height, changed.subarray(start, start + size));
  }
  return { ...dataset, name: `${dataset.name} in another hand`, images: changed };
}

/** Moves every row sideways around the middle, by parts of pixels; what leaves the picture is lost. */
function slant(picture: Float32Array, width: number, height: number, out: Uint8Array): void {
  const at = (x: number, y: number): number => x < 0 || x >= width ? 0 : picture[y * width + x];
  for (let y = 0; y < height; y++) {
    const moved = SLANT * ((height - 1) / 2 - y);
    for (let x = 0; x < width; x++) {
      const from = x - moved;
      const left = Math.floor(from);
      const value = at(left, y) + (from - left) * (at(left + 1, y) - at(left, y));
      out[y * width + x] = Math.round(value);
    }
  }
}
