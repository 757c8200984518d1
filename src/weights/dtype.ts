import type { Parameter } from "../model/parameters.ts";

/** The bits of one value in every number format that safetensors knows. */
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

/** A number format that is read as numbers. */
export type FloatDtype = "F16" | "BF16" | "F32" | "F64";

/** Every {@linkcode FloatDtype}. */
export const FLOAT_DTYPES: readonly FloatDtype[] = ["F16", "BF16", "F32", "F64"];

/** A number format that is written: 32 bits, 16 (half precision), or 8: whole numbers with a scale for each row. */
export type StorageDtype = "F32" | "F16" | "I8";

/** Every {@linkcode StorageDtype}. */
export const STORAGE_DTYPES: readonly StorageDtype[] = ["F32", "F16", "I8"];

/** What the name of a tensor's scales ends in, after the tensor's own name. */
export const SCALE_SUFFIX = ".scale";

/** The largest number that half precision holds; 65520 and beyond round to infinity. */
export const FLOAT16_MAX = 65504;

/** What the last bit of the fraction is worth, by exponent; subnormals share that of the smallest normal numbers. */
const LAST_BIT = Float64Array.from(
  { length: 31 },
  (_, exponent) => 2 ** (Math.max(exponent, 1) - 25),
);

/**
 * The number that an IEEE 754 binary16 ("half") pattern stands for.
 *
 * @param bits The pattern: 1 bit of sign, 5 of exponent (bias 15), 10 of fraction.
 * @returns Its value, exactly; subnormals, infinities and NaN included.
 */
export function fromFloat16Bits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const fraction = bits & 0x3ff;
  const exponent = (bits >>> 10) & 0x1f;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction : 0x400 + fraction) * LAST_BIT[exponent];
}

/**
 * The IEEE 754 binary16 ("half") pattern nearest to a number; of two equally near, the even one.
 *
 * @param value Any number.
 * @returns Its 16 bits; beyond ±65520 those of an infinity, for NaN the quiet NaN 0x7e00.
 */
export function toFloat16Bits(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  // From here on the carry of a rounding runs from the fraction into the exponent, as the format intends.
  if (magnitude < 2 ** -14) return sign | roundToEven(magnitude * 2 ** 24);
  if (magnitude >= 65520) return sign | 0x7c00;
  const exponent = exponentOf(magnitude);
  return sign | (((exponent + 14) << 10) + roundToEven(magnitude * 2 ** (10 - exponent)));
}

/** The whole exponent e with 2^e ≤ magnitude < 2^(e + 1), for magnitudes from 2⁻¹⁴ to 65520. */
function exponentOf(magnitude: number): number {
  // Exact, where Math.log2 may round up just below a power of two.
  return 17 - Math.clz32(magnitude * 2 ** 14);
}

/** Powers of two scale exactly, so this is the only rounding. */
function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

/** The largest number of 8 bits that is used; −128 is not, so that a row and its negative are stored alike. */
const LARGEST = 127;

/** A tensor in whole numbers of 8 bits: each value is its number times the scale of its row. */
interface Quantized {
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
