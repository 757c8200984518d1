/**
 * A picture as bare values, row by row: 784 of them, or rows of any number and length.
 *
 * Bytes (`Uint8Array`, `Uint8ClampedArray`) are 0 to 255. Other numbers are 0 to 1, unless one of them is above 1:
 * then they are 0 to 255 as well. Which end of the scale is ink is told from the border.
 */
export type PixelValues =
  | Float32Array
  | Uint8Array
  | Uint8ClampedArray
  | readonly number[]
  | readonly (readonly number[])[];

/**
 * A picture with its size, told apart by the number of values: width × height of grey, three times as many in RGB, or
 * four times as many in RGBA, not premultiplied. `ImageData` is one. Values are on the scales of
 * {@linkcode PixelValues}.
 */
export interface PixelImage {
  /** The values, row by row. */
  readonly data: Float32Array | Uint8Array | Uint8ClampedArray;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** A picture whose pixels are at hand. */
export type DigitPixels = PixelValues | PixelImage;

/** A PNG or JPEG: its bytes, or what gives them. A stream, and the body of a response, is read to its end. */
export type EncodedImage = Uint8Array | ArrayBuffer | Blob | Response | ReadableStream<Uint8Array>;

/**
 * Everything that is accepted as a picture.
 *
 * A `Uint8Array` of 784 bytes is 28×28 pixels, unless it is a PNG or a JPEG; any other is a file.
 */
export type DigitImage = DigitPixels | EncodedImage;
