import type { Box } from "./box.ts";
import { lumaOf, toGrey } from "./grey.ts";
import type { GreyImage } from "./grey_image.ts";
import type { Pixels } from "./read_pixels.ts";
import { toBytes } from "./value_scales.ts";
import { wordsOf } from "./words_of.ts";

/** From how many columns and rows on a block is large. */
const COARSE = 8;

/**
 * The brightness of a picture in RGBA, worked out only where it is looked at: a large photo is looked at made small,
 * and then needs no second picture of its own size in memory.
 */
export class LazyGrey implements GreyImage {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  readonly #pixels: Pixels;
  readonly #bytes: Uint8Array | Uint8ClampedArray;
  #data: Uint8Array | Uint8ClampedArray | undefined;

  /** @param pixels The picture, in RGBA. */
  constructor(pixels: Pixels) {
    this.width = pixels.width;
    this.height = pixels.height;
    this.#pixels = pixels;
    this.#bytes = toBytes(pixels.data);
  }

  /** The brightness of every pixel; worked out with the first call. */
  get data(): Uint8Array | Uint8ClampedArray {
    return this.#data ??= toGrey({ ...this.#pixels, data: this.#bytes }).data;
  }

  /**
   * The mean brightness of blocks of pixels.
   *
   * @param region The part of the picture, inside it.
   * @param factor Columns and rows of a block, from 2; of a part that is narrower all is taken.
   * @returns The blocks; `undefined` where a pixel is not opaque: what is behind it is for the whole picture to say.
   */
  reduce(region: Box, factor: number): GreyImage | undefined {
    const bytes = this.#bytes;
    const words = wordsOf(bytes);
    const [across, down] = [Math.min(factor, region.width), Math.min(factor, region.height)];
    const width = Math.floor(region.width / across);
    const height = Math.floor(region.height / down);
    const data = new Uint8Array(width * height);
    // The mean of a large block hardly changes when only every other pixel of every other row is looked at.
    const step = factor >= COARSE ? 2 : 1;
    const area = Math.ceil(across / step) * Math.ceil(down / step);
    const half = area >> 1;
    let [last, luma, opaque] = [words[0], lumaOf(bytes, 0), bytes[3]];
    const isPair = across === 2 && down === 2;
    for (let y = 0, to = 0; y < height; y++) {
      const top = (region.y + y * down) * this.width + region.x;
      for (let x = 0; x < width; x++) {
        const corner = top + x * across;
        const below = corner + this.width;
        const isFlat = isPair && words[corner] === last && words[corner + 1] === last &&
          words[below] === last && words[below + 1] === last;
        if (isFlat) {
          data[to++] = luma;
          continue;
        }
        let sum = 0;
        for (let row = corner, k = 0; k < down; k += step, row += step * this.width) {
          for (let i = row; i < row + across; i += step) {
            // Drawings are mostly flat: a pixel like the one before it needs no arithmetic.
            if (words[i] !== last) {
              last = words[i];
              luma = lumaOf(bytes, 4 * i);
              opaque &= bytes[4 * i + 3];
            }
            sum += luma;
          }
        }
        data[to++] = (sum + half) / area;
      }
      if (opaque < 255) return undefined;
    }
    return { data, width, height };
  }
}
