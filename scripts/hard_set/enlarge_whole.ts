import { keys } from "../../src/data/keys.ts";
import type { RgbaPicture } from "./rgba_picture.ts";

const PIXELS = 28;

/**
 * Enlarges a picture of 28×28 pixels as an image viewer does, and does nothing else to it: bicubic interpolation
 * (R. Keys, 1981, a = −1/2).
 *
 * @param bytes The picture, light ink on black.
 * @param side Columns and rows of the result.
 * @param isDarkOnLight Whether to turn black into white.
 * @returns The picture, grey.
 */
export function enlargeWhole(
  bytes: Uint8Array,
  side: number,
  isDarkOnLight: boolean,
): RgbaPicture {
  const { index, weight } = taps(side);
  const wide = new Float32Array(side * PIXELS);
  for (let y = 0; y < PIXELS; y++) {
    for (let x = 0; x < side; x++) {
      let sum = 0;
      for (let tap = 4 * x; tap < 4 * x + 4; tap++) {
        sum += weight[tap] * bytes[y * PIXELS + index[tap]];
      }
      wide[y * side + x] = sum;
    }
  }
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let y = 0, at = 0; y < side; y++) {
    for (let x = 0; x < side; x++, at += 4) {
      let sum = 0;
      for (let tap = 4 * y; tap < 4 * y + 4; tap++) {
        sum += weight[tap] * wide[index[tap] * side + x];
      }
      data[at] = data[at + 1] = data[at + 2] = isDarkOnLight ? 255 - sum : sum;
    }
  }
  return { data, width: side, height: side };
}

/** For each pixel of a line, the four pixels it is made of, and how much each of them counts. */
function taps(side: number): { index: Uint8Array; weight: Float32Array } {
  const index = new Uint8Array(4 * side);
  const weight = new Float32Array(4 * side);
  for (let i = 0; i < 4 * side; i++) {
    const place = ((i >> 2) + 0.5) * PIXELS / side - 0.5;
    const pixel = Math.floor(place) - 1 + (i & 3);
    index[i] = Math.min(PIXELS - 1, Math.max(0, pixel));
    weight[i] = keys(Math.abs(place - pixel));
  }
  return { index, weight };
}
