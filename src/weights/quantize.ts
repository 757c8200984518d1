import type { Parameter } from "../model/parameters.ts";

/** The largest number of 8 bits that is used; −128 is not, so that a row and its negative are stored alike. */
const LARGEST = 127;

/** A tensor in whole numbers of 8 bits: each value is its number times the scale of its row. */
export interface Quantized {
  /** −127 to 127, row by row. */
  readonly numbers: Int8Array<ArrayBuffer>;
  /** One for each row: for each filter of a convolution, each unit of a dense layer. */
  readonly scales: Float32Array<ArrayBuffer>;
}

/**
 * Rounds the values of a tensor to 255 levels for each row, evenly spaced, the largest magnitude of the row being the
 * last: half a level, 0.4 % of the largest, is the most that a value changes by. (Jacob et al., 2018: "Quantization and
 * training of neural networks for efficient integer-arithmetic-only inference", the symmetric form, row by row.)
 *
 * @param tensor The values, at least one, all finite, and their shape, whose first size is how many rows there are.
 * @returns The numbers and scales.
 */
export function quantize({ shape: [rows], data }: Parameter): Quantized {
  const numbers = new Int8Array(data.length);
  const scales = new Float32Array(rows);
  const length = data.length / rows;
  for (let row = 0; row < rows; row++) {
    const values = data.subarray(row * length, (row + 1) * length);
    const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / LARGEST;
    scales[row] = scale;
    if (scales[row] === 0) continue;
    for (let i = 0; i < length; i++) {
      const number = Math.round(values[i] / scales[row]);
      numbers[row * length + i] = Math.max(-LARGEST, Math.min(LARGEST, number));
    }
  }
  return { numbers, scales };
}

/**
 * The values that {@linkcode quantize} rounded to.
 *
 * @param quantized The numbers and scales.
 * @returns The values, row by row.
 */
export function dequantize({ numbers, scales }: Quantized): Float32Array<ArrayBuffer> {
  const values = new Float32Array(numbers.length);
  const length = numbers.length / scales.length;
  for (let row = 0, i = 0; row < scales.length; row++) {
    const scale = scales[row];
    for (const end = i + length; i < end; i++) values[i] = scale * numbers[i];
  }
  return values;
}
