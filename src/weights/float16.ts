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
