/** The largest number that half precision holds; 65520 and beyond round to infinity. */
export const FLOAT16_MAX = 65504;

/**
 * The number that an IEEE 754 binary16 ("half") pattern stands for.
 *
 * @param bits The pattern: 1 bit of sign, 5 of exponent (bias 15), 10 of fraction.
 * @returns Its value, exactly; subnormals, infinities and NaN included.
 */
export function fromFloat16Bits(bits: number): number {
  return fromBits(bits, 5, 10);
}

/**
 * The number that a bfloat16 pattern, the upper half of a 32-bit float, stands for.
 *
 * @param bits The pattern: 1 bit of sign, 8 of exponent (bias 127), 7 of fraction.
 * @returns Its value, exactly; subnormals, infinities and NaN included.
 */
export function fromBfloat16Bits(bits: number): number {
  return fromBits(bits, 8, 7);
}

function fromBits(bits: number, exponentBits: number, fractionBits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const one = 1 << fractionBits;
  const fraction = bits & (one - 1);
  const top = (1 << exponentBits) - 1;
  const exponent = (bits >>> fractionBits) & top;
  if (exponent === top) return fraction === 0 ? sign * Infinity : NaN;
  // The exponent of the fraction's last bit; subnormal numbers share that of the smallest normal ones.
  const unit = Math.max(exponent, 1) - (top >>> 1) - fractionBits;
  return sign * (exponent === 0 ? fraction : one + fraction) * 2 ** unit;
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
