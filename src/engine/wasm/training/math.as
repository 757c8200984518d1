// Elementary functions in double precision, as in `src/model/math.ts`.

// ln 2 in two parts. The first has 33 bits, so that its product with an exponent is exact.
const LN2_HIGH: f64 = 0.6931471804855391;
const LN2_LOW: f64 = 7.440617110012397e-11;

// The high word of √½.
const SQRT_HALF_HIGH: i32 = 0x3fe6a09e;

// e^x for x up to 700.
export function exp(x: f64): f64 {
  if (!(x > -700)) return x == x ? 0 : x;
  const k = Math.floor(x / 0.6931471805599453 + 0.5);
  const r = (x - k * LN2_HIGH) - k * LN2_LOW;
  let s: f64 = 1.0 / 6227020800;
  s = s * r + 1.0 / 479001600;
  s = s * r + 1.0 / 39916800;
  s = s * r + 1.0 / 3628800;
  s = s * r + 1.0 / 362880;
  s = s * r + 1.0 / 40320;
  s = s * r + 1.0 / 5040;
  s = s * r + 1.0 / 720;
  s = s * r + 1.0 / 120;
  s = s * r + 1.0 / 24;
  s = s * r + 1.0 / 6;
  s = s * r + 0.5;
  s = s * r * r + r + 1;
  return s * reinterpret<f64>((<i64> k + 1023) << 52);
}

// ln x for normal x above 0.
export function log(x: f64): f64 {
  const bits = reinterpret<i64>(x);
  const exponent = (<i32> (bits >> 32) - SQRT_HALF_HIGH) >> 20;
  // x = 2^k·(1 + f), with 1 + f from √½ to √2, and ln(1 + f) = 2·artanh(s).
  const f = reinterpret<f64>(bits - (<i64> exponent << 52)) - 1;
  const s = f / (2 + f);
  const z = s * s;
  let tail: f64 = 2.0 / 19;
  tail = tail * z + 2.0 / 17;
  tail = tail * z + 2.0 / 15;
  tail = tail * z + 2.0 / 13;
  tail = tail * z + 2.0 / 11;
  tail = tail * z + 2.0 / 9;
  tail = tail * z + 2.0 / 7;
  tail = tail * z + 2.0 / 5;
  tail = tail * z + 2.0 / 3;
  tail = tail * z;
  const k = <f64> exponent;
  return k * LN2_HIGH + (f - (s * (f - tail) - k * LN2_LOW));
}
