// Small operations on four numbers at once.

// accumulator + a · b, rounded twice: there is no fused form that gives the same bits on every processor.
@inline
export function multiplyAdd(accumulator: v128, a: v128, b: v128): v128 {
  return f32x4.add(accumulator, f32x4.mul(a, b));
}

// The larger of each two. `f32x4.max` costs eight instructions on x86 for its rules about NaN and −0, this costs one.
@inline
export function larger(a: v128, b: v128): v128 {
  return f32x4.pmax(a, b);
}

// The four values, each of them in all lanes.
@inline
export function spread0(v: v128): v128 {
  return i8x16.shuffle(v, v, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3);
}
@inline
export function spread1(v: v128): v128 {
  return i8x16.shuffle(v, v, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7);
}
@inline
export function spread2(v: v128): v128 {
  return i8x16.shuffle(v, v, 8, 9, 10, 11, 8, 9, 10, 11, 8, 9, 10, 11, 8, 9, 10, 11);
}
@inline
export function spread3(v: v128): v128 {
  return i8x16.shuffle(v, v, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15);
}

// The even and the odd lanes of two vectors.
@inline
export function evens(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
}
@inline
export function odds(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
}
