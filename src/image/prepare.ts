import { centreInk } from "./centre_ink.ts";
import { decodeImage } from "./decode_image.ts";
import { DIGIT_SIDE } from "./digit_frame.ts";
import type { DigitImage, DigitPixels } from "./digit_image.ts";
import { fitInk } from "./fit_ink.ts";
import { toGrey } from "./grey.ts";
import type { GreyImage } from "./grey_image.ts";
import { findInkBox } from "./ink_box.ts";
import { findInkLevels, inkCurve } from "./ink_levels.ts";
import { type ImageLimits, resolveLimits } from "./limits.ts";
import { isMnistLike } from "./mnist_like.ts";
import { isEncoded, readBytes } from "./read_bytes.ts";
import { readPixels } from "./read_pixels.ts";
import { strengthenInk } from "./strengthen_ink.ts";
import { toBytes, toUnit } from "./value_scales.ts";

/** A picture as the network wants it. */
export interface PreparedDigit {
  /** 28×28 values, row by row, 0 (background) to 1 (ink), in fresh memory. All 0 when there is no ink. */
  readonly pixels: Float32Array<ArrayBuffer>;
  /** Whether there is anything to read. */
  readonly hasInk: boolean;
}

/**
 * Makes any picture of a digit what the network knows: MNIST's way of writing, light ink centred on a dark ground.
 *
 * Pictures that already are (see {@linkcode isMnistLike}) keep their values. Of all others the brightness is taken,
 * ink told from background, the ink cropped, scaled to 20 pixels and centred by mass in 28×28. It makes no
 * difference how large the picture is, where in it the digit is, and whether it is dark on light or light on dark.
 *
 * @param image The picture, in any form that is accepted. A stream, and the body of a response, is read to its end.
 * @param limits The largest file and the largest picture that are accepted, when it is a PNG.
 * @returns The pixels, and whether there is any ink.
 * @throws {LeNetError} `image/unreadable` when the file is damaged or cannot be read, `image/too-large` above a
 * limit, `image/invalid` for pixels that do not fit their size or are no numbers from 0 to 255, `image/unsupported`
 * for anything else, `option/invalid` for a limit that is not a number above 0.
 */
export async function prepareDigit(
  image: DigitImage,
  limits?: ImageLimits,
): Promise<PreparedDigit> {
  const { maxBytes } = resolveLimits(limits);
  if (!isEncoded(image)) return preparePixels(image);
  const bytes = await readBytes(image, maxBytes);
  return preparePixels(await decodeImage(bytes, limits));
}

/**
 * What {@linkcode prepareDigit} does, at once, for a picture whose pixels are at hand.
 *
 * @param image The pixels.
 * @returns 28×28 pixels, and whether there is any ink.
 * @throws {LeNetError} `image/invalid` for pixels that do not fit their size or are no numbers from 0 to 255,
 * `image/unsupported` for anything else.
 */
export function preparePixels(image: DigitPixels): PreparedDigit {
  const pixels = readPixels(image);
  const { data, width, height } = pixels.channels === 4 ? toGrey(pixels) : pixels;
  if (width === DIGIT_SIDE && height === DIGIT_SIDE) {
    const unit = toUnit(data);
    if (isMnistLike(unit)) return { pixels: unit, hasInk: true };
  }
  return prepareGrey({ data: toBytes(data), width, height });
}

/** From brightness to 28×28 pixels, step by step. */
function prepareGrey(grey: GreyImage): PreparedDigit {
  const levels = findInkLevels(grey);
  const box = levels && findInkBox(grey, levels);
  if (!box) return { pixels: new Float32Array(DIGIT_SIDE * DIGIT_SIDE), hasInk: false };
  const fitted = fitInk(grey, inkCurve(levels), box);
  return { pixels: strengthenInk(centreInk(fitted)), hasInk: true };
}
