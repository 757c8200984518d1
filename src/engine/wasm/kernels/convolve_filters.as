// Convolution with four filters in the lanes: for kernels and maps of any size.

import { finishBlock } from "./finish_block";
import { multiplyAdd } from "./lanes";
import { Op } from "./op";

// How many rows of the kernel are unrolled; larger kernels go in parts.
export const TAPS: i32 = 5;

// Two rows × two columns × eight filters at a time: eight accumulators. Weights: for each eight filters, part of the
// kernel, channel, column and row, the eight filters' weights. In a map of odd height or width the last blocks reach
// beyond it; what they compute there is not kept. For the ways out see `convolve_columns.as`.
export function convolveFilters(op: Op, input: usize, output: usize): void {
  const kernel = op.kernel;
  const side = <usize> kernel << 2;
  const row = op.inputRow;
  const plane = op.inputPlane;
  const planes = <usize> op.channels * plane;
  const height = op.height;
  const width = op.width;
  let weights = op.weights;
  let bias = op.bias;
  for (let block = op.blocks; block > 0; block--) {
    let w = weights;
    for (let y = 0; y < height; y += 2) {
      for (let x = 0; x < width; x += 2) {
        // The upper left, upper right, lower left and lower right of the first four filters and of the last four.
        let a0 = v128.load(bias), a1 = a0, a2 = a0, a3 = a0;
        let b0 = v128.load(bias, 16), b1 = b0, b2 = b0, b3 = b0;
        let v: v128;
        w = weights;
        let corner = input + <usize> y * row + (<usize> x << 2);
        for (let part = 0; part < kernel; part += TAPS) {
          const taps = min(kernel - part, TAPS);
          for (let c = corner, end = corner + planes; c < end; c += plane) {
            // One column of the kernel: its rows move down over the input's.
            for (let column = c, edge = c + side; column < edge; column += 4) {
              let p = column;
              let p0 = v128.load32_splat(p), q0 = v128.load32_splat(p, 4);
              p += row;
              let p1 = v128.load32_splat(p), q1 = v128.load32_splat(p, 4);
              v = v128.load(w);
              a0 = multiplyAdd(a0, v, p0);
              a1 = multiplyAdd(a1, v, q0);
              a2 = multiplyAdd(a2, v, p1);
              a3 = multiplyAdd(a3, v, q1);
              v = v128.load(w, 16);
              b0 = multiplyAdd(b0, v, p0);
              b1 = multiplyAdd(b1, v, q0);
              b2 = multiplyAdd(b2, v, p1);
              b3 = multiplyAdd(b3, v, q1);
              w += 32;
              if (taps == 1) continue;
              p += row;
              p0 = v128.load32_splat(p), q0 = v128.load32_splat(p, 4);
              v = v128.load(w);
              a0 = multiplyAdd(a0, v, p1);
              a1 = multiplyAdd(a1, v, q1);
              a2 = multiplyAdd(a2, v, p0);
              a3 = multiplyAdd(a3, v, q0);
              v = v128.load(w, 16);
              b0 = multiplyAdd(b0, v, p1);
              b1 = multiplyAdd(b1, v, q1);
              b2 = multiplyAdd(b2, v, p0);
              b3 = multiplyAdd(b3, v, q0);
              w += 32;
              if (taps == 2) continue;
              p += row;
              p1 = v128.load32_splat(p), q1 = v128.load32_splat(p, 4);
              v = v128.load(w);
              a0 = multiplyAdd(a0, v, p0);
              a1 = multiplyAdd(a1, v, q0);
              a2 = multiplyAdd(a2, v, p1);
              a3 = multiplyAdd(a3, v, q1);
              v = v128.load(w, 16);
              b0 = multiplyAdd(b0, v, p0);
              b1 = multiplyAdd(b1, v, q0);
              b2 = multiplyAdd(b2, v, p1);
              b3 = multiplyAdd(b3, v, q1);
              w += 32;
              if (taps == 3) continue;
              p += row;
              p0 = v128.load32_splat(p), q0 = v128.load32_splat(p, 4);
              v = v128.load(w);
              a0 = multiplyAdd(a0, v, p1);
              a1 = multiplyAdd(a1, v, q1);
              a2 = multiplyAdd(a2, v, p0);
              a3 = multiplyAdd(a3, v, q0);
              v = v128.load(w, 16);
              b0 = multiplyAdd(b0, v, p1);
              b1 = multiplyAdd(b1, v, q1);
              b2 = multiplyAdd(b2, v, p0);
              b3 = multiplyAdd(b3, v, q0);
              w += 32;
              if (taps == 4) continue;
              p += row;
              p1 = v128.load32_splat(p), q1 = v128.load32_splat(p, 4);
              v = v128.load(w);
              a0 = multiplyAdd(a0, v, p0);
              a1 = multiplyAdd(a1, v, q0);
              a2 = multiplyAdd(a2, v, p1);
              a3 = multiplyAdd(a3, v, q1);
              v = v128.load(w, 16);
              b0 = multiplyAdd(b0, v, p0);
              b1 = multiplyAdd(b1, v, q0);
              b2 = multiplyAdd(b2, v, p1);
              b3 = multiplyAdd(b3, v, q1);
              w += 32;
            }
          }
          corner += TAPS * row;
        }
        finishBlock(op, output, y, x, a0, a1, a2, a3, b0, b1, b2, b3);
      }
    }
    weights = w;
    bias += 32;
    output += op.outputPlane << 3;
  }
}
