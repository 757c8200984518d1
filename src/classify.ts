import type { Classification, PictureOptions } from "./classification.ts";
import type { BackendOption } from "./engine/backends.ts";
import type { DigitImage } from "./image/image.ts";
import { captureImage } from "./image/read_image.ts";
import { LeNet } from "./lenet.ts";
import { checkOptions } from "./options.ts";
import { memoizeAsync } from "./packages.ts";
import type { Reading, ReadOptions } from "./read.ts";

/** The options of {@linkcode classifyDigit} and {@linkcode classifyDigits}. */
export interface ClassifyOptions extends PictureOptions {
  /** Where to compute: `auto` (default) takes WebGPU for large batches when there is a hardware adapter. */
  readonly backend?: BackendOption;
}

/**
 * Reads one handwritten digit.
 *
 * The picture may be a PNG, JPEG, WebP, GIF or BMP (bytes, `Blob`, `Response`, stream, URL or base64), a canvas or an
 * image of a page, pixels with their size (such as `ImageData`), or 28×28 values. The digit may be dark on light or
 * light on dark, of any size, anywhere in the picture, photographed in uneven light, on ruled paper, in a box of a form,
 * in a window on a screen. The network is loaded by the first call and kept.
 *
 * What is in memory or displayed is copied before the function returns its promise: it may be changed or closed at once.
 *
 * @param image The picture of one digit.
 * @param options Where to compute, the threshold of what is a digit, the limits of the picture's size, whether to explain
 * the answer.
 * @returns The digit and its probability, or null and the reason why there is no single digit; the probabilities of all
 * digits; how likely the ink is a digit.
 * @throws {LeNetError} `image/unreadable`, `image/unsupported`, `image/invalid` or `image/too-large` when the picture
 * cannot be used; `option/unknown` or `option/invalid`; `backend/unavailable` when the backend cannot be started here.
 *
 * @example Reading a PNG
 * ```ts
 * import { classifyDigit } from "@x/lenet";
 * import { assertEquals } from "@std/assert";
 *
 * const { digit } = await classifyDigit(await Deno.readFile("scripts/samples/7.png"));
 * assertEquals(digit, 7);
 * ```
 */
export async function classifyDigit(
  image: DigitImage,
  options: ClassifyOptions = {},
): Promise<Classification> {
  const { backend = "auto", ...others } = checkOptions("classify", options);
  const captured = captureImage(image, others);
  return await (await stockNet(backend)).classify(captured, others);
}

/**
 * Reads many pictures of one handwritten digit each, which is quicker than one by one.
 *
 * @param images The pictures, in any form that {@linkcode classifyDigit} accepts.
 * @param options As in {@linkcode classifyDigit}.
 * @returns One answer for each picture, in their order.
 * @throws {LeNetError} As {@linkcode classifyDigit} does, for the first picture that cannot be used.
 */
export async function classifyDigits(
  images: Iterable<DigitImage>,
  options: ClassifyOptions = {},
): Promise<Classification[]> {
  const { backend = "auto", ...others } = checkOptions("classify", options);
  const captured = Array.from(images, (image) => captureImage(image, others));
  return await (await stockNet(backend)).classifyAll(captured, others);
}

/** Gives the stock network on a backend, loaded with the first call and kept. */
const stockNet = memoizeAsync((backend: BackendOption) => LeNet.load("digits", { backend }));

/** The options of {@linkcode readDigits}. */
export interface ReadDigitsOptions extends ReadOptions {
  /** Where to compute: `auto` (default) takes WebGPU for large batches when there is a hardware adapter. */
  readonly backend?: BackendOption;
}

/**
 * Reads lines of any number of handwritten digits, apart or touching.
 *
 * The picture may be of any form that {@linkcode classifyDigit} accepts. It may have several lines, slightly inclined. One
 * digit by itself is read as {@linkcode classifyDigit} reads it.
 *
 * @param image The picture.
 * @param options Where to compute, the threshold of what is a digit, the limits of the picture's size.
 * @returns The text, line by line, and each digit with its place; no text and no digits when there are none.
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
  const { backend = "auto", ...others } = checkOptions("read", options);
  const captured = captureImage(image, others);
  return await (await stockNet(backend)).read(captured, others);
}
