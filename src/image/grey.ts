import { backingLevel } from "./backing.ts";
import type { GreyImage } from "./grey_image.ts";
import type { Pixels } from "./read_pixels.ts";
import { toBytes } from "./value_scales.ts";
import { wordsOf } from "./words_of.ts";

/**
 * The brightness of every pixel: luma by Rec. 601 (0.299 R + 0.587 G + 0.114 B), the weights of JPEG and of most
 * tools that turn pictures grey. A picture with transparency is laid over a backing first, on which the visible
 * can be read.
 *
 * @param pixels The picture, in RGBA.
 * @returns Its brightness.
 */
export function toGrey(pixels: Pixels): GreyImage {
  const { width, height } = pixels;
  const bytes = toBytes(pixels.data);
  const words = wordsOf(bytes);
  const data = new Uint8Array(width * height);
  let opaque = 255;
  let luma = 0;
  for (let i = 0; i < data.length; i++) {
    // Drawings are mostly flat: a pixel like the one before it needs no arithmetic.
    if (i === 0 || words[i] !== words[i - 1]) {
      luma = lumaOf(bytes, 4 * i);
      opaque &= bytes[4 * i + 3];
    }
    data[i] = luma;
  }
  if (opaque < 255) layOver(backingLevel(data, bytes), data, bytes);
  return { data, width, height };
}

/**
 * The luma of one pixel.
 *
 * @param rgba Bytes of RGBA.
 * @param at Where the pixel begins.
 * @returns 0 to 255.
 */
export function lumaOf(rgba: Uint8Array | Uint8ClampedArray, at: number): number {
  // The weights are 256ths that add up to 256, so that grey stays as it is.
  return (77 * rgba[at] + 150 * rgba[at + 1] + 29 * rgba[at + 2] + 128) >> 8;
}

/** Mixes each brightness with the backing by the alpha of its pixel, in place. */
function layOver(backing: number, luma: Uint8Array, rgba: Uint8Array | Uint8ClampedArray): void {
  for (let i = 0, at = 3; i < luma.length; i++, at += 4) {
    const alpha = rgba[at];
    if (alpha === 0) luma[i] = backing;
    else if (alpha < 255) luma[i] = (luma[i] * alpha + backing * (255 - alpha) + 127) / 255;
  }
}
