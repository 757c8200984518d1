// The functions that are applied to every value alone, on four values at once.

import { larger } from "./lanes";

export const IDENTITY: u32 = 0;
export const RELU: u32 = 1;
export const SIGMOID: u32 = 2;
export const TANH: u32 = 3;
export const SCALED_TANH: u32 = 4;

// Constants lie in memory, below the program: at an address known beforehand, a constant is read by one instruction,
// and without a check of its bounds; engines spend three or four on one that stands in the code.
const CONSTANTS = memory.data<f32>([
  1,
  2,
  -87,
  88,
  // 1.5·2²³
  12582912,
  // 1 / ln 2
  1.44269504,
  // ln 2 in two parts, of which the first has so few bits that its product with a whole number below 256 is exact.
  0.693359375,
  -2.12194440e-4,
  // 1 / 2!, 1 / 3!, …, 1 / 7!
  0.5,
  1.0 / 6,
  1.0 / 24,
  1.0 / 120,
  1.0 / 720,
  1.0 / 5040,
  // Of the scaled tanh.
  1.7159,
  4.0 / 3,
]);

@inline
function constant(index: usize): v128 {
  return v128.load32_splat(CONSTANTS + (index << 2));
}

@inline
export function activate(x: v128, activation: u32): v128 {
  if (activation == IDENTITY) return x;
  if (activation == RELU) return larger(x, f32x4.splat(0));
  return curve(x, activation);
}

// 1 / (1 + e^−x), or tanh x = (e^2x − 1) / (e^2x + 1), or 1.7159·tanh(2x/3).
function curve(x: v128, activation: u32): v128 {
  if (activation == SIGMOID) x = f32x4.neg(x);
  else if (activation == TANH) x = f32x4.add(x, x);
  else x = f32x4.mul(constant(15), x);
  const grown = expm1(x);
  const divisor = f32x4.add(grown, constant(1));
  if (activation == SIGMOID) return f32x4.div(constant(0), divisor);
  const tanh = f32x4.div(grown, divisor);
  return activation == TANH ? tanh : f32x4.mul(constant(14), tanh);
}

// e^x − 1, right to about 1e-7 of its value, near zero too. Our own, because those of JavaScript engines differ.
//
// x = n·ln 2 + r with |r| ≤ ln 2 / 2, so e^x − 1 = 2^n·(e^r − 1) + (2^n − 1), with e^r − 1 by its Taylor series, whose
// first term left out, r⁸ / 8!, is below 1.6e-8 of r. The reduction is that of Cody and Waite (Software Manual for the
// Elementary Functions, 1980). Beyond −87 and 88 the result is next to −1, or far greater than 1, as it should be, and
// 2^n stays a normal number.
@inline
function expm1(x: v128): v128 {
  const one = constant(0);
  const bounded = f32x4.pmin(f32x4.pmax(x, constant(2)), constant(3));
  // So large a number leaves the sum no bits behind the point, and n in the low bits.
  const magic = constant(4);
  const shifted = f32x4.add(f32x4.mul(bounded, constant(5)), magic);
  const n = f32x4.sub(shifted, magic);
  const r = f32x4.sub(
    f32x4.sub(bounded, f32x4.mul(n, constant(6))),
    f32x4.mul(n, constant(7)),
  );
  let series = f32x4.add(f32x4.mul(constant(13), r), constant(12));
  series = f32x4.add(f32x4.mul(series, r), constant(11));
  series = f32x4.add(f32x4.mul(series, r), constant(10));
  series = f32x4.add(f32x4.mul(series, r), constant(9));
  series = f32x4.add(f32x4.mul(series, r), constant(8));
  series = f32x4.add(f32x4.mul(f32x4.mul(series, r), r), r);
  // 2^n: n goes into the bits of the exponent.
  const power = i32x4.add(i32x4.shl(shifted, 23), one);
  return f32x4.add(f32x4.mul(power, series), f32x4.sub(power, one));
}
