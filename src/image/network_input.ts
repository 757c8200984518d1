import { LeNetError } from "../errors.ts";
import { sizeOf } from "../model/architecture.ts";
import { type Model, normalize } from "../model/model.ts";
import type { ImageLimits } from "../options.ts";
import { asMnist, DIGIT_SIDE, frameDigit } from "./frame.ts";
import type { DigitImage } from "./image.ts";
import type { Page, PreparationPicture } from "./page.ts";
import { readImage } from "./read_image.ts";

/** A picture that is ready for a network, or a page on which the digit is still to be found. */
export interface PreparedInput {
  /** The values that the network takes, or 28×28. */
  readonly input?: Float32Array<ArrayBuffer>;
  /** With `explain`: the picture in each step on the way to the input. */
  readonly steps?: readonly PreparationPicture[];
  /** The page, where there is no input yet. */
  readonly page?: Page;
}

/**
 * Prepares a picture for a network as its metadata say: takes it whole; or, for digits, takes a picture that has the form
 * of MNIST's as it is, and makes a page of any other.
 *
 * @param model The network; {@linkcode checkInput} tells whether it takes pictures at all.
 * @param image The picture, in any form that is accepted.
 * @param limits The largest file and the largest picture that are accepted.
 * @param explain Whether to keep the steps.
 * @returns The input or the page.
 * @throws {LeNetError} What `readImage` throws; `image/invalid` for pixels of one channel where three are needed.
 */
export async function prepareInput(
  { architecture: { input }, metadata: { preparation } }: Model,
  image: DigitImage,
  limits?: ImageLimits,
  explain = false,
): Promise<PreparedInput> {
  if (preparation === "picture") {
    const { preparePicture } = await import("./prepare_picture.ts");
    return { input: await preparePicture(image, input, limits), ...(explain && { steps: [] }) };
  }
  const pixels = await readImage(image, limits, "brightness");
  const known = explain ? undefined : asMnist(pixels);
  if (known !== undefined) return { input: known };
  // Imported here: digits of MNIST do not need it.
  const { Page } = await import("./page.ts");
  const page = new Page(pixels);
  const mnist = page.asMnist();
  if (mnist === undefined) return { page };
  const [width, height] = [DIGIT_SIDE, DIGIT_SIDE];
  const step = { name: "input", width, height, values: mnist.slice() };
  return { input: mnist, ...(explain && { steps: [page.brightness(), step] }) };
}

/**
 * Converts prepared pictures to inputs of a network: pads digits to its shape, and normalizes the values.
 *
 * @param model The network.
 * @param prepared 28×28 values each, or as many as the network takes.
 * @returns The inputs, one after another, in fresh memory.
 */
export function networkInputs(
  { architecture: { input }, metadata: { normalization } }: Model,
  prepared: readonly Float32Array[],
): Float32Array<ArrayBuffer> {
  const size = sizeOf(input);
  const inputs = new Float32Array(prepared.length * size);
  for (const [n, pixels] of prepared.entries()) {
    const isPadded = pixels.length === DIGIT_SIDE * DIGIT_SIDE && size > pixels.length;
    inputs.set(isPadded ? frameDigit(pixels, input) : pixels, n * size);
  }
  normalize(inputs, input, normalization);
  return inputs;
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
