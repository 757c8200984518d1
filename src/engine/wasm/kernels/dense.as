// Fully connected layers. Weights: for each eight units and each input, the eight units' weights.

import { activate, IDENTITY } from "./activation";
import { multiplyAdd, spread0, spread1, spread2, spread3 } from "./lanes";
import { Op } from "./op";

// So many inputs are summed up from zero, then their sum is added to the sum so far: taken one by one, many terms
// would gather many rounding errors.
const PART: i32 = 512;

// Every unit takes the inputs in their order and in the same parts, whether its digit is computed alone or with
// others: the bits are the same.
export function dense(op: Op, input: usize, output: usize, count: i32): void {
  const block = <usize> op.channels << 5;
  const digits = count < 4 ? 1 : 4;
  let weights = op.weights;
  let bias = op.bias;
  let left = op.blocks;
  while (left > 0) {
    const blocks = digits == 1 ? min(left, 3) : 1;
    for (let d = 0; d < count; d += digits) {
      // The last four may lie over those before them: what is computed twice is the same.
      const first = <usize> min(d, count - digits);
      const from = input + first * op.inputStep;
      sumParts(op, digits, blocks, from, weights, bias, output + first * op.outputStep);
    }
    weights += <usize> blocks * block;
    bias += <usize> blocks << 5;
    output += <usize> blocks << 5;
    left -= blocks;
  }
}

// Computes some blocks of units for some digits, part after part.
function sumParts(
  op: Op,
  digits: i32,
  blocks: i32,
  input: usize,
  weights: usize,
  bias: usize,
  output: usize,
): void {
  let sums = bias;
  let step: usize = 0;
  for (let left = op.channels; left > 0; left -= PART) {
    const inputs = min(left, PART);
    const activation = left > PART ? IDENTITY : op.activation;
    if (digits == 4) fourDigits(op, inputs, input, weights, sums, step, output, activation);
    else if (blocks == 3) threeBlocks(op, inputs, input, weights, sums, output, activation);
    else twoBlocks(op, blocks, inputs, input, weights, sums, output, activation);
    input += PART << 2;
    weights += PART << 5;
    sums = output;
    step = op.outputStep;
  }
}

// Four digits, eight units: each weight that is read serves four digits.
function fourDigits(
  op: Op,
  inputs: i32,
  p: usize,
  w: usize,
  sums: usize,
  step: usize,
  output: usize,
  activation: u32,
): void {
  let q = p + op.inputStep;
  let r = q + op.inputStep;
  let s = r + op.inputStep;
  let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0;
  let b0 = a0, b1 = a0, b2 = a0, b3 = a0;
  let v: v128, u: v128, x: v128;
  for (let left = inputs; left > 0; left -= 4, p += 16, q += 16, r += 16, s += 16) {
    v = v128.load(w);
    u = v128.load(w, 16);
    x = v128.load32_splat(p);
    a0 = multiplyAdd(a0, v, x);
    b0 = multiplyAdd(b0, u, x);
    x = v128.load32_splat(q);
    a1 = multiplyAdd(a1, v, x);
    b1 = multiplyAdd(b1, u, x);
    x = v128.load32_splat(r);
    a2 = multiplyAdd(a2, v, x);
    b2 = multiplyAdd(b2, u, x);
    x = v128.load32_splat(s);
    a3 = multiplyAdd(a3, v, x);
    b3 = multiplyAdd(b3, u, x);
    w += 32;
    if (left == 1) break;
    v = v128.load(w);
    u = v128.load(w, 16);
    x = v128.load32_splat(p, 4);
    a0 = multiplyAdd(a0, v, x);
    b0 = multiplyAdd(b0, u, x);
    x = v128.load32_splat(q, 4);
    a1 = multiplyAdd(a1, v, x);
    b1 = multiplyAdd(b1, u, x);
    x = v128.load32_splat(r, 4);
    a2 = multiplyAdd(a2, v, x);
    b2 = multiplyAdd(b2, u, x);
    x = v128.load32_splat(s, 4);
    a3 = multiplyAdd(a3, v, x);
    b3 = multiplyAdd(b3, u, x);
    w += 32;
    if (left == 2) break;
    v = v128.load(w);
    u = v128.load(w, 16);
    x = v128.load32_splat(p, 8);
    a0 = multiplyAdd(a0, v, x);
    b0 = multiplyAdd(b0, u, x);
    x = v128.load32_splat(q, 8);
    a1 = multiplyAdd(a1, v, x);
    b1 = multiplyAdd(b1, u, x);
    x = v128.load32_splat(r, 8);
    a2 = multiplyAdd(a2, v, x);
    b2 = multiplyAdd(b2, u, x);
    x = v128.load32_splat(s, 8);
    a3 = multiplyAdd(a3, v, x);
    b3 = multiplyAdd(b3, u, x);
    w += 32;
    if (left == 3) break;
    v = v128.load(w);
    u = v128.load(w, 16);
    x = v128.load32_splat(p, 12);
    a0 = multiplyAdd(a0, v, x);
    b0 = multiplyAdd(b0, u, x);
    x = v128.load32_splat(q, 12);
    a1 = multiplyAdd(a1, v, x);
    b1 = multiplyAdd(b1, u, x);
    x = v128.load32_splat(r, 12);
    a2 = multiplyAdd(a2, v, x);
    b2 = multiplyAdd(b2, u, x);
    x = v128.load32_splat(s, 12);
    a3 = multiplyAdd(a3, v, x);
    b3 = multiplyAdd(b3, u, x);
    w += 32;
  }
  const next = op.outputStep;
  finish(output, sums, a0, b0, activation);
  finish(output + next, sums + step, a1, b1, activation);
  finish(output + next * 2, sums + step * 2, a2, b2, activation);
  finish(output + next * 3, sums + step * 3, a3, b3, activation);
}

