import type { Model } from "../model/model.ts";
import { sizeOf } from "../model/shapes.ts";
import { DIGIT_SIDE } from "./digit_frame.ts";
import type { DigitImage } from "./digit_image.ts";
import type { ImageLimits } from "./limits.ts";
import type { PreparationSettings } from "./preparation_step.ts";
import { type PreparedDigit, prepareDigit } from "./prepare.ts";

/** What makes a picture an image of a network's shape, 0 to 1. */
export type Preparer = (
  image: DigitImage,
  limits?: ImageLimits,
  settings?: PreparationSettings,
) => Promise<PreparedDigit>;

/**
 * How pictures are prepared for a network, as its metadata tell.
 *
 * @param model The network; whether it takes pictures at all is for `checkInput` to say.
 * @returns What prepares them; it throws what `prepareDigit` and `preparePicture` throw.
 */
export function preparerFor(
  { architecture: { input }, metadata: { preparation } }: Pick<Model, "architecture" | "metadata">,
): Preparer {
  if (preparation === "picture") {
    return async (image, limits) => {
      const { preparePicture } = await import("./prepare_picture.ts");
      return { pixels: await preparePicture(image, input, limits), hasInk: true };
    };
  }
  if (sizeOf(input) === DIGIT_SIDE ** 2) return prepareDigit;
  return async (image, limits, settings) => {
    const prepared = await prepareDigit(image, limits, settings);
    const { frameDigit } = await import("./frame_digit.ts");
    return { ...prepared, pixels: frameDigit(prepared.pixels, input) };
  };
}
