/**
 * Elementary functions that give the same bits in every JavaScript engine.
 *
 * ECMAScript leaves the last bits of `Math.exp`, `Math.log`, `Math.sin`, `Math.cos`, `Math.tanh`, `Math.pow` (also as
 * `**`) and `Math.hypot` to the engine. These are built only of operations that IEEE 754 rounds exactly: `+ - * / %`,
 * `Math.sqrt`, `Math.floor`, and the bits of a number. Each reduces its argument to a short interval (Cody and Waite,
 * Software Manual for the Elementary Functions, 1980) and sums a Taylor series there, whose first term left out is below
 * 2⁻⁵⁵ of the result.
 *
 * Errors against the exact value, in units in the last place (ulp): {@linkcode exp}, {@linkcode log}, {@linkcode sin},
 * {@linkcode cos} and {@linkcode hypot} below 1.1, {@linkcode tanh} below 2.5, {@linkcode pow} below
 * 1.5 + 1.5·|ln result|.
 *
 * @module
 */

/** The bits of one number; as a `DataView`, whose byte order does not depend on the machine's. */
const BITS = new DataView(new ArrayBuffer(8));

/** ln 2 in two parts. The first has 33 bits, so that its product with an exponent is exact. */
const LN2_HIGH = 0.6931471804855391;
const LN2_LOW = 7.440617110012397e-11;

/** π/2 in three parts. The first two have 33 bits, so that their products with up to 2²⁰ quarter turns are exact. */
const QUARTER_HIGH = 1.5707963267341256;
const QUARTER_MIDDLE = 6.077100506303966e-11;
const QUARTER_LOW = 2.0222662487959506e-21;

/** Angles from here on are first taken modulo 2π as a double, with a growing error: 2²⁰ quarter turns, in radians. */
const MAX_ANGLE = 1_647_099;

/** The high word of √½: a mantissa from √½ to below √2 has its logarithm nearest to 0. */
const SQRT_HALF_HIGH = 0x3fe6a09e;

/** Below this, numbers have fewer than 53 bits. */
const MIN_NORMAL = 2.2250738585072014e-308;

/** Beyond this, tanh is 1 in double precision. */
const MAX_TANH = 20;

/** e^x. */
export function exp(x: number): number {
  if (!(x > -746)) return x < 0 ? 0 : NaN;
  if (x > 710) return Infinity;
  const k = Math.floor(x / Math.LN2 + 0.5);
  return scale(1 + reducedExpm1((x - k * LN2_HIGH) - k * LN2_LOW), k);
}

/** ln x; −∞ of 0, NaN below. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return Infinity;
  const isNormal = x >= MIN_NORMAL;
  BITS.setFloat64(0, isNormal ? x : x * 0x40_0000_0000_0000);
  // x = 2^k·(1 + f), with 1 + f from √½ to √2.
  const high = BITS.getInt32(0);
  const exponent = (high - SQRT_HALF_HIGH) >> 20;
  BITS.setInt32(0, high - (exponent << 20));
  const f = BITS.getFloat64(0) - 1;
  const k = isNormal ? exponent : exponent - 54;
  // ln(1 + f) = 2·artanh(s) = 2s + s·tail = f − s·(f − tail), in which f is exact.
  const s = f / (2 + f);
  const z = s * s;
  // The terms of the series in two sums, which processors compute side by side.
  const w = z * z;
  const odd = 2 / 3 + w * (2 / 7 + w * (2 / 11 + w * (2 / 15 + w * (2 / 19))));
  const even = 2 / 5 + w * (2 / 9 + w * (2 / 13 + w * (2 / 17)));
  const tail = z * (odd + z * even);
  return k * LN2_HIGH + (f - (s * (f - tail) - k * LN2_LOW));
}

/** The sine of an angle in radians. */
export function sin(x: number): number {
  return x === 0 ? x : turn(x, 0);
}

/** The cosine of an angle in radians. */
export function cos(x: number): number {
  return turn(x, 1);
}

/** The hyperbolic tangent. */
export function tanh(x: number): number {
  const size = Math.abs(x);
  if (size > MAX_TANH) return Math.sign(x);
  // Also −0 and NaN. Below 2⁻²⁸, x³/3 is less than half an ulp.
  if (!(size > 2 ** -28)) return x;
  const k = Math.floor(2 * size / Math.LN2 + 0.5);
  const r = (2 * size - k * LN2_HIGH) - k * LN2_LOW;
  // e^2x − 1 = 2^k·(e^r − 1) + (2^k − 1), without the cancellation of exp(2x) − 1.
  const grown = scale(reducedExpm1(r), k) + (scale(1, k) - 1);
  const result = grown / (grown + 2);
  return x < 0 ? -result : result;
}

/** `base` to the power of `exponent`. NaN for a base below 0, whole exponents included. */
export function pow(base: number, exponent: number): number {
  return exponent === 0 ? 1 : exp(exponent * log(base));
}

/** x², as `x ** 2` need not be. */
export function square(x: number): number {
  return x * x;
}

/** The length of a vector. Its squares are formed: for lengths from about 1e-150 to 1e150. */
export function hypot(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}

/** e^r − 1 for |r| ≤ ln 2 / 2 and a hair. */
function reducedExpm1(r: number): number {
  const series = 1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720 +
                    r * (1 / 5040 + r * (1 / 40320 + r * (1 / 362880 + r * (1 / 3628800 +
                                    r *
                                      (1 / 39916800 +
                                        r * (1 / 479001600 + r * (1 / 6227020800)))))))))));
  return r + r * r * series;
}

/** `value`·2^k for k from −1076 to 1025, rounded once: in two steps, each by a normal number. */
function scale(value: number, k: number): number {
  const half = k >> 1;
  return value * powerOfTwo(half) * powerOfTwo(k - half);
}

/** 2^k for k from −1022 to 1023. */
function powerOfTwo(k: number): number {
  BITS.setInt32(0, (k + 1023) << 20);
  BITS.setInt32(4, 0);
  return BITS.getFloat64(0);
}

/** The sine of x and a number of quarter turns. */
function turn(x: number, quarters: number): number {
  const angle = Math.abs(x) < MAX_ANGLE ? x : x % (2 * Math.PI);
  const n = Math.floor(angle / (Math.PI / 2) + 0.5);
  // r + tail is the angle less n quarter turns, in twice the precision: angles next to a multiple of π/2 cancel.
  const rough = angle - n * QUARTER_HIGH;
  const middle = rough - n * QUARTER_MIDDLE;
  const low = ((rough - middle) - n * QUARTER_MIDDLE) - n * QUARTER_LOW;
  const r = middle + low;
  const tail = low - (r - middle);
  const z = r * r;
  const quadrant = (n + quarters) & 3;
  let result: number;
  if ((quadrant & 1) === 0) {
    const series = 1 / 6 - z * (1 / 120 - z * (1 / 5040 - z * (1 / 362880 - z * (1 / 39916800 -
                      z *
                        (1 / 6227020800 - z * (1 / 1307674368000 - z * (1 / 355687428096000)))))));
    result = r - (r * z * series - tail * (1 - z / 2));
  } else {
    const series = 1 / 24 - z * (1 / 720 - z * (1 / 40320 - z * (1 / 3628800 - z * (1 / 479001600 -
                      z * (1 / 87178291200 - z * (1 / 20922789888000))))));
    const first = 1 - z / 2;
    result = first + (((1 - first) - z / 2) + (z * z * series - r * tail));
  }
  return quadrant > 1 ? -result : result;
}
