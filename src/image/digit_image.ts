/** Numbers side by side: any typed array but those of big integers, or an array. */
export type PixelNumbers =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | readonly number[];

/**
 * A picture as bare values, row by row: 784 of them, or rows of any number and length.
 *
 * Bytes (`Uint8Array`, `Uint8ClampedArray`) are 0 to 255. Other numbers are 0 to 1, unless one of them is above 1:
 * then they are 0 to 255 as well. Which end of the scale is ink is told from the border.
 */
export type PixelValues = PixelNumbers | readonly (readonly number[])[];

/**
 * A picture with its size, told apart by the number of values: width × height of grey, three times as many in RGB, or
 * four times as many in RGBA, not premultiplied. `ImageData` is one. Values are on the scales of
 * {@linkcode PixelValues}.
 */
export interface PixelImage {
  /** The values, row by row. */
  readonly data: PixelNumbers;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** A picture whose pixels are at hand. */
export type DigitPixels = PixelValues | PixelImage;

/**
 * A PNG, JPEG, WebP, GIF or BMP: its bytes, what gives them, or where they are. Of an animation the first picture is
 * read.
 *
 * A stream, and the body of a request or a response, is read to its end. The streams of Node and whatever else gives
 * bytes in `for await` are taken, too. A string is a `data:` URL, an `http:` or `https:` URL, which is fetched, or a
 * file in base64 or base64url; a `URL` may also be a `blob:` or, but for browsers, a `file:`. So a string from a
 * stranger may make the program fetch what the stranger chose, but never opens a file.
 */
export type EncodedImage =
  | Uint8Array
  | DataView
  | ArrayBuffer
  | SharedArrayBuffer
  | Blob
  | Request
  | Response
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | URL
  | string;

/**
 * What a page shows, told by shape: a canvas (`HTMLCanvasElement`, `OffscreenCanvas`, or that of a library), an
 * `ImageBitmap`, a `VideoFrame`, an `HTMLImageElement`, which is waited for, or an `HTMLVideoElement`, of which the
 * picture is taken that it shows at the time. None of them is changed, closed or kept.
 */
export type DrawableImage =
  | {
    readonly width: number;
    readonly height: number;
    readonly getContext: (...args: never[]) => unknown;
  }
  | { readonly width: number; readonly height: number; close(): void }
  | { readonly displayWidth: number; readonly displayHeight: number; close(): void }
  | { readonly naturalWidth: number; readonly naturalHeight: number }
  | { readonly videoWidth: number; readonly videoHeight: number };

/**
 * Everything that is accepted as a picture.
 *
 * A `Uint8Array` of 784 bytes is 28×28 pixels, unless it is a file in a format that is read; any other is a file.
 */
export type DigitImage = DigitPixels | EncodedImage | DrawableImage;
