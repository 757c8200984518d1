// Convolution with four neighbouring columns in the lanes: for kernels of up to 5×5 and maps whose width is near a
// multiple of four, whatever the number of filters.

import { activate } from "./activation";
import { evens, larger, multiplyAdd, odds } from "./lanes";
import { Op, POOL_AVERAGE_FIRST, POOL_MAX, POOL_NONE } from "./op";

// Four rows × four columns × two filters at a time: eight accumulators, and each input that is read serves up to four
// rows. Weights: for each pair of filters, channel, column and row, one filter's weight in four lanes, then the
// other's.
//
// A sum begins with the bias and takes its terms in this order wherever its block lies, so the last blocks of a map may
// lie over those before them: what is computed twice is the same.
//
// After each row of the kernel comes the way out for kernels that are not larger. It also holds optimizers to this
// order, in which everything fits 15 registers; free to move multiplications past each other, they fill the stack.
export function convolveColumns(op: Op, input: usize, output: usize): void {
  const kernel = op.kernel;
  const side = <usize> kernel << 2;
  const row = op.inputRow;
  const plane = op.inputPlane;
  const planes = <usize> op.channels * plane;
  const height = op.height;
  const width = op.width;
  const outputRow = op.outputRow;
  const outputPlane = op.outputPlane;
  const activation = op.activation;
  const pool = op.pool;
  const halved: usize = pool == POOL_NONE ? 0 : 1;
  let weights = op.weights;
  let bias = op.bias;
  for (let block = op.blocks; block > 0; block--) {
    let w = weights;
    for (let top = 0; top < height; top += 4) {
      const y = <usize> min(top, height - 4);
      for (let left = 0; left < width; left += 4) {
        const x = <usize> min(left, width - 4) << 2;
        // Row r of the first filter and of the second.
        let a0 = v128.load32_splat(bias), a1 = a0, a2 = a0, a3 = a0;
        let b0 = v128.load32_splat(bias, 4), b1 = b0, b2 = b0, b3 = b0;
        let v: v128;
        w = weights;
        const corner = input + y * row + x;
        for (let c = corner, end = corner + planes; c < end; c += plane) {
          // One column of the kernel: its rows move down over the input's.
          for (let column = c, edge = c + side; column < edge; column += 4) {
            let p = column;
            let i0 = v128.load(p);
            p += row;
            let i1 = v128.load(p);
            p += row;
            let i2 = v128.load(p);
            p += row;
            let i3 = v128.load(p);
            v = v128.load(w);
            a0 = multiplyAdd(a0, v, i0);
            a1 = multiplyAdd(a1, v, i1);
            a2 = multiplyAdd(a2, v, i2);
            a3 = multiplyAdd(a3, v, i3);
            v = v128.load(w, 16);
            b0 = multiplyAdd(b0, v, i0);
            b1 = multiplyAdd(b1, v, i1);
            b2 = multiplyAdd(b2, v, i2);
            b3 = multiplyAdd(b3, v, i3);
            w += 32;
            if (kernel == 1) continue;
            p += row;
            i0 = v128.load(p);
            v = v128.load(w);
            a0 = multiplyAdd(a0, v, i1);
            a1 = multiplyAdd(a1, v, i2);
            a2 = multiplyAdd(a2, v, i3);
            a3 = multiplyAdd(a3, v, i0);
            v = v128.load(w, 16);
            b0 = multiplyAdd(b0, v, i1);
            b1 = multiplyAdd(b1, v, i2);
            b2 = multiplyAdd(b2, v, i3);
            b3 = multiplyAdd(b3, v, i0);
            w += 32;
            if (kernel == 2) continue;
            p += row;
            i1 = v128.load(p);
            v = v128.load(w);
            a0 = multiplyAdd(a0, v, i2);
            a1 = multiplyAdd(a1, v, i3);
            a2 = multiplyAdd(a2, v, i0);
            a3 = multiplyAdd(a3, v, i1);
            v = v128.load(w, 16);
            b0 = multiplyAdd(b0, v, i2);
            b1 = multiplyAdd(b1, v, i3);
            b2 = multiplyAdd(b2, v, i0);
            b3 = multiplyAdd(b3, v, i1);
            w += 32;
            if (kernel == 3) continue;
            p += row;
            i2 = v128.load(p);
            v = v128.load(w);
            a0 = multiplyAdd(a0, v, i3);
            a1 = multiplyAdd(a1, v, i0);
            a2 = multiplyAdd(a2, v, i1);
            a3 = multiplyAdd(a3, v, i2);
            v = v128.load(w, 16);
            b0 = multiplyAdd(b0, v, i3);
            b1 = multiplyAdd(b1, v, i0);
            b2 = multiplyAdd(b2, v, i1);
            b3 = multiplyAdd(b3, v, i2);
            w += 32;
            if (kernel == 4) continue;
            p += row;
            i3 = v128.load(p);
            v = v128.load(w);
            a0 = multiplyAdd(a0, v, i0);
            a1 = multiplyAdd(a1, v, i1);
            a2 = multiplyAdd(a2, v, i2);
            a3 = multiplyAdd(a3, v, i3);
            v = v128.load(w, 16);
            b0 = multiplyAdd(b0, v, i0);
            b1 = multiplyAdd(b1, v, i1);
            b2 = multiplyAdd(b2, v, i2);
            b3 = multiplyAdd(b3, v, i3);
            w += 32;
          }
        }
        const to = output + (y >> halved) * outputRow + (x >> halved);
        finish(to, outputRow, pool, activation, a0, a1, a2, a3);
        finish(to + outputPlane, outputRow, pool, activation, b0, b1, b2, b3);
      }
    }
    weights = w;
    bias += 8;
    output += outputPlane << 1;
  }
}

// Activates and pools one filter's four rows of four columns, and stores them.
@inline
function finish(
  output: usize,
  row: usize,
  pool: u32,
  activation: u32,
  r0: v128,
  r1: v128,
  r2: v128,
  r3: v128,
): void {
  if (pool == POOL_MAX) {
    // The activations never fall, so the largest may be taken first.
    const upper = larger(r0, r1);
    const lower = larger(r2, r3);
    const pooled = activate(larger(evens(upper, lower), odds(upper, lower)), activation);
    v128.store64_lane(output, pooled, 0);
    v128.store64_lane(output + row, pooled, 1);
    return;
  }
  if (pool != POOL_AVERAGE_FIRST) {
    r0 = activate(r0, activation);
    r1 = activate(r1, activation);
    r2 = activate(r2, activation);
    r3 = activate(r3, activation);
  }
  if (pool == POOL_NONE) {
    v128.store(output, r0);
    v128.store(output + row, r1);
    v128.store(output + row * 2, r2);
    v128.store(output + row * 3, r3);
    return;
  }
  const upper = f32x4.add(r0, r1);
  const lower = f32x4.add(r2, r3);
  const sum = f32x4.add(evens(upper, lower), odds(upper, lower));
  let pooled = f32x4.mul(sum, f32x4.splat(0.25));
  if (pool == POOL_AVERAGE_FIRST) pooled = activate(pooled, activation);
  v128.store64_lane(output, pooled, 0);
  v128.store64_lane(output + row, pooled, 1);
}
