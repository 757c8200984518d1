// Convolution with eight filters in the lanes: two rows × two columns of pixels at a time.

import { multiplyAdd } from "../kernels/lanes";
import { storeUpTo } from "./step";

// Weights: for each eight filters, row of the kernel, column and channel, the eight filters' weights. A row of the
// kernel meets as many numbers of the input, which lie together.
//
// With `places` each block becomes its maximum, and what `places` gets is where its window is. The bias is added to the
// maximum only: rounding keeps the order of sums.
export function convolve(
  kernel: i32,
  from: usize,
  fromRow: usize,
  channels: i32,
  weights: usize,
  bias: usize,
  to: usize,
  toRow: usize,
  filters: i32,
  height: i32,
  width: i32,
  places: usize,
  least: v128,
): void {
  const pixel = <usize> channels << 2;
  const span = <usize> (kernel * channels) << 2;
  const rows = <usize> kernel * fromRow;
  const toPixel = <usize> filters << 2;
  for (let y = 0; y < height; y += 2) {
    // Beyond the map the block repeats its last row or column.
    const down: usize = y + 1 < height ? fromRow : 0;
    for (let x = 0; x < width; x += 2) {
      const right: usize = x + 1 < width ? pixel : 0;
      const corner = <usize> y * fromRow + <usize> x * pixel;
      let w = weights;
      for (let f: usize = 0; f < toPixel; f += 32) {
        let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0;
        let b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        for (let r = from + corner, stop = r + rows; r < stop; r += fromRow) {
          for (let p = r, end = r + span; p < end; p += 4) {
            const q = p + down;
            const i0 = v128.load32_splat(p);
            const i1 = v128.load32_splat(p + right);
            const i2 = v128.load32_splat(q);
            const i3 = v128.load32_splat(q + right);
            let v = v128.load(w);
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
        const left = toPixel - f;
        const c = v128.load(bias + f);
        const d = v128.load(bias + f, 16);
        if (places != 0) {
          const at = <usize> (y >> 1) * toRow + <usize> (x >> 1) * toPixel + f;
          const place = places + <usize> ((y >> 1) * (width >> 1) + (x >> 1)) * toPixel + f;
          pool(a0, a1, a2, a3, c, least, corner, pixel, fromRow, to + at, place, left);
          if (left > 16) {
            const next = to + at + 16;
            pool(b0, b1, b2, b3, d, least, corner, pixel, fromRow, next, place + 16, left - 16);
          }
        } else {
          const at = to + <usize> y * toRow + <usize> x * toPixel + f;
          const across: usize = right == 0 ? 0 : toPixel;
          const under: usize = down == 0 ? 0 : toRow;
          store(at, a0, b0, c, d, left);
          store(at + across, a1, b1, c, d, left);
          store(at + under, a2, b2, c, d, left);
          store(at + under + across, a3, b3, c, d, left);
        }
      }
    }
  }
}

@inline
function store(to: usize, a: v128, b: v128, c: v128, d: v128, left: usize): void {
  storeUpTo(to, f32x4.add(a, c), left);
  if (left > 16) storeUpTo(to + 16, f32x4.add(b, d), left - 16);
}

// The first maximum of four, row by row.
@inline
function pool(
  v0: v128,
  v1: v128,
  v2: v128,
  v3: v128,
  bias: v128,
  least: v128,
  corner: usize,
  pixel: usize,
  row: usize,
  to: usize,
  place: usize,
  left: usize,
): void {
  let at = i32x4.splat(corner);
  let is = f32x4.lt(v0, v1);
  at = v128.bitselect(i32x4.splat(corner + pixel), at, is);
  v0 = f32x4.pmax(v0, v1);
  is = f32x4.lt(v0, v2);
  at = v128.bitselect(i32x4.splat(corner + row), at, is);
  v0 = f32x4.pmax(v0, v2);
  is = f32x4.lt(v0, v3);
  at = v128.bitselect(i32x4.splat(corner + row + pixel), at, is);
  v0 = f32x4.pmax(v0, v3);
  storeUpTo(to, f32x4.pmax(f32x4.add(v0, bias), least), left);
  storeUpTo(place, at, left);
}
