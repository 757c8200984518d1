// Activations, dropout, and copies by a table.

import { activate, RELU, SIGMOID, TANH } from "../kernels/activation";
import { Step, storeUpTo } from "./step";

export function activationForward(step: Step, count: i32): void {
  const row = <usize> (step.width * step.channels) << 2;
  for (let n: usize = 0; n < <usize> count; n++) {
    let x = step.x + n * step.xStep;
    let y = step.y + n * step.yStep;
    for (let left = step.height; left > 0; left--, x += step.xRow, y += step.yRow) {
      for (let i: usize = 0; i < row; i += 16) {
        storeUpTo(y + i, activate(v128.load(x + i), step.activation), row - i);
      }
    }
  }
}

export function activationBackward(step: Step, count: i32): void {
  if (step.dx == 0) return;
  const row = <usize> (step.width * step.channels) << 2;
  for (let n: usize = 0; n < <usize> count; n++) {
    let dx = step.dx + n * step.xStep;
    let y = step.y + n * step.yStep;
    const delta = step.dy - step.y;
    for (let left = step.height; left > 0; left--, dx += step.xRow, y += step.yRow) {
      for (let i: usize = 0; i < row; i += 16) {
        const at = y + i;
        const g = derivative(v128.load(at + delta), v128.load(at), step.activation);
        storeUpTo(dx + i, g, row - i);
      }
    }
  }
}

// A gradient times the derivative, from the function's value.
@inline
function derivative(g: v128, y: v128, activation: u32): v128 {
  if (activation == RELU) return v128.and(g, f32x4.gt(y, f32x4.splat(0)));
  const one = f32x4.splat(1);
  if (activation == SIGMOID) return f32x4.mul(g, f32x4.mul(y, f32x4.sub(one, y)));
  if (activation == TANH) return f32x4.mul(g, f32x4.sub(one, f32x4.mul(y, y)));
  // With y = a·tanh(2x/3): 2/3·(a − y²/a).
  const a = f32x4.splat(1.7159);
  const slope = f32x4.sub(a, f32x4.mul(f32x4.mul(y, y), f32x4.splat(1.0 / 1.7159)));
  return f32x4.mul(g, f32x4.mul(slope, f32x4.splat(2.0 / 3)));
}

// Multiplies by the factors of a dropout: the input, or the gradient of the output.
@inline
function drop(step: Step, count: i32, from: usize, fromRow: usize, fromStep: usize, to: usize, toRow: usize, toStep: usize): void {
  const row = <usize> (step.width * step.channels) << 2;
  for (let n: usize = 0; n < <usize> count; n++) {
    let p = from + n * fromStep;
    let q = to + n * toStep;
    let mask = step.places + n * step.placesStep;
    for (let left = step.height; left > 0; left--, p += fromRow, q += toRow, mask += row) {
      for (let i: usize = 0; i < row; i += 16) {
        storeUpTo(q + i, f32x4.mul(v128.load(p + i), v128.load(mask + i)), row - i);
      }
    }
  }
}

export function dropoutForward(step: Step, count: i32): void {
  drop(step, count, step.x, step.xRow, step.xStep, step.y, step.yRow, step.yStep);
}

export function dropoutBackward(step: Step, count: i32): void {
  if (step.dx == 0) return;
  drop(step, count, step.dy, step.yRow, step.yStep, step.dx, step.xRow, step.xStep);
}

// Copies numbers from where a table has them; its entries are distances in bytes.
export function copyFrom(table: usize, count: i32, from: usize, to: usize): void {
  for (const end = to + (<usize> count << 2); to < end; to += 4, table += 4) {
    store<f32>(to, load<f32>(from + load<usize>(table)));
  }
}

export function flattenForward(step: Step, count: i32): void {
  for (let n: usize = 0; n < <usize> count; n++) {
    copyFrom(step.places, step.filters, step.x + n * step.xStep, step.y + n * step.yStep);
  }
}

export function flattenBackward(step: Step, count: i32): void {
  if (step.dx == 0) return;
  for (let n: usize = 0; n < <usize> count; n++) {
    const dx = step.dx + n * step.xStep;
    const dy = step.dy + n * step.yStep;
    for (let i: usize = 0; i < <usize> step.filters << 2; i += 4) {
      store<f32>(dx + load<usize>(step.places + i), load<f32>(dy + i));
    }
  }
}
