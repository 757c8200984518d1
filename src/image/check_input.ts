import { LeNetError } from "../model/error.ts";
import type { Model } from "../model/model.ts";
import { DIGIT_SIDE } from "./digit_frame.ts";

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
