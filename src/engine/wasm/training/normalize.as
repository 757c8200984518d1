// Batch normalization in training: by the mean and variance of the batch, which is one tile. All values of a row of
// pixels are taken together, with the numbers of their channels side by side as in the row; sums over a channel are in
// double precision from row to row of inputs.

import { multiplyAdd } from "../kernels/lanes";
import { Step, storeUpTo } from "./step";

const EPSILON: f64 = 1e-5;

const MOMENTUM: f64 = 0.1;

// What is summed up over each channel.
const VALUES: u32 = 0;
const SQUARES: u32 = 1;
const GRADIENTS: u32 = 2;
const PRODUCTS: u32 = 3;

@inline
function rowBytes(step: Step): usize {
  return <usize> (step.width * step.channels) << 2;
}

// Numbers for a row of pixels, from the scratch memory. Those with the number 0 are sums.
@inline
function rowAt(step: Step, index: usize): usize {
  return step.scratch + index * ((rowBytes(step) + 15) & ~15);
}

const MEAN: usize = 1;
const INVERSE: usize = 2;
const WEIGHT: usize = 3;
const BIAS: usize = 4;
const WEIGHT_GRADIENT: usize = 5;
const BIAS_GRADIENT: usize = 6;
const SUMS: usize = 7;

@inline
function normalized(x: usize, mean: usize, inverse: usize): v128 {
  return f32x4.mul(f32x4.sub(v128.load(x), v128.load(mean)), v128.load(inverse));
}

// Sums up over each channel, as numbers in double precision at SUMS.
function sumChannels(step: Step, count: i32, what: u32): void {
  const bytes = rowBytes(step);
  const channels = <usize> step.channels;
  const sums = rowAt(step, 0);
  const mean = rowAt(step, MEAN);
  const inverse = rowAt(step, INVERSE);
  const totals = rowAt(step, SUMS);
  memory.fill(totals, 0, channels << 3);
  for (let n: usize = 0; n < <usize> count; n++) {
    memory.fill(sums, 0, (bytes + 15) & ~15);
    for (let y: usize = 0; y < <usize> step.height; y++) {
      const x = step.x + n * step.xStep + y * step.xRow;
      const dy = step.dy + n * step.yStep + y * step.yRow;
      // A loop for each, rather than a branch for each vector.
      if (what == SQUARES) {
        for (let i: usize = 0; i < bytes; i += 16) {
          const v = f32x4.sub(v128.load(x + i), v128.load(mean + i));
          v128.store(sums + i, multiplyAdd(v128.load(sums + i), v, v));
        }
      } else if (what == PRODUCTS) {
        for (let i: usize = 0; i < bytes; i += 16) {
          const v = normalized(x + i, mean + i, inverse + i);
          v128.store(sums + i, multiplyAdd(v128.load(sums + i), v128.load(dy + i), v));
        }
      } else {
        const from = what == VALUES ? x : dy;
        for (let i: usize = 0; i < bytes; i += 16) {
          v128.store(sums + i, f32x4.add(v128.load(sums + i), v128.load(from + i)));
        }
      }
    }
    let i = sums;
    for (let x = 0; x < step.width; x++) {
      for (let c = totals; c < totals + (channels << 3); c += 8, i += 4) {
        store<f64>(c, load<f64>(c) + <f64> load<f32>(i));
      }
    }
  }
}

// Writes a channel's number at each of its places in a row of pixels.
function spread(step: Step, row: usize, channel: usize, value: f32): void {
  const pixel = <usize> step.channels << 2;
  const start = rowAt(step, row);
  for (let to = start + (channel << 2); to < start + rowBytes(step); to += pixel) {
    store<f32>(to, value);
  }
}

// How many values of a channel there are.
@inline
function places(step: Step, count: i32): f64 {
  return <f64> (count * step.height * step.width);
}

@inline
function follow(running: usize, channel: usize, value: f64): void {
  const at = running + (channel << 2);
  store<f32>(at, <f32> ((1 - MOMENTUM) * <f64> load<f32>(at) + MOMENTUM * value));
}

