import type { Random } from "../../../src/model/random.ts";

/** The side of a picture in pixels. */
export const SIDE = 28;

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

/**
 * @param random Where chance comes from; one number is taken.
 * @returns 1 or −1, each as often.
 */
export function eitherWay(random: Random): 1 | -1 {
  return random.integer(2) === 0 ? 1 : -1;
}
