import { UNMOVED, warp } from "./warp.ts";

/** How large the digit is afterwards, as a share of what it was. */
const FACTOR = 0.7;

/** Scale: the picture shrinks around its middle. */
export function scale(pixels: Uint8Array): Uint8Array<ArrayBuffer> {
  return warp(pixels, { ...UNMOVED, xx: 1 / FACTOR, yy: 1 / FACTOR });
}
