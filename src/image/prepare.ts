import { LeNetError } from "../errors.ts";
import { sizeOf } from "../model/architecture.ts";
import type { Model } from "../model/model.ts";
import type { ImageLimits } from "../options.ts";
import { asMnist, DIGIT_SIDE, frameDigit } from "./frame.ts";
import type { DigitImage } from "./image.ts";
import type { PreparationSettings } from "./ink/steps.ts";
import type { PreparedDigit } from "./prepare_digit.ts";
import { readImage } from "./read_image.ts";

let digits: typeof import("./prepare_digit.ts") | undefined;

/**
 * Converts a picture of a digit to the form of MNIST: light ink, centred on a dark background.
 *
 * A picture that has this form (see `isMnistLike`) keeps its values. Of any other the brightness is computed, uneven
 * illumination corrected, ink separated from background, the lines of ruled paper and specks removed, the digit cropped,
 * its stroke width normalised, its longer side scaled to 20 pixels and its centre of mass placed in the middle of 28×28
 * pixels. The result does not depend on the size of the picture, the place of the digit, or whether it is dark on light
 * or light on dark.
 *
 * @param image The picture, in any form that is accepted. A stream, and the body of a response, is read to its end.
 * @param limits The largest file and the largest picture that are accepted.
 * @param settings Steps to leave out, and a callback for the picture after each step.
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
  const pixels = await readImage(image, limits, "brightness");
  const known = settings.trace === undefined ? asMnist(pixels) : undefined;
  if (known !== undefined) return { pixels: known, hasInk: true };
  // Imported here: digits of MNIST do not need it.
  digits ??= await import("./prepare_digit.ts");
  return digits.preparePixels(pixels, settings);
}

/** Converts a picture to the input of a network, with values from 0 to 1. */
export type Preprocessor = (
  image: DigitImage,
  limits?: ImageLimits,
  settings?: PreparationSettings,
) => Promise<PreparedDigit>;

/**
 * Chooses the preprocessor that the metadata of a network name.
 *
 * @param model The network; {@linkcode checkInput} tells whether it takes pictures at all.
 * @returns The preprocessor. It throws what {@linkcode prepareDigit} and `preparePicture` throw.
 */
export function preprocessorFor(
  { architecture: { input }, metadata: { preparation } }: Pick<Model, "architecture" | "metadata">,
): Preprocessor {
  if (preparation === "picture") {
    return async (image, limits) => {
      const { preparePicture } = await import("./prepare_picture.ts");
      return { pixels: await preparePicture(image, input, limits), hasInk: true };
    };
  }
  if (sizeOf(input) === DIGIT_SIDE * DIGIT_SIDE) return prepareDigit;
  return async (image, limits, settings) => {
    const prepared = await prepareDigit(image, limits, settings);
    return { ...prepared, pixels: frameDigit(prepared.pixels, input) };
  };
}

/**
 * Checks that pictures can be converted to inputs of a network.
 *
 * @param model The network.
 * @throws {LeNetError} `weights/mismatch` when its input has another shape.
 */
export function checkInput(model: Model): void {
  const { architecture: { input }, metadata: { preparation } } = model;
  if (preparation === "picture") return checkChannels(model);
  const [channels, height, width] = input;
  if (channels !== 1 || height < DIGIT_SIDE || width < DIGIT_SIDE) {
    throw mismatch(model, `[1,${DIGIT_SIDE},${DIGIT_SIDE}] or larger`);
  }
}

/**
 * Checks that a network takes grey or colour pictures.
 *
 * @param model The network.
 * @throws {LeNetError} `weights/mismatch` when it has another number of channels.
 */
export function checkChannels(model: Model): void {
  const [channels] = model.architecture.input;
  if (channels !== 1 && channels !== 3) throw mismatch(model, "1 or 3 channels");
}

function mismatch({ architecture: { input } }: Model, expected: string): LeNetError {
  return new LeNetError(
    "weights/mismatch",
    `Cannot classify a picture with this network: it takes [${input}], expected ${expected}`,
  );
}
