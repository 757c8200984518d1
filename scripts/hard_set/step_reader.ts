import { createRunner } from "../../src/engine/create_runner.ts";
import { argMax } from "../../src/engine/softmax.ts";
import type { DigitImage } from "../../src/image/digit_image.ts";
import { normalize } from "../../src/image/normalize.ts";
import type { PreparationStep } from "../../src/image/preparation_step.ts";
import { prepareDigit } from "../../src/image/prepare.ts";
import type { Model } from "../../src/model/model.ts";

/** Reads a picture without some of the steps; no text where there is no ink. */
export type StepReader = (
  image: DigitImage,
  without: readonly PreparationStep[],
) => Promise<string>;

/**
 * What reads pictures with steps of the preparation left out. Whatever has ink is taken for a digit: nobody judges
 * whether it is one, so that only the steps make a difference.
 *
 * @param model A network that reads digits of 28×28 pixels.
 * @returns What reads them.
 * @throws {LeNetError} `backend/unavailable` when the network cannot be started here.
 */
export async function stepReaderOf(
  { architecture, parameters, metadata }: Model,
): Promise<StepReader> {
  const runner = await createRunner("wasm", architecture, parameters);
  return async (image, without) => {
    const { pixels, hasInk } = await prepareDigit(image, undefined, { without });
    if (!hasInk) return "";
    normalize(pixels, architecture.input, metadata.normalization);
    return metadata.classNames[argMax(await runner.logits(pixels, 1))];
  };
}
