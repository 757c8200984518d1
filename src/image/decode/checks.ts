import { imageError, type LeNetError } from "../../errors.ts";

/**
 * Checks the size of a file before anything is read from it.
 *
 * @param format The name of its format.
 * @param bytes The file.
 * @param maxBytes The largest number of bytes that is accepted.
 * @throws {LeNetError} `image/too-large` when there are more.
 */
export function checkFileSize(format: string, bytes: Uint8Array, maxBytes: number): void {
  if (bytes.length > maxBytes) {
    throw imageError(
      "image/too-large",
      `the ${format} has ${bytes.length} bytes, expected at most ${maxBytes}`,
    );
  }
}

/**
 * Checks the size that a picture claims, before memory is allocated for it.
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
    throw damaged(`${what} claims ${width}×${height} pixels, expected each from 1`);
  }
  if (width * height > maxPixels) {
    throw imageError(
      "image/too-large",
      `${what} claims ${width}×${height} pixels, expected at most ${maxPixels} in all`,
    );
  }
}

/**
 * Allocates the memory of a picture.
 *
 * @param length Bytes.
 * @returns That many, all 0.
 * @throws {LeNetError} `image/too-large` when the runtime cannot allocate them.
 */
export function allocate(length: number): Uint8ClampedArray<ArrayBuffer> {
  try {
    return new Uint8ClampedArray(length);
  } catch (cause) {
    throw imageError(
      "image/too-large",
      `its pixels take ${length} bytes, more than can be allocated`,
      cause,
    );
  }
}

/**
 * The error for a file that breaks the rules of its format.
 *
 * @param problem What was found and what is accepted; it follows "Cannot read the image: ".
 * @param cause The error that caused this one, if any.
 * @returns `image/unreadable`.
 */
export function damaged(problem: string, cause?: unknown): LeNetError {
  return imageError("image/unreadable", problem, cause);
}
