import type { Parameter } from "../model/parameters.ts";

/** The bits of a value in each number format of safetensors. */
export const DTYPE_BITS: Readonly<Record<string, number>> = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E4M3: 8,
  F8_E5M2: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  I64: 64,
  U64: 64,
  F64: 64,
  C64: 64,
};

/** A number format that is read as floating point. */
export type FloatDtype = "F16" | "BF16" | "F32" | "F64";

/** The values of {@linkcode FloatDtype}. */
export const FLOAT_DTYPES: readonly FloatDtype[] = ["F16", "BF16", "F32", "F64"];

/** A number format that is written: single precision, half precision, or integers of 8 bits with a scale for each row. */
export type StorageDtype = "F32" | "F16" | "I8";

/** The values of {@linkcode StorageDtype}. */
export const STORAGE_DTYPES: readonly StorageDtype[] = ["F32", "F16", "I8"];

/** The name of a tensor's scales is the tensor's own name and this. */
export const SCALE_SUFFIX = ".scale";

/** The largest finite number of half precision; numbers from 65520 on round to infinity. */
export const MAX_FLOAT16 = 65504;

/** The value of the last bit of the fraction, by exponent; subnormals have that of the smallest normal numbers. */
const LAST_BIT = Float64Array.from(
  { length: 31 },
  (_, exponent) => 2 ** (Math.max(exponent, 1) - 25),
);

/**
 * Decodes a number of IEEE 754 binary16 (half precision).
 *
 * @param bits The pattern: 1 bit of sign, 5 of exponent (bias 15), 10 of fraction.
 * @returns Its exact value; subnormals, infinities and NaN included.
 */
export function fromFloat16Bits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const fraction = bits & 0x3ff;
  const exponent = (bits >>> 10) & 0x1f;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction : 0x400 + fraction) * LAST_BIT[exponent];
}

/**
 * Encodes a number as IEEE 754 binary16 (half precision), rounded to nearest, ties to even.
 *
 * @param value Any number.
 * @returns Its pattern of 16 bits; an infinity from ±65520 on, the quiet NaN 0x7e00 for NaN.
 */
export function toFloat16Bits(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  // When rounding carries, the carry goes from the fraction into the exponent, as the format intends.
  if (magnitude < 2 ** -14) return sign | roundToEven(magnitude * 2 ** 24);
  if (magnitude >= 65520) return sign | 0x7c00;
  const exponent = exponentOf(magnitude);
  return sign | (((exponent + 14) << 10) + roundToEven(magnitude * 2 ** (10 - exponent)));
}

/** The integer e with 2^e ≤ magnitude < 2^(e + 1), for magnitudes from 2⁻¹⁴ to 65520. */
function exponentOf(magnitude: number): number {
  // Exact, where Math.log2 may round up just below a power of two.
  return 17 - Math.clz32(magnitude * 2 ** 14);
}

/** Rounds to the nearest integer, ties to even. Scaling by powers of two is exact, so this is the only rounding. */
function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

/** The largest integer that is used; −128 is not, so that the range is symmetric. */
const MAX_INT8 = 127;

/** A quantized tensor: each value is an integer times the scale of its row. */
interface Quantized {
  /** −127 to 127, row by row. */
  readonly numbers: Int8Array<ArrayBuffer>;
  /** One for each row, which is a filter of a convolution or a unit of a dense layer. */
  readonly scales: Float32Array<ArrayBuffer>;
}

/**
 * Quantizes a tensor to 8 bits, symmetrically and row by row (Jacob et al., 2018, "Quantization and training of neural
 * networks for efficient integer-arithmetic-only inference"): the largest magnitude of a row becomes ±127, and a value
 * changes by at most half a level, 0.4 % of the largest.
 *
 * @param tensor At least one value, all finite; the first dimension of the shape counts the rows.
 * @returns The integers and scales.
 */
export function quantize({ shape: [rows], data }: Parameter): Quantized {
  const numbers = new Int8Array(data.length);
  const scales = new Float32Array(rows);
  const length = data.length / rows;
  for (let row = 0; row < rows; row++) {
    const values = data.subarray(row * length, (row + 1) * length);
    const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / MAX_INT8;
    scales[row] = scale;
    if (scales[row] === 0) continue;
    for (let i = 0; i < length; i++) {
      const number = Math.round(values[i] / scales[row]);
      numbers[row * length + i] = Math.max(-MAX_INT8, Math.min(MAX_INT8, number));
    }
  }
  return { numbers, scales };
}

/**
 * Multiplies the integers of {@linkcode quantize} by their scales.
 *
 * @param quantized The integers and scales.
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
