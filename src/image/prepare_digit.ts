import { asMnist, centreInk, isFramedAsMnist, resizeArea, strengthenInk } from "./frame.ts";
import { DIGIT_BOX, DIGIT_SIDE, type FoundInk, toBytes, toUnit } from "./image.ts";
import { findInk } from "./ink/find_ink.ts";
import { LazyGrey } from "./ink/grey.ts";
import { type PreparationSettings, takes } from "./ink/steps.ts";
import { evenStrokes } from "./ink/strokes.ts";
import type { Pixels } from "./pixels.ts";
import type { PreparedDigit } from "./prepare.ts";

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
  return strengthenInk(centreInk(resizeArea(map, box, DIGIT_BOX), byMass));
}
