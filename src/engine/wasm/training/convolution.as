// Convolutions in training: with max pooling, of which only the largest of each four outputs has a gradient, and without.

import { multiplyAdd } from "../kernels/lanes";
import { convolve } from "./convolve";
import { convolveColumns } from "./convolve_columns";
import { gather, least, listMaxima, listOutputs, scatter, sumList } from "./sparse";
import { Step } from "./step";

export function convolutionForward(step: Step, count: i32): void {
  const places = step.places;
  const pooled = places != 0 ? 1 : 0;
  const height = step.outHeight << pooled;
  const width = step.outWidth << pooled;
  const lowest = f32x4.splat(least(step));
  for (let n: usize = 0; n < <usize> count; n++) {
    const x = step.x + n * step.xStep;
    const y = step.y + n * step.yStep;
    const p = places + n * step.placesStep;
    if (step.isColumns != 0) {
      convolveColumns(
        step.kernel,
        x,
        step.xRow,
        step.packed,
        step.bias,
        y,
        step.yRow,
        step.filters,
        height,
        width,
        p,
        lowest,
      );
    } else {
      convolve(
        step.kernel,
        x,
        step.xRow,
        step.channels,
        step.packed,
        step.bias,
        y,
        step.yRow,
        step.filters,
        height,
        width,
        p,
        lowest,
      );
    }
  }
}

export function convolutionBackward(step: Step, count: i32): void {
  const pooled = step.places != 0;
  const height = pooled ? step.outHeight << 1 : step.outHeight;
  const windows = <usize> (height + step.kernel - 1) * step.xRow;
  for (let n: usize = 0; n < <usize> count; n++) {
    if (step.dx != 0) memory.fill(step.dx + n * step.xStep, 0, windows);
    if (pooled) pooledBackward(step, n);
    else fullBackward(step, n);
  }
}

// The gradients of weights, bias and input, from those outputs alone that have one: for each filter a list of them with
// the windows that they come from.
function pooledBackward(step: Step, n: usize): void {
  const x = step.x + n * step.xStep;
  const dx = step.dx + n * step.xStep;
  const filter = filterBytes(step);
  for (let f: usize = 0; f < <usize> step.filters; f++) {
    const end = listMaxima(step, n, f, x);
    const weights = step.weights + f * filter;
    if (step.isTrained != 0) {
      addToBias(step, f, sumList(step.scratch, end));
      gather(step, end, weights + step.gradients);
    }
    if (step.dx != 0) scatter(step, end, weights, dx - x);
  }
}

// The same from all outputs.
function fullBackward(step: Step, n: usize): void {
  const x = step.x + n * step.xStep;
  const dy = step.dy + n * step.yStep;
  if (step.isTrained != 0) {
    const gradients = step.weights + step.gradients;
    const filter = filterBytes(step);
    let f: usize = 0;
    // Pairs of vectors of four filters; what is left goes through lists.
    if ((step.vectors & 1) == 0) {
      for (; f + 4 <= <usize> step.filters; f += 4) {
        gatherFilters(step, x, dy + (f << 2), gradients + f * filter);
        const bias = step.bias + step.gradients + (f << 2);
        v128.store(bias, f32x4.add(v128.load(bias), sumFilters(step, dy + (f << 2))));
      }
    }
    for (; f < <usize> step.filters; f++) {
      const end = listOutputs(step, n, f, x);
      addToBias(step, f, sumList(step.scratch, end));
      gather(step, end, gradients + f * filter);
    }
  }
  if (step.dx != 0) scatterOutputs(step, dy, step.dx + n * step.xStep);
}

@inline
function filterBytes(step: Step): usize {
  return <usize> (step.kernel * step.vectors) << 4;
}

@inline
function addToBias(step: Step, f: usize, sum: f32): void {
  const bias = step.bias + step.gradients + (f << 2);
  store<f32>(bias, load<f32>(bias) + sum);
}

// The sum of four filters' gradients over all pixels.
function sumFilters(step: Step, dy: usize): v128 {
  const pixel = <usize> step.filters << 2;
  const row = <usize> step.outWidth * pixel;
  let sum = f32x4.splat(0);
  for (let left = step.outHeight; left > 0; left--, dy += step.yRow) {
    for (let d = dy, end = dy + row; d < end; d += pixel) sum = f32x4.add(sum, v128.load(d));
  }
  return sum;
}

