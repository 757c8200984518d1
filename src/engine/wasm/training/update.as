// The optimizers, over a range of parameters. Their state lies at fixed distances from them, and so do the gradients.

import { multiplyAdd } from "../kernels/lanes";

// Clears the gradients of weights that do not exist, such as those of missing connections: there all bits of the mask are 0.
export function maskGradients(mask: usize, gradient: usize, bytes: usize): void {
  for (const end = gradient + bytes; gradient < end; gradient += 16, mask += 16) {
    v128.store(gradient, v128.and(v128.load(gradient), v128.load(mask)));
  }
}

// Momentum in PyTorch's form: v ← momentum·v + g; w ← w − rate·v. Without momentum there is no state.
export function sgd(
  p: usize,
  end: usize,
  gradient: usize,
  velocity: usize,
  rate: f32,
  momentum: f32,
  decay: f32,
): void {
  const r = f32x4.splat(rate);
  const m = f32x4.splat(momentum);
  const d = f32x4.splat(decay);
  for (; p < end; p += 16) {
    const w = v128.load(p);
    let g = multiplyAdd(v128.load(p + gradient), w, d);
    if (momentum != 0) {
      g = multiplyAdd(g, v128.load(p + velocity), m);
      v128.store(p + velocity, g);
    }
    v128.store(p, f32x4.sub(w, f32x4.mul(g, r)));
  }
}

// Kingma and Ba, 2015. `rate` and `root` are corrected for the bias of the first steps: w ← w − rate·m / (√s / root + ε).
// `decay` is added to the gradient, `shrink` is what decoupled decay leaves of the weights.
export function adam(
  p: usize,
  end: usize,
  gradient: usize,
  mean: usize,
  square: usize,
  rate: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  root: f32,
  epsilon: f32,
  decay: f32,
  shrink: f32,
): void {
  const r = f32x4.splat(rate);
  const b1 = f32x4.splat(beta1);
  const c1 = f32x4.splat(rest1);
  const b2 = f32x4.splat(beta2);
  const c2 = f32x4.splat(rest2);
  const e = f32x4.splat(epsilon);
  const d = f32x4.splat(decay);
  const k = f32x4.splat(shrink);
  const o = f32x4.splat(root);
  for (; p < end; p += 16) {
    const w = v128.load(p);
    const g = multiplyAdd(v128.load(p + gradient), w, d);
    const m = multiplyAdd(f32x4.mul(v128.load(p + mean), b1), g, c1);
    const s = multiplyAdd(f32x4.mul(v128.load(p + square), b2), f32x4.mul(g, g), c2);
    v128.store(p + mean, m);
    v128.store(p + square, s);
    const denominator = f32x4.add(f32x4.div(f32x4.sqrt(s), o), e);
    v128.store(p, f32x4.sub(f32x4.mul(w, k), f32x4.mul(f32x4.div(m, denominator), r)));
  }
}

// The moving average of weights.
export function average(p: usize, end: usize, to: usize, keep: f32, rest: f32): void {
  const k = f32x4.splat(keep);
  const r = f32x4.splat(rest);
  for (; p < end; p += 16) {
    const kept = f32x4.mul(v128.load(p + to), k);
    v128.store(p + to, multiplyAdd(kept, v128.load(p), r));
  }
}
