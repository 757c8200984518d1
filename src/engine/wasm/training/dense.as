// Fully connected layers. Weights: for each input, those of all units, filled up to whole vectors with zeros. Four inputs
// of a tile are taken together, so that each weight that is read serves four; a tile has room for whole fours, and what
// lies beyond the inputs that there are has a gradient of zero.

import { multiplyAdd } from "../kernels/lanes";
import { Step } from "./step";

export function denseForward(step: Step, count: i32): void {
  const row = <usize> step.vectors << 4;
  const xStep = step.xStep;
  const yStep = step.yStep;
  for (let c: usize = 0; c < row; c += 32) {
    const isWhole = row - c >= 32;
    for (let n: usize = 0; n < <usize> count; n += 4) {
      const x = step.x + n * xStep;
      const y = step.y + n * yStep + c;
      if (isWhole) eightUnits(step, x, xStep, y, yStep, step.weights + c, step.bias + c, row);
      else fourUnits(step, x, xStep, y, yStep, step.weights + c, step.bias + c, row);
    }
  }
}

function eightUnits(
  step: Step,
  p: usize,
  xStep: usize,
  y: usize,
  yStep: usize,
  w: usize,
  bias: usize,
  row: usize,
): void {
  let q = p + xStep;
  let r = q + xStep;
  let s = r + xStep;
  let a0 = v128.load(bias), a1 = a0, a2 = a0, a3 = a0;
  let b0 = v128.load(bias, 16), b1 = b0, b2 = b0, b3 = b0;
  for (const end = p + (<usize> step.channels << 2); p < end; p += 4, q += 4, r += 4, s += 4) {
    const v = v128.load(w);
    const u = v128.load(w, 16);
    let x = v128.load32_splat(p);
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
    w += row;
  }
  v128.store(y, a0);
  v128.store(y, b0, 16);
  y += yStep;
  v128.store(y, a1);
  v128.store(y, b1, 16);
  y += yStep;
  v128.store(y, a2);
  v128.store(y, b2, 16);
  y += yStep;
  v128.store(y, a3);
  v128.store(y, b3, 16);
}

function fourUnits(
  step: Step,
  p: usize,
  xStep: usize,
  y: usize,
  yStep: usize,
  w: usize,
  bias: usize,
  row: usize,
): void {
  let q = p + xStep;
  let r = q + xStep;
  let s = r + xStep;
  let a0 = v128.load(bias), a1 = a0, a2 = a0, a3 = a0;
  for (const end = p + (<usize> step.channels << 2); p < end; p += 4, q += 4, r += 4, s += 4) {
    const v = v128.load(w);
    a0 = multiplyAdd(a0, v, v128.load32_splat(p));
    a1 = multiplyAdd(a1, v, v128.load32_splat(q));
    a2 = multiplyAdd(a2, v, v128.load32_splat(r));
    a3 = multiplyAdd(a3, v, v128.load32_splat(s));
    w += row;
  }
  v128.store(y, a0);
  v128.store(y + yStep, a1);
  v128.store(y + yStep * 2, a2);
  v128.store(y + yStep * 3, a3);
}

export function denseBackward(step: Step, count: i32): void {
  const row = <usize> step.vectors << 4;
  for (let n = count; (n & 3) != 0; n++) memory.fill(step.dy + <usize> n * step.yStep, 0, row);
  for (let n: usize = 0; n < <usize> count; n += 4) {
    const x = step.x + n * step.xStep;
    const dy = step.dy + n * step.yStep;
    if (step.isTrained != 0) weightGradient(step, x, dy, row);
    if (step.dx != 0) inputGradient(step, step.dx + n * step.xStep, dy, row);
  }
}

