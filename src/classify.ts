import type { BackendOption } from "./engine/select.ts";
import type { DigitImage } from "./image/digit_image.ts";
import { type Classification, LeNet } from "./lenet.ts";
import { checkOptionNames } from "./model/options.ts";

/** The options of {@linkcode classifyDigit} and {@linkcode classifyDigits}. */
export interface ClassifyOptions {
  /** Where to compute: `auto` (default) takes WebGPU for large batches when there is a hardware adapter. */
  readonly backend?: BackendOption;
}

/** The stock network on each backend that was asked for, loaded once and kept. */
const nets = new Map<BackendOption, Promise<LeNet>>();

/**
 * Which digit is this?
 *
 * The picture may be a PNG or a JPEG (bytes, `Blob`, `Response` or stream), pixels with their size (such as
 * `ImageData`), or 28×28 values. It may be dark on light or light on dark, of any size, anywhere in the picture. The
 * network is loaded with the first call and kept.
 *
 * @param image The picture of one digit.
 * @param options Where to compute.
 * @returns The digit (null when there is no ink), how sure the network is, and the probability of each digit.
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
  return await (await stockNet(options)).classify(image);
}

/**
 * Which digits are these? Many pictures in one call are quicker than one by one.
 *
 * @param images The pictures, one digit each, in any form that {@linkcode classifyDigit} takes.
 * @param options Where to compute.
 * @returns One answer for each picture, in their order.
 * @throws {LeNetError} As {@linkcode classifyDigit} does, for the first picture that cannot be used.
 */
export async function classifyDigits(
  images: Iterable<DigitImage>,
  options: ClassifyOptions = {},
): Promise<Classification[]> {
  return await (await stockNet(options)).classifyAll(images);
}

function stockNet(options: ClassifyOptions): Promise<LeNet> {
  checkOptionNames("classify", options, ["backend"]);
  const backend = options.backend ?? "auto";
  let net = nets.get(backend);
  if (net === undefined) {
    net = LeNet.load("digits", { backend });
    nets.set(backend, net);
    // A failure is not kept: the next call tries again.
    net.catch(() => nets.delete(backend));
  }
  return net;
}
