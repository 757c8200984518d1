// Convolution of images of one channel with four neighbouring columns in the lanes: no lane is wasted on filters that
// there are not. For kernels of up to 5×5 and maps of at least 4×4.

import { evens, larger, multiplyAdd, odds } from "../kernels/lanes";

// Four rows × four columns × two filters at a time, as in `../kernels/convolve_columns.as`. Weights: for each pair of
// filters, column and row, one filter's weight, then the other's. The last blocks of a map may lie over those before
// them: what is computed twice is the same. The parameters are those of `convolve`.
export function convolveColumns(
  kernel: i32,
  from: usize,
  row: usize,
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
  const side = <usize> kernel << 2;
  const toPixel = <usize> filters << 2;
  const placesRow = toPixel * <usize> (width >> 1);
  let w = weights;
  for (let f = 0; f < filters; f += 2) {
    const c = v128.load32_splat(bias);
    const d = v128.load32_splat(bias, 4);
    for (let top = 0; top < height; top += 4) {
      const y = <usize> min(top, height - 4);
      for (let left = 0; left < width; left += 4) {
        const x = <usize> min(left, width - 4);
        const corner = y * row + (x << 2);
        let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0;
        let b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        let v: v128;
        w = weights;
        for (let column = from + corner, edge = column + side; column < edge; column += 4) {
          let p = column;
          let i0 = v128.load(p);
          p += row;
          let i1 = v128.load(p);
          p += row;
          let i2 = v128.load(p);
          p += row;
          let i3 = v128.load(p);
          v = v128.load32_splat(w);
          a0 = multiplyAdd(a0, v, i0);
          a1 = multiplyAdd(a1, v, i1);
          a2 = multiplyAdd(a2, v, i2);
          a3 = multiplyAdd(a3, v, i3);
          v = v128.load32_splat(w, 4);
          b0 = multiplyAdd(b0, v, i0);
          b1 = multiplyAdd(b1, v, i1);
          b2 = multiplyAdd(b2, v, i2);
          b3 = multiplyAdd(b3, v, i3);
          w += 8;
          if (kernel == 1) continue;
          p += row;
          i0 = v128.load(p);
          v = v128.load32_splat(w);
          a0 = multiplyAdd(a0, v, i1);
          a1 = multiplyAdd(a1, v, i2);
          a2 = multiplyAdd(a2, v, i3);
          a3 = multiplyAdd(a3, v, i0);
          v = v128.load32_splat(w, 4);
          b0 = multiplyAdd(b0, v, i1);
          b1 = multiplyAdd(b1, v, i2);
          b2 = multiplyAdd(b2, v, i3);
          b3 = multiplyAdd(b3, v, i0);
          w += 8;
          if (kernel == 2) continue;
          p += row;
          i1 = v128.load(p);
          v = v128.load32_splat(w);
          a0 = multiplyAdd(a0, v, i2);
          a1 = multiplyAdd(a1, v, i3);
          a2 = multiplyAdd(a2, v, i0);
          a3 = multiplyAdd(a3, v, i1);
          v = v128.load32_splat(w, 4);
          b0 = multiplyAdd(b0, v, i2);
          b1 = multiplyAdd(b1, v, i3);
          b2 = multiplyAdd(b2, v, i0);
          b3 = multiplyAdd(b3, v, i1);
          w += 8;
          if (kernel == 3) continue;
          p += row;
          i2 = v128.load(p);
          v = v128.load32_splat(w);
          a0 = multiplyAdd(a0, v, i3);
          a1 = multiplyAdd(a1, v, i0);
          a2 = multiplyAdd(a2, v, i1);
          a3 = multiplyAdd(a3, v, i2);
          v = v128.load32_splat(w, 4);
          b0 = multiplyAdd(b0, v, i3);
          b1 = multiplyAdd(b1, v, i0);
          b2 = multiplyAdd(b2, v, i1);
          b3 = multiplyAdd(b3, v, i2);
          w += 8;
          if (kernel == 4) continue;
          p += row;
          i3 = v128.load(p);
          v = v128.load32_splat(w);
          a0 = multiplyAdd(a0, v, i0);
          a1 = multiplyAdd(a1, v, i1);
          a2 = multiplyAdd(a2, v, i2);
          a3 = multiplyAdd(a3, v, i3);
          v = v128.load32_splat(w, 4);
          b0 = multiplyAdd(b0, v, i0);
          b1 = multiplyAdd(b1, v, i1);
          b2 = multiplyAdd(b2, v, i2);
          b3 = multiplyAdd(b3, v, i3);
          w += 8;
        }
        const isPair = f + 1 < filters;
        if (places != 0) {
          const at = to + (y >> 1) * toRow + (x >> 1) * toPixel;
          const place = places + (y >> 1) * placesRow + (x >> 1) * toPixel;
          pool(a0, a1, a2, a3, c, least, corner, row, at, place, toRow, placesRow, toPixel);
          if (isPair) {
            const next = at + 4;
            pool(b0, b1, b2, b3, d, least, corner, row, next, place + 4, toRow, placesRow, toPixel);
          }
        } else {
          const at = to + y * toRow + x * toPixel;
          store(at, a0, a1, a2, a3, c, toRow, toPixel);
          if (isPair) store(at + 4, b0, b1, b2, b3, d, toRow, toPixel);
        }
      }
    }
    weights = w;
    bias += 8;
    to += 8;
    if (places != 0) places += 8;
  }
}