// Adds the products of four inputs and their gradients to those of the weights, and the gradients to those of the bias.
function weightGradient(step: Step, p: usize, d: usize, row: usize): void {
  const xStep = step.xStep;
  const e = d + step.yStep;
  const f = e + step.yStep;
  const g = f + step.yStep;
  const bias = step.bias + step.gradients;
  for (let c: usize = 0; c < row; c += 16) {
    const upper = f32x4.add(v128.load(d + c), v128.load(e + c));
    const lower = f32x4.add(v128.load(f + c), v128.load(g + c));
    v128.store(bias + c, f32x4.add(v128.load(bias + c), f32x4.add(upper, lower)));
  }
  let q = p + xStep;
  let r = q + xStep;
  let s = r + xStep;
  let to = step.weights + step.gradients;
  for (const end = p + (<usize> step.channels << 2); p < end; p += 4, q += 4, r += 4, s += 4) {
    const x0 = v128.load32_splat(p);
    const x1 = v128.load32_splat(q);
    const x2 = v128.load32_splat(r);
    const x3 = v128.load32_splat(s);
    for (let c: usize = 0; c < row; c += 16, to += 16) {
      let sum = multiplyAdd(v128.load(to), x0, v128.load(d + c));
      sum = multiplyAdd(sum, x1, v128.load(e + c));
      sum = multiplyAdd(sum, x2, v128.load(f + c));
      v128.store(to, multiplyAdd(sum, x3, v128.load(g + c)));
    }
  }
}

// The gradients of four inputs: the products of theirs and the weights, for two of their values at a time.
function inputGradient(step: Step, p: usize, d: usize, row: usize): void {
  const xStep = step.xStep;
  const e = d + step.yStep;
  const f = e + step.yStep;
  const g = f + step.yStep;
  const end = p + (<usize> step.channels << 2);
  let w = step.weights;
  for (; p + 4 < end; p += 8, w += row << 1) {
    let a0 = f32x4.splat(0), b0 = a0, c0 = a0, d0 = a0;
    let a1 = a0, b1 = a0, c1 = a0, d1 = a0;
    for (let at: usize = 0; at < row; at += 16) {
      const v = v128.load(w + at);
      const u = v128.load(w + at + row);
      let dy = v128.load(d + at);
      a0 = multiplyAdd(a0, v, dy);
      a1 = multiplyAdd(a1, u, dy);
      dy = v128.load(e + at);
      b0 = multiplyAdd(b0, v, dy);
      b1 = multiplyAdd(b1, u, dy);
      dy = v128.load(f + at);
      c0 = multiplyAdd(c0, v, dy);
      c1 = multiplyAdd(c1, u, dy);
      dy = v128.load(g + at);
      d0 = multiplyAdd(d0, v, dy);
      d1 = multiplyAdd(d1, u, dy);
    }
    storeFour(p, xStep, sumFour(a0, b0, c0, d0));
    storeFour(p + 4, xStep, sumFour(a1, b1, c1, d1));
  }
  if (p == end) return;
  let a = f32x4.splat(0), b = a, c = a, s = a;
  for (let at: usize = 0; at < row; at += 16) {
    const v = v128.load(w + at);
    a = multiplyAdd(a, v, v128.load(d + at));
    b = multiplyAdd(b, v, v128.load(e + at));
    c = multiplyAdd(c, v, v128.load(f + at));
    s = multiplyAdd(s, v, v128.load(g + at));
  }
  storeFour(p, xStep, sumFour(a, b, c, s));
}

@inline
function storeFour(p: usize, step: usize, v: v128): void {
  v128.store32_lane(p, v, 0);
  v128.store32_lane(p + step, v, 1);
  v128.store32_lane(p + step * 2, v, 2);
  v128.store32_lane(p + step * 3, v, 3);
}

// The sum of each vector's lanes.
@inline
function sumFour(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(
    i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27),
    i8x16.shuffle(a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31),
  );
  const cd = f32x4.add(
    i8x16.shuffle(c, d, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27),
    i8x16.shuffle(c, d, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31),
  );
  return f32x4.add(
    i8x16.shuffle(ab, cd, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
    i8x16.shuffle(ab, cd, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31),
  );
}
