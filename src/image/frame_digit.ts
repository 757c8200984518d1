import type { ImageShape } from "../model/architecture.ts";
import { DIGIT_SIDE } from "./digit_frame.ts";

/**
 * Puts the picture of a digit in the middle of a larger field of background, as the network of 1998 has it.
 *
 * @param pixels 28×28 values, row by row.
 * @param shape The field, [1, height, width], 28 or more each.
 * @returns The field, row by row; 0 around the picture.
 */
export function frameDigit(
  pixels: Float32Array,
  [, height, width]: ImageShape,
): Float32Array<ArrayBuffer> {
  const field = new Float32Array(height * width);
  const left = Math.floor((width - DIGIT_SIDE) / 2);
  const top = Math.floor((height - DIGIT_SIDE) / 2);
  for (let y = 0; y < DIGIT_SIDE; y++) {
    const row = pixels.subarray(y * DIGIT_SIDE, (y + 1) * DIGIT_SIDE);
    field.set(row, (top + y) * width + left);
  }
  return field;
}
