import type { ImageShape } from "../model/architecture.ts";
import type { DigitImage } from "./digit_image.ts";
import { lightOnDark } from "./light_on_dark.ts";
import type { ImageLimits } from "./limits.ts";
import { readPicture } from "./read_picture.ts";
import { resizePicture } from "./resize_picture.ts";

/**
 * Makes any picture an image of a network's shape: all of it, brought to the network's size without regard to its
 * proportions, as the walk-through of CIFAR-10 does. For a network of one channel its brightness is taken, light on
 * dark, whichever way it came. Pixels of the network's own size are an image already, and keep their values.
 *
 * @param image The picture, in any form that is accepted. A stream, and the body of a response, is read to its end.
 * @param shape The network's input, [1, height, width] or [3, height, width] in RGB.
 * @param limits The largest file and the largest picture that are accepted.
 * @returns The values in this shape, 0 to 1, in fresh memory.
 * @throws {LeNetError} What `prepareDigit` throws; `image/invalid`, too, for pixels of one channel where three are
 * wanted.
 */
export async function preparePicture(
  image: DigitImage,
  shape: ImageShape,
  limits?: ImageLimits,
): Promise<Float32Array<ArrayBuffer>> {
  const [channels, height, width] = shape;
  const pixels = await readPicture(image, channels, limits);
  const resized = resizePicture(pixels, shape);
  const isOwnSize = pixels.width === width && pixels.height === height;
  return channels === 1 && !isOwnSize ? lightOnDark(resized, width, height) : resized;
}
