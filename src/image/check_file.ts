import { imageError } from "./image_error.ts";
import type { ImageFormat } from "./image_format.ts";

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
