/** Pixel values in memory: any typed array except those of big integers, or an array. */
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
 * Bytes (`Uint8Array`, `Uint8ClampedArray`) range from 0 to 255; if all are 0 or 1, they are a mask, and 1 is full
 * brightness. Of other numbers the largest decides:
 *
 * | largest                              | full brightness |
 * | ------------------------------------ | --------------- |
 * | up to 1.05                           | 1               |
 * | up to 16, all of them whole numbers  | 16              |
 * | up to 255, but from 2 with fractions | 255             |
 * | up to 4095, in a `Uint16Array`       | 4095            |
 * | above, in a `Uint16Array`            | 65535           |
 *
 * What exceeds full brightness, or is below 0 by a rounding error, is clamped. All other numbers are refused. The border
 * of the picture decides which end of the range is ink.
 */
export type PixelValues = PixelNumbers | readonly (readonly number[])[];

/**
 * A picture with its size. The number of values decides the channels: width × height values are grey, three times as
 * many RGB, and four times as many RGBA, not premultiplied. `ImageData` is one. Values range as those of
 * {@linkcode PixelValues} do, but that bytes in RGBA are never a mask. The range of alpha is decided by itself.
 */
export interface PixelImage {
  /** The values, row by row. */
  readonly data: PixelNumbers;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** A picture whose pixels are in memory. */
export type DigitPixels = PixelValues | PixelImage;

/**
 * A PNG, JPEG, WebP, GIF or BMP file, or an AVIF, HEIC or JPEG XL where the platform decodes it: its bytes, a source of
 * its bytes, or its URL. Of an animation the first frame is read.
 *
 * A stream, and the body of a request or a response, is read to its end. Node's streams and other async iterables of
 * bytes are accepted, too. A string is a `data:` URL, an `http:`, `https:` or `blob:` URL, which is fetched, or a file in
 * base64 or base64url. A `URL` may also have the scheme `file:` outside browsers. An untrusted string can
 * therefore make the program fetch a URL, but it never opens a file.
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
 * What a page displays, recognised by its shape: a canvas (`HTMLCanvasElement`, `OffscreenCanvas`, or that of a
 * library), an `ImageBitmap`, a `VideoFrame`, an `HTMLImageElement`, whose loading is awaited, or an
 * `HTMLVideoElement`, of which the current frame is read. None of them is changed, closed or kept.
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
 * A `Uint8Array` of 784 bytes is 28×28 pixels, unless it is a file in a format that is read. Any other `Uint8Array` is
 * a file.
 */
export type DigitImage = DigitPixels | EncodedImage | DrawableImage;

/** A rectangle of pixels. */
export interface Box {
  /** Its first column. */
  readonly x: number;
  /** Its first row. */
  readonly y: number;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** Values as bytes from 0 to 255, or as floats from 0 to 1. */
export type Values = Uint8Array | Uint8ClampedArray | Float32Array;

/** Pixels in one form, whose size and values were checked. */
export interface Pixels {
  /** Bytes from 0 to 255, or floats from 0 to 1, row by row. */
  readonly data: Values;
  readonly width: number;
  readonly height: number;
  /** Values of one pixel: 1 in grey, 4 in RGBA, not premultiplied. RGB was converted to RGBA. */
  readonly channels: 1 | 4;
  /** Gives the picture in colour, where only its brightness was decoded or copied: as many pixels as are looked at. */
  readonly inColour?: () => Promise<Pixels>;
  /** Frees the values at once, where they are a copy. */
  readonly release?: () => void;
}

/** A decoded file, in RGBA or grey. */
export interface DecodedImage extends Pixels {
  /** 0 to 255, row by row. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** A picture in RGBA, four bytes a pixel; the layout of `ImageData`. */
export interface RgbaImage {
  /** Red, green, blue and alpha of each pixel, row by row, 0 to 255, not premultiplied. */
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** A picture in grey, one byte a pixel. */
export interface GreyImage {
  /** The brightness of each pixel, row by row, 0 (black) to 255 (white). */
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** The amount of ink of each pixel of a picture. */
export interface InkMap {
  /** 0 (background) to 1 (full ink), row by row. */
  readonly data: Float32Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** The ink of a digit. */
export interface FoundInk {
  readonly map: InkMap;
  /** The bounding box of the digit in the map. */
  readonly box: Box;
  /** The stroke width in pixels of the map, where it was measured. */
  readonly stroke?: number;
}
