import { decodeImage } from "./decode_image.ts";
import type { DigitImage } from "./digit_image.ts";
import { isDrawable } from "./drawable.ts";
import { type ImageLimits, resolveLimits } from "./limits.ts";
import { isEncoded, readBytes } from "./read_bytes.ts";
import { type Pixels, readPixels } from "./read_pixels.ts";

/**
 * The pixels of a picture in any form that is accepted.
 *
 * @param image The picture. A stream, and the body of a request or a response, is read to its end; a URL is fetched.
 * @param limits The largest file and the largest picture that are accepted.
 * @param wanted What of a file is wanted: where that is its brightness, it may come in one channel.
 * @returns The pixels: bytes or floats, grey or RGBA.
 * @throws {LeNetError} `image/unreadable` when a file is damaged or cannot be read, `image/too-large` above a limit,
 * `image/invalid` for pixels that do not fit their size or are no numbers from 0 to 255, `image/unsupported` for
 * anything else, `option/invalid` for a limit that is not a number above 0.
 */
export async function readImage(
  image: DigitImage,
  limits?: ImageLimits,
  wanted: "colour" | "brightness" = "colour",
): Promise<Pixels> {
  const { maxBytes, maxPixels } = resolveLimits(limits);
  if (isEncoded(image)) return await decodeImage(await readBytes(image, maxBytes), limits, wanted);
  if (isDrawable(image)) {
    // Loaded when first needed, as everything is that reads more than bare pixels.
    const { readDrawable } = await import("./read_drawable.ts");
    return { ...await readDrawable(image, maxPixels), channels: 4 };
  }
  return readPixels(image, limits);
}
