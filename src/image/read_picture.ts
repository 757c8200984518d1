import type { DigitImage } from "./digit_image.ts";
import { imageError } from "./image_error.ts";
import type { ImageLimits } from "./limits.ts";
import { readImage } from "./read_image.ts";
import type { Pixels } from "./read_pixels.ts";

/**
 * The pixels of a picture in any form, for a network of so many channels.
 *
 * @param image The picture. A stream, and the body of a response, is read to its end.
 * @param channels How many channels the network takes: 1 or 3.
 * @param limits The largest file and the largest picture that are accepted.
 * @returns The pixels: RGBA where three channels are wanted.
 * @throws {LeNetError} What `readImage` throws; `image/invalid`, too, for pixels of one channel where three are
 * wanted.
 */
export async function readPicture(
  image: DigitImage,
  channels: number,
  limits?: ImageLimits,
): Promise<Pixels> {
  const pixels = await readImage(image, limits);
  if (channels === 3 && pixels.channels === 1) {
    throw imageError(
      "image/invalid",
      `its ${pixels.width}×${pixels.height} pixels have one channel, expected { data, width, height } in RGB or RGBA, or an image file, for a network of three channels`,
    );
  }
  return pixels;
}
