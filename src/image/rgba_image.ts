/** A decoded picture in colour: four bytes a pixel, the shape of the web's `ImageData`. */
export interface RgbaImage {
  /** Red, green, blue and alpha of each pixel, row by row, 0 to 255; colours are not premultiplied. */
  readonly data: Uint8Array | Uint8ClampedArray;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}
