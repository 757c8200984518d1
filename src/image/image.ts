import type { Pixels } from "./pixels.ts";

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

/** A picture without colour: one byte a pixel. */
export interface GreyImage {
  /** The brightness of each pixel, row by row, 0 (black) to 255 (white). */
  readonly data: Uint8Array | Uint8ClampedArray;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** A decoded picture in colour: four bytes a pixel, the shape of the web's `ImageData`. */
export interface RgbaImage {
  /** Red, green, blue and alpha of each pixel, row by row, 0 to 255; colours are not premultiplied. */
  readonly data: Uint8Array | Uint8ClampedArray;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** A picture as its file holds it, in RGBA or, where that is enough, in grey. */
export interface DecodedImage extends Pixels {
  /** 0 to 255, row by row. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** How much ink each pixel of a picture is. */
export interface InkMap {
  /** 0 (background) to 1 (full ink), row by row. */
  readonly data: Float32Array<ArrayBuffer>;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** The ink of a digit, and where in its map it is. */
export interface FoundInk {
  readonly map: InkMap;
  readonly box: Box;
  /** How wide its strokes are, in pixels of the map, where that was measured. */
  readonly stroke?: number;
}

/** Values as bytes from 0 to 255, or as floats from 0 to 1. */
export type Values = Uint8Array | Uint8ClampedArray | Float32Array;

/**
 * Brings values to 0 to 1.
 *
 * @param values The values.
 * @returns The same as floats, in fresh memory.
 */
export function toUnit(values: Values): Float32Array<ArrayBuffer> {
  const unit = new Float32Array(values);
  if (!(values instanceof Float32Array)) { for (let i = 0; i < unit.length; i++) unit[i] /= 255; }
  return unit;
}

/**
 * Brings values to 0 to 255, rounded.
 *
 * @param values The values.
 * @returns The same as bytes; the same memory when they are bytes already.
 */
export function toBytes(values: Values): Uint8Array | Uint8ClampedArray {
  if (!(values instanceof Float32Array)) return values;
  const bytes = new Uint8ClampedArray(values.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = 255 * values[i];
  return bytes;
}

/**
 * Bytes as numbers of four bytes each, for comparing four at once.
 *
 * @param bytes The bytes.
 * @returns The same memory, or a copy when the bytes do not begin at a multiple of four; what is left at the end, up to
 * three bytes, is not among them. The order of bytes in a number is that of the machine.
 */
export function describeValue(bytes: Uint8Array | Uint8ClampedArray): Int32Array {
  const { buffer, byteOffset, length } = bytes;
  const count = length >> 2;
  return byteOffset % 4 === 0
    ? new Int32Array(buffer, byteOffset, count)
    : new Int32Array(new Uint8Array(bytes).buffer, 0, count);
}

/**
 * The name of a value's type as the language tells it, such as `Uint8Array`, `Array` or `Null`. Unlike `instanceof`
 * it knows values of other realms (frames, `node:vm`).
 *
 * @param value Anything.
 * @returns The name.
 */
export function typeName(value: unknown): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

/**
 * Tells whether a value is a `Uint8Array`; Node's `Buffer` is one.
 *
 * @param value Anything.
 * @returns Whether it is.
 */
export function isBytes(value: unknown): value is Uint8Array {
  return typeName(value) === "Uint8Array";
}

/** Columns and rows of the picture that the network reads; MNIST's. */
export const DIGIT_SIDE = 28;

/** Columns and rows of the box inside it that the ink of a digit fills; MNIST's. */
export const DIGIT_BOX = 20;

/** Where the ink's centre of mass is put, in columns and rows counted from 0; MNIST's. */
export const DIGIT_CENTRE = 14;
