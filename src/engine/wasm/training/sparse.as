// What a filter's outputs with a gradient add to the gradients of its weights and of the input. A list has for each such
// output its gradient and the address of its window.

import { multiplyAdd } from "../kernels/lanes";
import { Step } from "./step";

// A pooled output has a gradient where it is above this: ReLU has none at 0.
@inline
export function least(step: Step): f32 {
  return step.activation != 0 ? 0 : -Infinity;
}

// Writes an entry, and gives where the next one goes: the same place unless there is a gradient. Cheaper than a branch
// that is taken at random; `g` holds the bits of a number, of which the first is its sign.
@inline
function append(to: usize, g: u32, window: usize): usize {
  store<u32>(to, g);
  store<usize>(to, window, 4);
  return to + (<usize> ((g << 1) != 0) << 3);
}

// Lists the maxima of one filter's blocks, column by column: windows that follow each other in the list do not share
// rows, so that `scatter` does not wait for what it has just stored. Returns the end of the list.
export function listMaxima(step: Step, n: usize, f: usize, x: usize): usize {
  const pixel = <usize> step.filters << 2;
  const lowest = least(step);
  const dy = step.dy - step.y;
  const row = step.yRow;
  const placesRow = <usize> step.outWidth * pixel;
  const rows = <usize> step.outHeight * row;
  let column = step.y + n * step.yStep + (f << 2);
  let place = step.places + n * step.placesStep + (f << 2);
  let to = step.scratch;
  for (let left = step.outWidth; left > 0; left--, column += pixel, place += pixel) {
    let at = place;
    for (let y = column, end = column + rows; y < end; y += row, at += placesRow) {
      const kept = <u32> 0 - <u32> (load<f32>(y) > lowest);
      to = append(to, load<u32>(y + dy) & kept, x + load<usize>(at));
    }
  }
  return to;
}

// Lists all outputs of one filter.
export function listOutputs(step: Step, n: usize, f: usize, x: usize): usize {
  const pixel = <usize> step.filters << 2;
  const window = <usize> step.channels << 2;
  let row = step.dy + n * step.yStep + (f << 2);
  let to = step.scratch;
  for (let left = step.outHeight; left > 0; left--, row += step.yRow, x += step.xRow) {
    let at = x;
    for (let dy = row, end = row + <usize> step.outWidth * pixel; dy < end; dy += pixel) {
      to = append(to, load<u32>(dy), at);
      at += window;
    }
  }
  return to;
}

// The sum of all gradients in a list.
export function sumList(list: usize, end: usize): f32 {
  let sum: f32 = 0;
  for (; list < end; list += 8) sum += load<f32>(list);
  return sum;
}

// Adds gradient × window to a filter's gradient.
export function gather(step: Step, end: usize, gradient: usize): void {
  const list = step.scratch;
  const kernel = step.kernel;
  const vectors = step.vectors;
  if (vectors == 2 && kernel == 5) return gatherFive(list, end, step.xRow, gradient);
  let down: usize = 0;
  for (let ky = 0; ky < kernel; ky++, down += step.xRow) {
    let across = down;
    let left = vectors;
    for (; left >= 8; left -= 8, across += 128, gradient += 128) {
      gatherEight(list, end, across, gradient);
    }
    for (; left >= 2; left -= 2, across += 32, gradient += 32) {
      gatherTwo(list, end, across, gradient);
    }
    if (left > 0) {
      let a = v128.load(gradient);
      for (let l = list; l < end; l += 8) {
        a = multiplyAdd(a, v128.load32_splat(l), v128.load(load<usize>(l, 4) + across));
      }
      v128.store(gradient, a);
      gradient += 16;
    }
  }
}

function gatherEight(list: usize, end: usize, across: usize, gradient: usize): void {
  let a0 = v128.load(gradient), a1 = v128.load(gradient, 16);
  let a2 = v128.load(gradient, 32), a3 = v128.load(gradient, 48);
  let a4 = v128.load(gradient, 64), a5 = v128.load(gradient, 80);
  let a6 = v128.load(gradient, 96), a7 = v128.load(gradient, 112);
  for (let l = list; l < end; l += 8) {
    const g = v128.load32_splat(l);
    const p = load<usize>(l, 4) + across;
    a0 = multiplyAdd(a0, g, v128.load(p));
    a1 = multiplyAdd(a1, g, v128.load(p, 16));
    a2 = multiplyAdd(a2, g, v128.load(p, 32));
    a3 = multiplyAdd(a3, g, v128.load(p, 48));
    a4 = multiplyAdd(a4, g, v128.load(p, 64));
    a5 = multiplyAdd(a5, g, v128.load(p, 80));
    a6 = multiplyAdd(a6, g, v128.load(p, 96));
    a7 = multiplyAdd(a7, g, v128.load(p, 112));
  }
  v128.store(gradient, a0);
  v128.store(gradient, a1, 16);
  v128.store(gradient, a2, 32);
  v128.store(gradient, a3, 48);
  v128.store(gradient, a4, 64);
  v128.store(gradient, a5, 80);
  v128.store(gradient, a6, 96);
  v128.store(gradient, a7, 112);
}

