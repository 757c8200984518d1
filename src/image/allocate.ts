import { imageError } from "./image_error.ts";

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
