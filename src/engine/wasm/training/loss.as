// The losses of one input, and radial basis functions. A loss leaves its gradient over `count`, the inputs of the batch.

import { exp, log } from "./math";
import { Step } from "./step";

// The index of the largest logit; the first such index where there are several.
export function argMax(logits: usize, classes: i32): i32 {
  let best = 0;
  for (let k = 1; k < classes; k++) {
    if (load<f32>(logits + (<usize> k << 2)) > load<f32>(logits + (<usize> best << 2))) best = k;
  }
  return best;
}

@inline
function largest(logits: usize, classes: i32): f64 {
  return load<f32>(logits + (<usize> argMax(logits, classes) << 2));
}

// Softmax cross entropy. Shifted by the maximum, so that no exponential overflows.
export function crossEntropy(
  logits: usize,
  gradient: usize,
  classes: i32,
  label: i32,
  count: i32,
): f64 {
  const highest = largest(logits, classes);
  let sum: f64 = 0;
  for (let k: usize = 0; k < <usize> classes << 2; k += 4) {
    const e = exp(<f64> load<f32>(logits + k) - highest);
    store<f32>(gradient + k, <f32> e);
    sum += e;
  }
  for (let k = 0; k < classes; k++) {
    const at = gradient + (<usize> k << 2);
    const target: f64 = k == label ? 1 : 0;
    store<f32>(at, <f32> ((<f64> load<f32>(at) / sum - target) / count));
  }
  return log(sum) - (<f64> load<f32>(logits + (<usize> label << 2)) - highest);
}

// Minus the logit of the right class, the squared distance to its code.
export function squaredDistance(
  logits: usize,
  gradient: usize,
  classes: i32,
  label: i32,
  count: i32,
): f64 {
  const right = <usize> label << 2;
  memory.fill(gradient, 0, <usize> classes << 2);
  store<f32>(gradient + right, <f32> (-1 / <f64> count));
  return -(<f64> load<f32>(logits + right));
}

// The Kullback-Leibler divergence of softened answers from those of another network, times T².
export function distillation(
  logits: usize,
  gradient: usize,
  targets: usize,
  classes: i32,
  temperature: f64,
  count: i32,
): f64 {
  const own = logSum(logits, classes, temperature);
  const other = logSum(targets, classes, temperature);
  let divergence: f64 = 0;
  for (let k: usize = 0; k < <usize> classes << 2; k += 4) {
    const log = <f64> load<f32>(logits + k) / temperature - own;
    const wanted = <f64> load<f32>(targets + k) / temperature - other;
    const target = exp(wanted);
    divergence += target * (wanted - log);
    store<f32>(gradient + k, <f32> ((exp(log) - target) * temperature / count));
  }
  return divergence * temperature * temperature;
}

// ln Σ e^(z/T).
function logSum(logits: usize, classes: i32, temperature: f64): f64 {
  const highest = largest(logits, classes) / temperature;
  let sum: f64 = 0;
  for (let k: usize = 0; k < <usize> classes << 2; k += 4) {
    sum += exp(<f64> load<f32>(logits + k) / temperature - highest);
  }
  return highest + log(sum);
}

// Minus the squared distance of each pixel's channels to each code. `weights` holds the codes, one after another.
export function rbfForward(step: Step, count: i32): void {
  const inputs = <usize> step.channels << 2;
  for (let n: usize = 0; n < <usize> count; n++) {
    for (let row: usize = 0; row < <usize> step.height; row++) {
      let x = step.x + n * step.xStep + row * step.xRow;
      let y = step.y + n * step.yStep + row * step.yRow;
      for (let left = step.width; left > 0; left--, x += inputs) {
        let code = step.weights;
        for (let k = 0; k < step.filters; k++, y += 4) {
          let distance: f64 = 0;
          for (let i: usize = 0; i < inputs; i += 4, code += 4) {
            const difference = <f64> load<f32>(x + i) - <f64> load<f32>(code);
            distance += difference * difference;
          }
          store<f32>(y, <f32> -distance);
        }
      }
    }
  }
}

export function rbfBackward(step: Step, count: i32): void {
  if (step.dx == 0) return;
  const inputs = <usize> step.channels << 2;
  const delta = step.dx - step.x;
  for (let n: usize = 0; n < <usize> count; n++) {
    for (let row: usize = 0; row < <usize> step.height; row++) {
      let x = step.x + n * step.xStep + row * step.xRow;
      let dy = step.dy + n * step.yStep + row * step.yRow;
      for (let left = step.width; left > 0; left--, x += inputs) {
        memory.fill(x + delta, 0, inputs);
        let code = step.weights;
        for (let k = 0; k < step.filters; k++, dy += 4, code += inputs) {
          const g = load<f32>(dy) * 2;
          // Of a squared distance, only that to the code of the right class has a gradient.
          if (g == 0) continue;
          for (let i: usize = 0; i < inputs; i += 4) {
            const difference = load<f32>(code + i) - load<f32>(x + i);
            store<f32>(x + delta + i, load<f32>(x + delta + i) + g * difference);
          }
        }
      }
    }
  }
}
