import type { Random } from "../../src/model/random.ts";

/** The side of a picture in pixels. */
export const SIDE = 28;

/**
 * Makes a damaged copy of a picture.
 *
 * @param pixels 28×28 bytes, row by row, light ink on dark; they stay as they are.
 * @param random Where chance comes from; the same state gives the same picture.
 * @returns As many bytes, in fresh memory.
 */
export type Corruption = (pixels: Uint8Array, random: Random) => Uint8Array<ArrayBuffer>;

/**
 * @param pixels Bytes.
 * @returns Them as shares of white, 0 to 1.
 */
export function toShares(pixels: Uint8Array): Float64Array<ArrayBuffer> {
  return Float64Array.from(pixels, (value) => value / 255);
}

/**
 * @param shares Shares of white; those below 0 are black, those above 1 are white.
 * @returns Them as bytes, rounded.
 */
export function toBytes(shares: Float64Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Uint8ClampedArray.from(shares, (share) => 255 * share).buffer);
}