export function normalizeForward(step: Step, count: i32): void {
  const channels = <usize> step.channels;
  const total = places(step, count);
  const sums = rowAt(step, SUMS);
  sumChannels(step, count, VALUES);
  for (let c: usize = 0; c < channels; c++) {
    const mean = load<f64>(sums + (c << 3)) / total;
    spread(step, MEAN, c, <f32> mean);
    if (step.isTrained != 0) follow(step.runningMean, c, mean);
  }
  sumChannels(step, count, SQUARES);
  for (let c: usize = 0; c < channels; c++) {
    const variance = load<f64>(sums + (c << 3)) / total;
    spread(step, INVERSE, c, <f32> (1 / Math.sqrt(variance + EPSILON)));
    spread(step, WEIGHT, c, load<f32>(step.weights + (c << 2)));
    spread(step, BIAS, c, load<f32>(step.bias + (c << 2)));
    // As in PyTorch, the running variance follows the unbiased one of the batch.
    const unbiased = variance * total / Math.max(total - 1, 1);
    if (step.isTrained != 0) follow(step.runningVariance, c, unbiased);
  }
  const bytes = rowBytes(step);
  const means = rowAt(step, MEAN);
  const inverse = rowAt(step, INVERSE);
  const weight = rowAt(step, WEIGHT);
  const bias = rowAt(step, BIAS);
  for (let n: usize = 0; n < <usize> count; n++) {
    for (let row: usize = 0; row < <usize> step.height; row++) {
      const x = step.x + n * step.xStep + row * step.xRow;
      const y = step.y + n * step.yStep + row * step.yRow;
      for (let i: usize = 0; i < bytes; i += 16) {
        const value = normalized(x + i, means + i, inverse + i);
        const scaled = f32x4.mul(value, v128.load(weight + i));
        storeUpTo(y + i, f32x4.add(scaled, v128.load(bias + i)), bytes - i);
      }
    }
  }
}

// The gradients of batch normalization (Ioffe and Szegedy, 2015, section 3).
export function normalizeBackward(step: Step, count: i32): void {
  const total = places(step, count);
  sumGradients(step, count, GRADIENTS, BIAS_GRADIENT, step.bias, total);
  sumGradients(step, count, PRODUCTS, WEIGHT_GRADIENT, step.weights, total);
  if (step.dx == 0) return;
  const bytes = rowBytes(step);
  const mean = rowAt(step, MEAN);
  const inverse = rowAt(step, INVERSE);
  const weight = rowAt(step, WEIGHT);
  const ofWeight = rowAt(step, WEIGHT_GRADIENT);
  const ofBias = rowAt(step, BIAS_GRADIENT);
  for (let n: usize = 0; n < <usize> count; n++) {
    for (let row: usize = 0; row < <usize> step.height; row++) {
      const x = step.x + n * step.xStep + row * step.xRow;
      const dx = step.dx + n * step.xStep + row * step.xRow;
      const dy = step.dy + n * step.yStep + row * step.yRow;
      for (let i: usize = 0; i < bytes; i += 16) {
        let g = f32x4.sub(v128.load(dy + i), v128.load(ofBias + i));
        const value = normalized(x + i, mean + i, inverse + i);
        g = f32x4.sub(g, f32x4.mul(value, v128.load(ofWeight + i)));
        g = f32x4.mul(g, f32x4.mul(v128.load(weight + i), v128.load(inverse + i)));
        storeUpTo(dx + i, g, bytes - i);
      }
    }
  }
}

// Adds the sums to the gradient of a parameter, and leaves their means for the gradient of the input.
function sumGradients(
  step: Step,
  count: i32,
  what: u32,
  row: usize,
  parameter: usize,
  total: f64,
): void {
  sumChannels(step, count, what);
  for (let c: usize = 0; c < <usize> step.channels; c++) {
    const sum = load<f64>(rowAt(step, SUMS) + (c << 3));
    const gradient = parameter + step.gradients + (c << 2);
    if (step.isTrained != 0) store<f32>(gradient, load<f32>(gradient) + <f32> sum);
    spread(step, row, c, <f32> (sum / total));
  }
}
