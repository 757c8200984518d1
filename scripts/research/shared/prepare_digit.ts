import type { ImageLimits } from "../../../src/options.ts";
import { DIGIT_SIDE } from "../../../src/image/frame.ts";
import { likelyHypothesis } from "../../../src/image/further.ts";
import type { DigitImage, Pixels } from "../../../src/image/image.ts";
import {
  Page,
  type PreparationPicture,
  type PreparationSettings,
} from "../../../src/image/page.ts";
import { readImage } from "../../../src/image/read_image.ts";

/** A picture as a network reads it. */
export interface PreparedDigit {
  /** 28×28 values, row by row, 0 (background) to 1 (ink), in fresh memory. All 0 when there is no ink. */
  readonly pixels: Float32Array<ArrayBuffer>;
  /** Whether there is any ink. */
  readonly hasInk: boolean;
  /** With `explain`: the picture in each step; the last one is `pixels`. */
  readonly steps?: readonly PreparationPicture[];
}

/**
 * Converts a picture of a digit to the form of MNIST: light ink, centred on a dark background.
 *
 * A picture that has this form (see `isMnistLike`) keeps its values. Of any other the brightness is computed, uneven
 * illumination corrected, ink separated from background, the lines of ruled paper and specks removed, the digit cropped,
 * its stroke width normalised, its longer side scaled to 20 pixels and its centre of mass placed in the middle of 28×28
 * pixels. The result does not depend on the size of the picture, the place of the digit, or whether it is dark on light
 * or light on dark. No network is asked: where the picture leaves doubt about the ink, `recognizePages` compares several
 * hypotheses instead.
 *
 * @param image The picture, in any form that is accepted. A stream, and the body of a response, is read to its end.
 * @param limits The largest file and the largest picture that are accepted.
 * @param settings Steps to leave out, and whether to keep the picture after each step.
 * @returns The pixels, and whether there is any ink.
 * @throws {LeNetError} `image/unreadable` when the file is damaged or cannot be read, `image/too-large` above a
 * limit, `image/invalid` for pixels that do not fit their size or are not numbers from 0 to 255, `image/unsupported`
 * for anything else, `option/invalid` for a limit that is not a number above 0.
 */
export async function prepareDigit(
  image: DigitImage,
  limits?: ImageLimits,
  settings: PreparationSettings = {},
): Promise<PreparedDigit> {
  return preparePixels(await readImage(image, limits, "brightness"), settings);
}

/**
 * Converts a picture whose pixels are in memory, as {@linkcode prepareDigit} does.
 *
 * @param pixels The picture.
 * @param settings Steps to leave out, and whether to keep the picture after each step.
 * @returns The pixels, and whether there is any ink.
 */
export function preparePixels(pixels: Pixels, settings: PreparationSettings = {}): PreparedDigit {
  const page = new Page(pixels);
  const known = page.asMnist();
  const hypothesis = known === undefined ? likelyHypothesis(page, settings) : undefined;
  const onTheWay = known === undefined ? hypothesis?.steps ?? [] : [asStep(known)];
  const steps = settings.explain && [page.brightness(), ...onTheWay];
  return {
    pixels: known ?? hypothesis?.pixels ?? new Float32Array(DIGIT_SIDE * DIGIT_SIDE),
    hasInk: known !== undefined || hypothesis !== undefined,
    ...(steps && { steps }),
  };
}

function asStep(pixels: Float32Array<ArrayBuffer>): PreparationPicture {
  return { name: "input", width: DIGIT_SIDE, height: DIGIT_SIDE, values: pixels.slice() };
}
