// 2×2 pooling that follows no convolution, and trainable subsampling, four channels at a time.

import { larger, multiplyAdd } from "../kernels/lanes";
import { lanesUpTo, Step, storeUpTo } from "./step";

export const MAXIMUM: u32 = 0;
export const AVERAGE: u32 = 1;
export const SUBSAMPLE: u32 = 2;

export function poolForward(step: Step, count: i32): void {
  const pixel = <usize> step.channels << 2;
  const kind = step.activation;
  for (let n: usize = 0; n < <usize> count; n++) {
    for (let y = 0; y < step.outHeight; y++) {
      let from = step.x + n * step.xStep + <usize> (y << 1) * step.xRow;
      let to = step.y + n * step.yStep + <usize> y * step.yRow;
      for (let left = step.outWidth; left > 0; left--, from += pixel << 1, to += pixel) {
        for (let c: usize = 0; c < pixel; c += 16) {
          const p = from + c;
          const q = p + step.xRow;
          const v0 = v128.load(p);
          const v1 = v128.load(p + pixel);
          const v2 = v128.load(q);
          const v3 = v128.load(q + pixel);
          let pooled: v128;
          if (kind == MAXIMUM) pooled = larger(larger(larger(v0, v1), v2), v3);
          else {
            pooled = f32x4.add(f32x4.add(v0, v1), f32x4.add(v2, v3));
            pooled = kind == AVERAGE
              ? f32x4.mul(pooled, f32x4.splat(0.25))
              : multiplyAdd(v128.load(step.bias + c), pooled, v128.load(step.weights + c));
          }
          storeUpTo(to + c, pooled, pixel - c);
        }
      }
    }
  }
}

export function poolBackward(step: Step, count: i32): void {
  const pixel = <usize> step.channels << 2;
  const sums: usize = step.activation == SUBSAMPLE && step.isTrained != 0 ? step.scratch : 0;
  for (let n: usize = 0; n < <usize> count; n++) {
    // The sums of each input by themselves: one long sum would gather rounding errors.
    if (sums != 0) memory.fill(sums, 0, (pixel + 16) << 1);
    for (let y = 0; y < step.outHeight; y++) {
      const row = n * step.xStep + <usize> (y << 1) * step.xRow;
      let from = step.x + row;
      let dx: usize = step.dx == 0 ? 0 : step.dx + row;
      let dy = step.dy + n * step.yStep + <usize> y * step.yRow;
      for (let left = step.outWidth; left > 0; left--, from += pixel << 1, dy += pixel) {
        for (let c: usize = 0; c < pixel; c += 16) {
          const left = pixel - c;
          let g = v128.load(dy + c);
          if (sums != 0) {
            g = v128.and(g, lanesUpTo(left));
            addSums(sums + c, pixel + 16, g, from + c, pixel, step.xRow);
          }
          if (dx == 0) continue;
          if (step.activation == MAXIMUM) toMaximum(dx + c, from + c, step.xRow, pixel, g, left);
          else {
            g = step.activation == AVERAGE
              ? f32x4.mul(g, f32x4.splat(0.25))
              : f32x4.mul(g, v128.load(step.weights + c));
            const under = dx + c + step.xRow;
            storeUpTo(dx + c, g, left);
            storeUpTo(dx + c + pixel, g, left);
            storeUpTo(under, g, left);
            storeUpTo(under + pixel, g, left);
          }
        }
        if (dx != 0) dx += pixel << 1;
      }
    }
    if (sums == 0) continue;
    const weight = step.weights + step.gradients;
    const bias = step.bias + step.gradients;
    for (let c: usize = 0; c < pixel; c += 16) {
      v128.store(weight + c, f32x4.add(v128.load(weight + c), v128.load(sums + c)));
      v128.store(bias + c, f32x4.add(v128.load(bias + c), v128.load(sums + c + pixel + 16)));
    }
  }
}

// Adds a gradient times the sum of its block to the first sums, and the gradient to the second.
@inline
function addSums(sums: usize, second: usize, g: v128, from: usize, pixel: usize, row: usize): void {
  const upper = f32x4.add(v128.load(from), v128.load(from + pixel));
  const lower = f32x4.add(v128.load(from + row), v128.load(from + row + pixel));
  v128.store(sums, multiplyAdd(v128.load(sums), g, f32x4.add(upper, lower)));
  v128.store(sums + second, f32x4.add(v128.load(sums + second), g));
}

// The gradient of a maximum belongs to the first input that has it, row by row.
@inline
function toMaximum(dx: usize, from: usize, row: usize, pixel: usize, g: v128, left: usize): void {
  const v0 = v128.load(from);
  const v1 = v128.load(from + pixel);
  const v2 = v128.load(from + row);
  const v3 = v128.load(from + row + pixel);
  const best = larger(larger(larger(v0, v1), v2), v3);
  let rest = g;
  let is = f32x4.eq(v0, best);
  storeUpTo(dx, v128.and(rest, is), left);
  rest = v128.andnot(rest, is);
  is = f32x4.eq(v1, best);
  storeUpTo(dx + pixel, v128.and(rest, is), left);
  rest = v128.andnot(rest, is);
  is = f32x4.eq(v2, best);
  storeUpTo(dx + row, v128.and(rest, is), left);
  storeUpTo(dx + row + pixel, v128.andnot(rest, is), left);
}
