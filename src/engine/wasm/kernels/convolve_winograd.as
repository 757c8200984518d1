// Convolution with a kernel five rows high by Winograd's minimal filtering (Arithmetic Complexity of Computations, 1980;
// Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2016): two rows of outputs out of six rows of
// inputs with six multiplications for each column of the kernel and channel, where sums of products take ten.
//
// With d the six inputs in a column and g the kernel's five weights in a column, the two outputs are
// A [(G g) · (B d)], and the sums over columns and channels come before A. For the points 0, 1, −1, 2, −2 and ∞:
//
//       4  0 −5  0  1  0          1/4    0     0     0     0
//       0 −4 −4  1  1  0         −1/6  −1/6  −1/6  −1/6  −1/6
//   B = 0  4 −4 −1  1  0     G = −1/6   1/6  −1/6   1/6  −1/6     A = 1  1  1  1  1  0
//       0 −2 −1  2  1  0         1/24  1/12   1/6   1/3   2/3         0  1 −1  2 −2  1
//       0  2 −1 −2  1  0         1/24 −1/12   1/6  −1/3   2/3
//       0  4  0 −5  0  1           0     0     0     0     1
//
// Rounding errors grow about twofold. B d is computed here for the whole image, G g when the net is loaded.

import { finishBlock } from "./finish_block";
import { multiplyAdd } from "./lanes";
import { Op } from "./op";

// What each of the six products adds to the lower of the two outputs.
const LOWER = memory.data<f32>([0, 1, -1, 2, -2, 1]);

// Two blocks of two rows × two columns × eight filters at a time, product after product: eight accumulators. Weights:
// for each eight filters, product, channel and column, the eight filters' weights. A map with an odd number of blocks
// has its last one computed twice; in one of odd height or width the last blocks reach beyond it, and what they compute
// there is not kept. Kernels are always five columns wide here; for the ways out see `convolve_columns.as`.
export function convolveWinograd(op: Op, input: usize, output: usize): void {
  liftRows(op, input);
  const kernel = op.kernel;
  const row = liftedRow(op);
  const channel = row * 6;
  const channels = <usize> op.channels * channel;
  const across = (op.width + 1) >> 1;
  const last = across * ((op.height + 1) >> 1) - 1;
  let weights = op.weights;
  let bias = op.bias;
  for (let block = op.blocks; block > 0; block--) {
    let w = weights;
    for (let first = 0; first <= last; first += 2) {
      const second = min(first + 1, last);
      const firstY = first / across << 1;
      const firstX = first % across << 1;
      const secondY = second / across << 1;
      const secondX = second % across << 1;
      let corner = op.scratch + <usize> (firstY >> 1) * channels + (<usize> firstX << 2);
      const other = op.scratch + <usize> (secondY >> 1) * channels + (<usize> secondX << 2);
      const apart = other - corner;
      // The upper left, upper right, lower left and lower right of the first block (first four filters, last four) and
      // of the second.
      let k0 = v128.load(bias), k1 = k0, k2 = k0, k3 = k0, m0 = k0, m1 = k0, m2 = k0, m3 = k0;
      let l0 = v128.load(bias, 16), l1 = l0, l2 = l0, l3 = l0, n0 = l0, n1 = l0, n2 = l0, n3 = l0;
      w = weights;
      for (let product = 0; product < 6; product++) {
        // The left and right of the first block and of the second.
        let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0;
        let b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        let v: v128;
        for (let p = corner, end = corner + channels; p < end; p += channel) {
          const q = p + apart;
          let p0 = v128.load32_splat(p), q0 = v128.load32_splat(q);
          let p1 = v128.load32_splat(p, 4), q1 = v128.load32_splat(q, 4);
          v = v128.load(w);
          a0 = multiplyAdd(a0, v, p0);
          a1 = multiplyAdd(a1, v, p1);
          a2 = multiplyAdd(a2, v, q0);
          a3 = multiplyAdd(a3, v, q1);
          v = v128.load(w, 16);
          b0 = multiplyAdd(b0, v, p0);
          b1 = multiplyAdd(b1, v, p1);
          b2 = multiplyAdd(b2, v, q0);
          b3 = multiplyAdd(b3, v, q1);
          w += 32;
          if (kernel == 1) continue;
          p0 = v128.load32_splat(p, 8), q0 = v128.load32_splat(q, 8);
          v = v128.load(w);
          a0 = multiplyAdd(a0, v, p1);
          a1 = multiplyAdd(a1, v, p0);
          a2 = multiplyAdd(a2, v, q1);
          a3 = multiplyAdd(a3, v, q0);
          v = v128.load(w, 16);
          b0 = multiplyAdd(b0, v, p1);
          b1 = multiplyAdd(b1, v, p0);
          b2 = multiplyAdd(b2, v, q1);
          b3 = multiplyAdd(b3, v, q0);
          w += 32;
          if (kernel == 2) continue;
          p1 = v128.load32_splat(p, 12), q1 = v128.load32_splat(q, 12);
          v = v128.load(w);
          a0 = multiplyAdd(a0, v, p0);
          a1 = multiplyAdd(a1, v, p1);
          a2 = multiplyAdd(a2, v, q0);
          a3 = multiplyAdd(a3, v, q1);
          v = v128.load(w, 16);
          b0 = multiplyAdd(b0, v, p0);
          b1 = multiplyAdd(b1, v, p1);
          b2 = multiplyAdd(b2, v, q0);
          b3 = multiplyAdd(b3, v, q1);
          w += 32;
          if (kernel == 3) continue;
          p0 = v128.load32_splat(p, 16), q0 = v128.load32_splat(q, 16);
          v = v128.load(w);
          a0 = multiplyAdd(a0, v, p1);
          a1 = multiplyAdd(a1, v, p0);
          a2 = multiplyAdd(a2, v, q1);
          a3 = multiplyAdd(a3, v, q0);
          v = v128.load(w, 16);
          b0 = multiplyAdd(b0, v, p1);
          b1 = multiplyAdd(b1, v, p0);
          b2 = multiplyAdd(b2, v, q1);
          b3 = multiplyAdd(b3, v, q0);
          w += 32;
          if (kernel == 4) continue;
          p1 = v128.load32_splat(p, 20), q1 = v128.load32_splat(q, 20);
          v = v128.load(w);
          a0 = multiplyAdd(a0, v, p0);
          a1 = multiplyAdd(a1, v, p1);
          a2 = multiplyAdd(a2, v, q0);
          a3 = multiplyAdd(a3, v, q1);
          v = v128.load(w, 16);
          b0 = multiplyAdd(b0, v, p0);
          b1 = multiplyAdd(b1, v, p1);
          b2 = multiplyAdd(b2, v, q0);
          b3 = multiplyAdd(b3, v, q1);
          w += 32;
        }
        if (product < 5) {
          k0 = f32x4.add(k0, a0);
          k1 = f32x4.add(k1, a1);
          l0 = f32x4.add(l0, b0);
          l1 = f32x4.add(l1, b1);
          m0 = f32x4.add(m0, a2);
          m1 = f32x4.add(m1, a3);
          n0 = f32x4.add(n0, b2);
          n1 = f32x4.add(n1, b3);
        }
        if (product > 0) {
          const share = v128.load32_splat(LOWER + (<usize> product << 2));
          k2 = multiplyAdd(k2, a0, share);
          k3 = multiplyAdd(k3, a1, share);
          l2 = multiplyAdd(l2, b0, share);
          l3 = multiplyAdd(l3, b1, share);
          m2 = multiplyAdd(m2, a2, share);
          m3 = multiplyAdd(m3, a3, share);
          n2 = multiplyAdd(n2, b2, share);
          n3 = multiplyAdd(n3, b3, share);
        }
        corner += row;
      }
      finishBlock(op, output, firstY, firstX, k0, k1, k2, k3, l0, l1, l2, l3);
      finishBlock(op, output, secondY, secondX, m0, m1, m2, m3, n0, n1, n2, n3);
    }
    weights = w;
    bias += 32;
    output += op.outputPlane << 3;
  }
}

