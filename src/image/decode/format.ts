import { imageError } from "../../errors.ts";

/** A file format of pictures that is told from its first bytes, and read. */
export type ImageFormat = "PNG" | "JPEG" | "GIF" | "BMP" | "WebP";

/** How a PNG begins. */
const PNG = "\x89PNG\r\n\x1a\n";

/** How a file of each format begins; a dot stands for any byte. */
const SIGNATURES: readonly (readonly [format: ImageFormat, signature: string])[] = [
  ["PNG", PNG],
  ["JPEG", "\xff\xd8\xff"],
  ["GIF", "GIF87a"],
  ["GIF", "GIF89a"],
  ["BMP", "BM....\0\0\0\0"],
  ["WebP", "RIFF....WEBP"],
];

/**
 * Tells the format of a file from its first bytes.
 *
 * @param bytes The file, or at least its first twelve bytes.
 * @returns The format, `undefined` when it is none of those known.
 */
export function imageFormat(bytes: Uint8Array): ImageFormat | undefined {
  return SIGNATURES.find(([, signature]) => beginsWith(bytes, signature))?.[0];
}

/**
 * Tells whether a file is a PNG.
 *
 * @param bytes The file, or at least its first eight bytes.
 * @returns Whether it begins as a PNG does.
 */
export function isPng(bytes: Uint8Array): boolean {
  return beginsWith(bytes, PNG);
}

/**
 * Tells whether bytes are an image file rather than pixels. A JPEG is told from both ends: the three bytes that it
 * begins with may be pixels as well.
 *
 * @param bytes The file.
 * @returns Whether it is of a known format.
 */
export function isImageFile(bytes: Uint8Array): boolean {
  const format = imageFormat(bytes);
  if (format !== "JPEG") return format !== undefined;
  return bytes[bytes.length - 2] === 0xff && bytes[bytes.length - 1] === 0xd9;
}

/**
 * Tells whether a file begins with a signature.
 *
 * @param bytes The file.
 * @param signature One character for each byte; a dot stands for any byte.
 * @returns Whether it does.
 */
function beginsWith(bytes: Uint8Array, signature: string): boolean {
  if (bytes.length < signature.length) return false;
  for (let i = 0; i < signature.length; i++) {
    if (signature[i] !== "." && signature.charCodeAt(i) !== bytes[i]) return false;
  }
  return true;
}

/**
 * Checks how many bytes a file has, before anything is made of it.
 *
 * @param format Its format.
 * @param bytes The file.
 * @param maxBytes The largest number of bytes that is accepted.
 * @throws {LeNetError} `image/too-large` when there are more.
 */
export function checkFileSize(format: ImageFormat, bytes: Uint8Array, maxBytes: number): void {
  if (bytes.length > maxBytes) {
    throw imageError(
      "image/too-large",
      `the ${format} has ${bytes.length} bytes, expected at most ${maxBytes}`,
    );
  }
}

/**
 * Checks the size that a file claims for its picture, before memory is taken for it.
 *
 * @param what What claims it, such as `the GIF`.
 * @param width Columns.
 * @param height Rows.
 * @param maxPixels The largest number of pixels that is accepted.
 * @throws {LeNetError} `image/unreadable` when there are no pixels, `image/too-large` when there are too many.
 */
export function checkPictureSize(
  what: string,
  width: number,
  height: number,
  maxPixels: number,
): void {
  if (!(width > 0 && height > 0)) {
    throw imageError(
      "image/unreadable",
      `${what} claims ${width}×${height} pixels, expected each from 1`,
    );
  }
  if (width * height > maxPixels) {
    throw imageError(
      "image/too-large",
      `${what} claims ${width}×${height} pixels, expected at most ${maxPixels} in all`,
    );
  }
}

/** A file format that is decoded by the platform, or by a package of npm. */
export interface ForeignFormat {
  /** Its name. */
  readonly name: ImageFormat;
  /** Its media type. */
  readonly type: string;
  /** The package that decodes it: one of jSquash, compiled to WebAssembly. */
  readonly package: string;
  /** The version of the package that is tested; deno.json names it, too. */
  readonly version: string;
  /** The file of its WebAssembly. */
  readonly wasm: string;
  /** What its decoder is to be told. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** What its decoder says of damage that it reads past. */
  readonly damage?: RegExp;
}

/** How files of other formats begin that people take for pictures that are read; a dot stands for any byte. */
const UNREAD_SIGNATURES: readonly (readonly [format: string, signature: string])[] = [
  ["AVIF", "....ftypavi"],
  ["HEIC", "....ftyphe"],
  ["HEIC", "....ftypmif1"],
  ["JPEG XL", "\xff\x0a"],
  ["JPEG XL", "\0\0\0\x0cJXL "],
  ["JPEG 2000", "\0\0\0\x0cjP  "],
  ["TIFF", "II*\0"],
  ["TIFF", "MM\0*"],
  ["ICO", "\0\0\x01\0"],
  ["PDF", "%PDF"],
];

/** A byte that text does not hold. */
// deno-lint-ignore no-control-regex
const NO_TEXT = /[\x00-\x08\x0e-\x1f\x7f-\xff]/;

/**
 * What a file that is not read seems to be, for a message.
 *
 * @param bytes The file.
 * @returns Words that follow "so many bytes", such as `of HEIC`.
 */
export function unreadFormat(bytes: Uint8Array): string {
  const known = UNREAD_SIGNATURES.find(([, signature]) => beginsWith(bytes, signature))?.[0];
  if (known !== undefined) return `of ${known}`;
  const start = String.fromCharCode(...bytes.subarray(0, 24));
  return NO_TEXT.test(start)
    ? "in no known format"
    : `in no known format (text that begins with "${start.trim().replace(/\s+/g, " ")}")`;
}

/**
 * Takes the memory of a picture.
 *
 * @param length Bytes.
 * @returns As many, all 0.
 * @throws {LeNetError} `image/too-large` when there is not as much memory.
 */
export function allocate(length: number): Uint8ClampedArray<ArrayBuffer> {
  try {
    return new Uint8ClampedArray(length);
  } catch (cause) {
    throw imageError(
      "image/too-large",
      `its pixels take ${length} bytes, more than there are`,
      cause,
    );
  }
}
