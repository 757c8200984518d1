import type { Pixels } from "./read_pixels.ts";

/** A picture as its file holds it, in RGBA or, where that is enough, in grey. */
export interface DecodedImage extends Pixels {
  /** 0 to 255, row by row. */
  readonly data: Uint8Array | Uint8ClampedArray;
}