// Adds gradient × window to the gradients of four filters: two vectors of their weights at a time.
function gatherFilters(step: Step, x: usize, dy: usize, gradient: usize): void {
  const window = <usize> step.channels << 2;
  const pixel = <usize> step.filters << 2;
  const row = <usize> step.outWidth * pixel;
  const xRow = step.xRow;
  const yRow = step.yRow;
  const height = step.outHeight;
  const filter = filterBytes(step);
  for (let ky = 0; ky < step.kernel; ky++, x += xRow) {
    for (let across: usize = 0; across < <usize> step.vectors << 4; across += 32, gradient += 32) {
      const g1 = gradient + filter;
      const g2 = g1 + filter;
      const g3 = g2 + filter;
      let a0 = v128.load(gradient), b0 = v128.load(gradient, 16);
      let a1 = v128.load(g1), b1 = v128.load(g1, 16);
      let a2 = v128.load(g2), b2 = v128.load(g2, 16);
      let a3 = v128.load(g3), b3 = v128.load(g3, 16);
      let from = x + across;
      let out = dy;
      for (let left = height; left > 0; left--, from += xRow, out += yRow) {
        let p = from;
        for (let d = out, end = out + row; d < end; d += pixel, p += window) {
          const u = v128.load(p);
          const v = v128.load(p, 16);
          let g = v128.load32_splat(d);
          a0 = multiplyAdd(a0, g, u);
          b0 = multiplyAdd(b0, g, v);
          g = v128.load32_splat(d, 4);
          a1 = multiplyAdd(a1, g, u);
          b1 = multiplyAdd(b1, g, v);
          g = v128.load32_splat(d, 8);
          a2 = multiplyAdd(a2, g, u);
          b2 = multiplyAdd(b2, g, v);
          g = v128.load32_splat(d, 12);
          a3 = multiplyAdd(a3, g, u);
          b3 = multiplyAdd(b3, g, v);
        }
      }
      v128.store(gradient, a0);
      v128.store(gradient, b0, 16);
      v128.store(g1, a1);
      v128.store(g1, b1, 16);
      v128.store(g2, a2);
      v128.store(g2, b2, 16);
      v128.store(g3, a3);
      v128.store(g3, b3, 16);
    }
  }
}

// Adds the sum of gradient × filter to the window of each output in the input's gradient: two outputs of a row and four
// vectors at a time. The zeros that fill up a row of weights leave what they reach as it is.
function scatterOutputs(step: Step, dy: usize, dx: usize): void {
  const window = <usize> step.channels << 2;
  const pixel = <usize> step.filters << 2;
  const span = <usize> step.vectors << 4;
  const filter = filterBytes(step);
  for (let top = 0; top < step.outHeight; top++, dy += step.yRow, dx += step.xRow) {
    let to = dx;
    let weights = step.weights;
    for (let ky = 0; ky < step.kernel; ky++, to += step.xRow, weights += span) {
      let at = to;
      let d = dy;
      let left = step.outWidth;
      for (; left >= 2; left -= 2, d += pixel << 1, at += window << 1) {
        let across: usize = 0;
        for (; across + 64 <= span; across += 64) {
          scatterTwo(d, pixel, weights + across, filter, at + across, window);
        }
        for (; across < span; across += 16) {
          scatterOne(d, pixel, weights + across, filter, at + across);
          scatterOne(d + pixel, pixel, weights + across, filter, at + across + window);
        }
      }
      if (left == 0) continue;
      for (let across: usize = 0; across < span; across += 16) {
        scatterOne(d, pixel, weights + across, filter, at + across);
      }
    }
  }
}

@inline
function scatterTwo(d: usize, pixel: usize, w: usize, filter: usize, to: usize, window: usize): void {
  let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0;
  let b0 = a0, b1 = a0, b2 = a0, b3 = a0;
  for (let p = d, end = d + pixel; p < end; p += 4, w += filter) {
    const g = v128.load32_splat(p);
    const h = v128.load32_splat(p + pixel);
    let v = v128.load(w);
    a0 = multiplyAdd(a0, g, v);
    b0 = multiplyAdd(b0, h, v);
    v = v128.load(w, 16);
    a1 = multiplyAdd(a1, g, v);
    b1 = multiplyAdd(b1, h, v);
    v = v128.load(w, 32);
    a2 = multiplyAdd(a2, g, v);
    b2 = multiplyAdd(b2, h, v);
    v = v128.load(w, 48);
    a3 = multiplyAdd(a3, g, v);
    b3 = multiplyAdd(b3, h, v);
  }
  add(to, a0, a1, a2, a3);
  add(to + window, b0, b1, b2, b3);
}

@inline
function add(to: usize, v0: v128, v1: v128, v2: v128, v3: v128): void {
  v128.store(to, f32x4.add(v128.load(to), v0));
  v128.store(to, f32x4.add(v128.load(to, 16), v1), 16);
  v128.store(to, f32x4.add(v128.load(to, 32), v2), 32);
  v128.store(to, f32x4.add(v128.load(to, 48), v3), 48);
}

function scatterOne(d: usize, pixel: usize, w: usize, filter: usize, to: usize): void {
  let sum = f32x4.splat(0);
  for (const end = d + pixel; d < end; d += 4, w += filter) {
    sum = multiplyAdd(sum, v128.load32_splat(d), v128.load(w));
  }
  v128.store(to, f32x4.add(v128.load(to), sum));
}