function gatherTwo(list: usize, end: usize, across: usize, gradient: usize): void {
  let a0 = v128.load(gradient), a1 = v128.load(gradient, 16);
  for (let l = list; l < end; l += 8) {
    const g = v128.load32_splat(l);
    const p = load<usize>(l, 4) + across;
    a0 = multiplyAdd(a0, g, v128.load(p));
    a1 = multiplyAdd(a1, g, v128.load(p, 16));
  }
  v128.store(gradient, a0);
  v128.store(gradient, a1, 16);
}

// All of a 5×5 filter with one channel: two vectors in each row, of which the sums must not wait for each other.
function gatherFive(list: usize, end: usize, row: usize, gradient: usize): void {
  let a0 = v128.load(gradient), a1 = v128.load(gradient, 16);
  let b0 = v128.load(gradient, 32), b1 = v128.load(gradient, 48);
  let c0 = v128.load(gradient, 64), c1 = v128.load(gradient, 80);
  let d0 = v128.load(gradient, 96), d1 = v128.load(gradient, 112);
  let e0 = v128.load(gradient, 128), e1 = v128.load(gradient, 144);
  for (let l = list; l < end; l += 8) {
    const g = v128.load32_splat(l);
    let p = load<usize>(l, 4);
    a0 = multiplyAdd(a0, g, v128.load(p));
    a1 = multiplyAdd(a1, g, v128.load(p, 16));
    p += row;
    b0 = multiplyAdd(b0, g, v128.load(p));
    b1 = multiplyAdd(b1, g, v128.load(p, 16));
    p += row;
    c0 = multiplyAdd(c0, g, v128.load(p));
    c1 = multiplyAdd(c1, g, v128.load(p, 16));
    p += row;
    d0 = multiplyAdd(d0, g, v128.load(p));
    d1 = multiplyAdd(d1, g, v128.load(p, 16));
    p += row;
    e0 = multiplyAdd(e0, g, v128.load(p));
    e1 = multiplyAdd(e1, g, v128.load(p, 16));
  }
  v128.store(gradient, a0);
  v128.store(gradient, a1, 16);
  v128.store(gradient, b0, 32);
  v128.store(gradient, b1, 48);
  v128.store(gradient, c0, 64);
  v128.store(gradient, c1, 80);
  v128.store(gradient, d0, 96);
  v128.store(gradient, d1, 112);
  v128.store(gradient, e0, 128);
  v128.store(gradient, e1, 144);
}

// Adds gradient × filter to the windows of the input's gradient, which are `delta` from those of the input. The zeros
// that fill up a row of weights leave what they reach as it is.
export function scatter(step: Step, end: usize, weights: usize, delta: usize): void {
  const list = step.scratch;
  let down = delta;
  for (let ky = 0; ky < step.kernel; ky++, down += step.xRow) {
    let across = down;
    let left = step.vectors;
    for (; left >= 8; left -= 8, across += 128, weights += 128) {
      scatterEight(list, end, across, weights);
    }
    for (; left > 0; left--, across += 16, weights += 16) {
      const w = v128.load(weights);
      for (let l = list; l < end; l += 8) {
        const p = load<usize>(l, 4) + across;
        v128.store(p, multiplyAdd(v128.load(p), v128.load32_splat(l), w));
      }
    }
  }
}

function scatterEight(list: usize, end: usize, across: usize, weights: usize): void {
  const w0 = v128.load(weights), w1 = v128.load(weights, 16);
  const w2 = v128.load(weights, 32), w3 = v128.load(weights, 48);
  const w4 = v128.load(weights, 64), w5 = v128.load(weights, 80);
  const w6 = v128.load(weights, 96), w7 = v128.load(weights, 112);
  for (let l = list; l < end; l += 8) {
    const g = v128.load32_splat(l);
    const p = load<usize>(l, 4) + across;
    v128.store(p, multiplyAdd(v128.load(p), g, w0));
    v128.store(p, multiplyAdd(v128.load(p, 16), g, w1), 16);
    v128.store(p, multiplyAdd(v128.load(p, 32), g, w2), 32);
    v128.store(p, multiplyAdd(v128.load(p, 48), g, w3), 48);
    v128.store(p, multiplyAdd(v128.load(p, 64), g, w4), 64);
    v128.store(p, multiplyAdd(v128.load(p, 80), g, w5), 80);
    v128.store(p, multiplyAdd(v128.load(p, 96), g, w6), 96);
    v128.store(p, multiplyAdd(v128.load(p, 112), g, w7), 112);
  }
}
