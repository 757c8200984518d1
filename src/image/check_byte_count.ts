import { imageError } from "./image_error.ts";

/**
 * Checks how many bytes there are so far.
 *
 * @param count Their number.
 * @param maxBytes The largest number that is accepted.
 * @throws {LeNetError} `image/too-large` when there are more.
 */
export function checkByteCount(count: number, maxBytes: number): void {
  if (count > maxBytes) {
    throw imageError(
      "image/too-large",
      `it has ${count} bytes or more, expected at most ${maxBytes}`,
    );
  }
}