// A lifted row, in bytes: padded to whole vectors.
@inline
function liftedRow(op: Op): usize {
  return (op.inputRow + 15) & ~15;
}

// Computes B d: for each pair of rows and channel, six rows.
function liftRows(op: Op, input: usize): void {
  const row = op.inputRow;
  const lifted = liftedRow(op);
  let to = op.scratch;
  for (let y = 0; y < op.height; y += 2) {
    let from = input + <usize> y * row;
    for (let c = 0; c < op.channels; c++) {
      for (let x: usize = 0; x < row; x += 16) {
        let p = from + x;
        const d0 = v128.load(p);
        p += row;
        const d1 = v128.load(p);
        p += row;
        const d2 = v128.load(p);
        p += row;
        const d3 = v128.load(p);
        p += row;
        const d4 = v128.load(p);
        p += row;
        const d5 = v128.load(p);
        const four = f32x4.splat(4);
        const five = f32x4.splat(5);
        const even = f32x4.sub(d4, f32x4.mul(four, d2));
        const odd = f32x4.sub(d3, f32x4.mul(four, d1));
        const near = f32x4.sub(d4, d2);
        const far = f32x4.sub(d3, d1);
        const twice = f32x4.add(far, far);
        let q = to + x;
        v128.store(q, f32x4.add(f32x4.sub(f32x4.mul(four, d0), f32x4.mul(five, d2)), d4));
        q += lifted;
        v128.store(q, f32x4.add(even, odd));
        q += lifted;
        v128.store(q, f32x4.sub(even, odd));
        q += lifted;
        v128.store(q, f32x4.add(near, twice));
        q += lifted;
        v128.store(q, f32x4.sub(near, twice));
        q += lifted;
        v128.store(q, f32x4.add(f32x4.sub(f32x4.mul(four, d1), f32x4.mul(five, d3)), d5));
      }
      from += op.inputPlane;
      to += lifted * 6;
    }
  }
}