@inline
function storeColumns(to: usize, v: v128, pixel: usize): void {
  v128.store32_lane(to, v, 0);
  v128.store32_lane(to + pixel, v, 1);
  v128.store32_lane(to + pixel * 2, v, 2);
  v128.store32_lane(to + pixel * 3, v, 3);
}

@inline
function store(
  to: usize,
  r0: v128,
  r1: v128,
  r2: v128,
  r3: v128,
  bias: v128,
  row: usize,
  pixel: usize,
): void {
  storeColumns(to, f32x4.add(r0, bias), pixel);
  storeColumns(to + row, f32x4.add(r1, bias), pixel);
  storeColumns(to + row * 2, f32x4.add(r2, bias), pixel);
  storeColumns(to + row * 3, f32x4.add(r3, bias), pixel);
}

@inline
function storeBlock(to: usize, v: v128, row: usize, pixel: usize): void {
  v128.store32_lane(to, v, 0);
  v128.store32_lane(to + pixel, v, 1);
  v128.store32_lane(to + row, v, 2);
  v128.store32_lane(to + row + pixel, v, 3);
}

// The first maximum of each block of 2×2, row by row.
@inline
function pool(
  r0: v128,
  r1: v128,
  r2: v128,
  r3: v128,
  bias: v128,
  least: v128,
  corner: usize,
  row: usize,
  to: usize,
  place: usize,
  toRow: usize,
  placesRow: usize,
  pixel: usize,
): void {
  const ra = evens(r0, r2), rb = odds(r0, r2), rc = evens(r1, r3), rd = odds(r1, r3);
  // The windows of the four blocks, two and two.
  const two = i32x4.splat(8);
  const first = i32x4.add(
    i32x4.splat(corner),
    v128.bitselect(i32x4.splat(row << 1), i32x4.splat(0), i64x2(0, -1)),
  );
  let at = v128.bitselect(i32x4.add(first, two), first, i32x4(0, -1, 0, -1));
  const start = at;
  let best = ra;
  let is = f32x4.lt(best, rb);
  at = v128.bitselect(i32x4.add(start, i32x4.splat(4)), at, is);
  best = larger(best, rb);
  is = f32x4.lt(best, rc);
  at = v128.bitselect(i32x4.add(start, i32x4.splat(row)), at, is);
  best = larger(best, rc);
  is = f32x4.lt(best, rd);
  at = v128.bitselect(i32x4.add(start, i32x4.splat(row + 4)), at, is);
  best = larger(best, rd);
  storeBlock(to, f32x4.pmax(f32x4.add(best, bias), least), toRow, pixel);
  storeBlock(place, at, placesRow, pixel);
}
