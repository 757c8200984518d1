import { LeNetError } from "../errors.ts";
import { sizeOf } from "../model/architecture.ts";
import type { Model } from "../model/model.ts";
import type { ImageLimits } from "../options.ts";
import { asMnist } from "./frame.ts";
import { DIGIT_SIDE, type DigitImage } from "./image.ts";
import type { PreparationSettings } from "./ink/steps.ts";
import { readImage } from "./read_image.ts";

/** A picture as the network wants it. */
export interface PreparedDigit {
  /** 28×28 values, row by row, 0 (background) to 1 (ink), in fresh memory. All 0 when there is no ink. */
  readonly pixels: Float32Array<ArrayBuffer>;
  /** Whether there is anything to read. */
  readonly hasInk: boolean;
  /**
   * Where the ink was found in a picture, and need not be a digit's: the 28×28 values again, with strokes as wide as
   * they were.
   */
  readonly found?: Float32Array<ArrayBuffer>;
}

let preparation: typeof import("./prepare_digit.ts") | undefined;

/**
 * Makes any picture of a digit what the network knows: MNIST's way of writing, light ink centred on a dark ground.
 *
 * Pictures that already are (see `isMnistLike`) keep their values. Of all others the brightness is taken, uneven light
 * made even, ink told from background, the lines of ruled paper and specks left out, the digit cropped, its strokes
 * brought to a usual width, scaled to 20 pixels and centred by mass in 28×28. It makes no difference how large the
 * picture is, where in it the digit is, and whether it is dark on light or light on dark.
 *
 * @param image The picture, in any form that is accepted. A stream, and the body of a response, is read to its end.
 * @param limits The largest file and the largest picture that are accepted.
 * @param settings Steps to leave out, and who is told of them.
 * @returns The pixels, and whether there is any ink.
 * @throws {LeNetError} `image/unreadable` when the file is damaged or cannot be read, `image/too-large` above a
 * limit, `image/invalid` for pixels that do not fit their size or are no numbers from 0 to 255, `image/unsupported`
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
  // Loaded when first needed: digits as MNIST has them do not wait for what prepares others.
  preparation ??= await import("./prepare_digit.ts");
  return preparation.preparePixels(pixels, settings);
}

/** What makes a picture an image of a network's shape, 0 to 1. */
export type Preprocessor = (
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
export function preprocessorFor(
  { architecture: { input }, metadata: { preparation } }: Pick<Model, "architecture" | "metadata">,
): Preprocessor {
  if (preparation === "picture") {
    return async (image, limits) => {
      const { preparePicture } = await import("./prepare_picture.ts");
      return { pixels: await preparePicture(image, input, limits), hasInk: true };
    };
  }
  if (sizeOf(input) === DIGIT_SIDE ** 2) return prepareDigit;
  return async (image, limits, settings) => {
    const prepared = await prepareDigit(image, limits, settings);
    const { frameDigit } = await import("./frame.ts");
    return { ...prepared, pixels: frameDigit(prepared.pixels, input) };
  };
}

/**
 * Checks that pictures can be made inputs of a network.
 *
 * @param model The network.
 * @throws {LeNetError} `weights/mismatch` when it takes no such images.
 */
export function checkInput(model: Model): void {
  const { architecture: { input }, metadata: { preparation } } = model;
  if (preparation === "picture") return checkChannels(model);
  const [channels, height, width] = input;
  if (channels !== 1 || height < DIGIT_SIDE || width < DIGIT_SIDE) {
    throw unfit(model, `[1,${DIGIT_SIDE},${DIGIT_SIDE}] or larger`);
  }
}

/**
 * Checks that a network takes grey or coloured pictures.
 *
 * @param model The network.
 * @throws {LeNetError} `weights/mismatch` when it has another number of channels.
 */
export function checkChannels(model: Model): void {
  const [channels] = model.architecture.input;
  if (channels !== 1 && channels !== 3) throw unfit(model, "1 or 3 channels");
}

function unfit({ architecture: { input } }: Model, expected: string): LeNetError {
  return new LeNetError(
    "weights/mismatch",
    `Cannot classify a picture with this network: it takes [${input}], expected ${expected}`,
  );
}
