import {
  asMnist,
  centreInk,
  DIGIT_BOX,
  DIGIT_SIDE,
  isFramedAsMnist,
  resizeArea,
  strengthenInk,
} from "./frame.ts";
import type { FoundInk, Pixels } from "./image.ts";
import { findInk } from "./ink/find_ink.ts";
import { LazyGrey } from "./ink/grey.ts";
import { type PreparationSettings, takes } from "./ink/steps.ts";
import { evenStrokes } from "./ink/strokes.ts";
import { toBytes, toUnit } from "./values.ts";

/** A picture as the network reads it. */
export interface PreparedDigit {
  /** 28×28 values, row by row, 0 (background) to 1 (ink), in fresh memory. All 0 when there is no ink. */
  readonly pixels: Float32Array<ArrayBuffer>;
  /** Whether there is any ink. */
  readonly hasInk: boolean;
  /**
   * The 28×28 values with the original stroke width, for the network that rejects what is not a digit. Missing when there
   * is no ink, and when the picture is framed as MNIST's are: then it counts as a digit.
   */
  readonly found?: Float32Array<ArrayBuffer>;
}

/**
 * Prepares a picture whose pixels are in memory: finds the ink, normalises its stroke width and frames it in 28×28
 * pixels. A picture that is like MNIST's keeps its values.
 *
 * @param pixels The picture.
 * @param settings Steps to leave out, and a callback for the picture after each step.
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
  const prepared = frameInk(even, byMass);
  trace?.({ name: "input", width: DIGIT_SIDE, height: DIGIT_SIDE, values: prepared.slice() });
  if (isFramedAsMnist(found, width, height)) return { pixels: prepared, hasInk: true };
  // The stroke width is evidence for or against a digit, so the rejecting network gets it as it was.
  return {
    pixels: prepared,
    hasInk: true,
    found: even === found ? prepared : frameInk(found, byMass),
  };
}

/** Frames ink as in MNIST: 20 pixels long, centred in 28×28, its strongest pixel 1. */
function frameInk({ map, box }: FoundInk, byMass: boolean): Float32Array<ArrayBuffer> {
  return strengthenInk(centreInk(resizeArea(map, box, DIGIT_BOX), byMass));
}
