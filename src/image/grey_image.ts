/** A picture without colour: one byte a pixel. */
export interface GreyImage {
  /** The brightness of each pixel, row by row, 0 (black) to 255 (white). */
  readonly data: Uint8Array | Uint8ClampedArray;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}