// One digit, 24 units.
function threeBlocks(
  op: Op,
  inputs: i32,
  p: usize,
  w: usize,
  sums: usize,
  output: usize,
  activation: u32,
): void {
  const block = <usize> op.channels << 5;
  let u = w + block;
  let t = u + block;
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0;
  let x: v128;
  for (let left = inputs; left > 0; left -= 4, p += 16) {
    const four = v128.load(p);
    x = spread0(four);
    a0 = multiplyAdd(a0, x, v128.load(w));
    a1 = multiplyAdd(a1, x, v128.load(w, 16));
    b0 = multiplyAdd(b0, x, v128.load(u));
    b1 = multiplyAdd(b1, x, v128.load(u, 16));
    c0 = multiplyAdd(c0, x, v128.load(t));
    c1 = multiplyAdd(c1, x, v128.load(t, 16));
    w += 32;
    u += 32;
    t += 32;
    if (left == 1) break;
    x = spread1(four);
    a0 = multiplyAdd(a0, x, v128.load(w));
    a1 = multiplyAdd(a1, x, v128.load(w, 16));
    b0 = multiplyAdd(b0, x, v128.load(u));
    b1 = multiplyAdd(b1, x, v128.load(u, 16));
    c0 = multiplyAdd(c0, x, v128.load(t));
    c1 = multiplyAdd(c1, x, v128.load(t, 16));
    w += 32;
    u += 32;
    t += 32;
    if (left == 2) break;
    x = spread2(four);
    a0 = multiplyAdd(a0, x, v128.load(w));
    a1 = multiplyAdd(a1, x, v128.load(w, 16));
    b0 = multiplyAdd(b0, x, v128.load(u));
    b1 = multiplyAdd(b1, x, v128.load(u, 16));
    c0 = multiplyAdd(c0, x, v128.load(t));
    c1 = multiplyAdd(c1, x, v128.load(t, 16));
    w += 32;
    u += 32;
    t += 32;
    if (left == 3) break;
    x = spread3(four);
    a0 = multiplyAdd(a0, x, v128.load(w));
    a1 = multiplyAdd(a1, x, v128.load(w, 16));
    b0 = multiplyAdd(b0, x, v128.load(u));
    b1 = multiplyAdd(b1, x, v128.load(u, 16));
    c0 = multiplyAdd(c0, x, v128.load(t));
    c1 = multiplyAdd(c1, x, v128.load(t, 16));
    w += 32;
    u += 32;
    t += 32;
  }
  finish(output, sums, a0, a1, activation);
  finish(output + 32, sums + 32, b0, b1, activation);
  finish(output + 64, sums + 64, c0, c1, activation);
}

// One digit, 16 units, or only the first eight of them. Two sums alone would take as long as four: each addition would
// wait for the one before.
function twoBlocks(
  op: Op,
  blocks: i32,
  inputs: i32,
  p: usize,
  w: usize,
  sums: usize,
  output: usize,
  activation: u32,
): void {
  let u = blocks == 2 ? w + (<usize> op.channels << 5) : w;
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0;
  for (const end = p + (<usize> inputs << 2); p < end; p += 4, w += 32, u += 32) {
    const x = v128.load32_splat(p);
    a0 = multiplyAdd(a0, x, v128.load(w));
    a1 = multiplyAdd(a1, x, v128.load(w, 16));
    b0 = multiplyAdd(b0, x, v128.load(u));
    b1 = multiplyAdd(b1, x, v128.load(u, 16));
  }
  finish(output, sums, a0, a1, activation);
  if (blocks == 2) finish(output + 32, sums + 32, b0, b1, activation);
}

// Adds what a part gave to the sums of eight units.
@inline
function finish(output: usize, sums: usize, a: v128, b: v128, activation: u32): void {
  v128.store(output, activate(f32x4.add(v128.load(sums), a), activation));
  v128.store(output, activate(f32x4.add(v128.load(sums, 16), b), activation), 16);
}
