import { stockNet } from "./classify.ts";
import type { BackendOption } from "./engine/select.ts";
import type { DigitImage } from "./image/digit_image.ts";
import type { Reading, ReadOptions } from "./read.ts";

/** The options of {@linkcode readDigits}. */
export interface ReadDigitsOptions extends ReadOptions {
  /** Where to compute: `auto` (default) takes WebGPU for large batches when there is a hardware adapter. */
  readonly backend?: BackendOption;
}

/**
 * Which digits stand here? Reads lines of any number of handwritten digits, apart or touching.
 *
 * The picture may be whatever {@linkcode classifyDigit} takes, and may have several lines. They may lean a little.
 *
 * @param image The picture.
 * @param options Where to compute, what is no digit, how large a picture may be.
 * @returns What it says, line by line, and each digit with its place; no text and no digits when there are none.
 * @throws {LeNetError} As {@linkcode classifyDigit} does.
 *
 * @example Reading a line
 * ```ts
 * import { readDigits } from "@x/lenet";
 * import { assertEquals } from "@std/assert";
 *
 * const { text } = await readDigits(await Deno.readFile("scripts/samples/7.png"));
 * assertEquals(text, "7");
 * ```
 */
export async function readDigits(
  image: DigitImage,
  options: ReadDigitsOptions = {},
): Promise<Reading> {
  const { backend, ...others } = options;
  return await (await stockNet(backend)).read(image, others);
}
