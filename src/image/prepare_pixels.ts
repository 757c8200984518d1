import { centreInk } from "./centre_ink.ts";
import { DIGIT_BOX, DIGIT_SIDE } from "./digit_frame.ts";
import { evenStrokes } from "./even_strokes.ts";
import { findInk } from "./find_ink.ts";
import { fitInk } from "./fit_ink.ts";
import { isFramedAsMnist } from "./framed_as_mnist.ts";
import type { FoundInk } from "./ink_map.ts";
import { LazyGrey } from "./lazy_grey.ts";
import { asMnist } from "./mnist_like.ts";
import type { PreparedDigit } from "./prepare.ts";
import { type PreparationSettings, takes } from "./preparation_step.ts";
import type { Pixels } from "./read_pixels.ts";
import { strengthenInk } from "./strengthen_ink.ts";
import { toBytes, toUnit } from "./value_scales.ts";

/**
 * What `prepareDigit` does with a picture whose pixels are at hand: from pixels to ink, and from ink to the 28×28
 * pixels that the network sees, step by step.
 *
 * @param pixels The picture.
 * @param settings What is left out, and who is told of the steps.
 * @returns 28×28 pixels, and whether there is any ink.
 */
export function preparePixels(pixels: Pixels, settings: PreparationSettings = {}): PreparedDigit {
  const { trace } = settings;
  const { width, height } = pixels;
  const grey = pixels.channels === 4
    ? new LazyGrey(pixels)
    : { data: toBytes(pixels.data), width, height };
  trace?.({ name: "brightness", width, height, values: toUnit(grey.data) });
  const known = asMnist(
    width === DIGIT_SIDE && pixels.channels === 4
      ? { ...grey, data: grey.data, channels: 1 }
      : pixels,
  );
  if (known !== undefined) {
    trace?.({ name: "input", width, height, values: known.slice() });
    return { pixels: known, hasInk: true };
  }
  const found = findInk(grey, settings);
  if (!found) return { pixels: new Float32Array(DIGIT_SIDE * DIGIT_SIDE), hasInk: false };

  const even = takes(settings, "strokes") ? evenStrokes(found) : found;
  const { map } = even;
  trace?.({ name: "strokes", width: map.width, height: map.height, values: map.data });
  const byMass = takes(settings, "centre");
  const prepared = frame(even, byMass);
  trace?.({ name: "input", width: DIGIT_SIDE, height: DIGIT_SIDE, values: prepared.slice() });
  // At any size a picture that is framed as MNIST's are is taken at its word, as 28×28 pixels are.
  if (isFramedAsMnist(found, width, height)) return { pixels: prepared, hasInk: true };
  // Whether it is a digit is told by how wide its strokes were, too.
  return {
    pixels: prepared,
    hasInk: true,
    found: even === found ? prepared : frame(found, byMass),
  };
}

/** Ink as MNIST has it: 20 pixels long, in the middle of 28×28, the strongest of it full. */
function frame({ map, box }: FoundInk, byMass: boolean): Float32Array<ArrayBuffer> {
  return strengthenInk(centreInk(fitInk(map, box, DIGIT_BOX), byMass));
}
