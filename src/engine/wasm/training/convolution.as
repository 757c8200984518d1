// Convolutions in training: with max pooling, of which only the largest of each four outputs has a gradient, and without.

import { convolve } from "./convolve";
import { convolveColumns } from "./convolve_columns";
import { gather, least, listMaxima, listOutputs, scatter, sumList } from "./sparse";
import { Step } from "./step";

export function convolutionForward(step: Step, count: i32): void {
  const places = step.places;
  const pooled = places != 0 ? 1 : 0;
  const height = step.outHeight << pooled;
  const width = step.outWidth << pooled;
  const lowest = f32x4.splat(least(step));
  for (let n: usize = 0; n < <usize> count; n++) {
    const x = step.x + n * step.xStep;
    const y = step.y + n * step.yStep;
    const p = places + n * step.placesStep;
    if (step.isColumns != 0) {
      convolveColumns(
        step.kernel,
        x,
        step.xRow,
        step.packed,
        step.bias,
        y,
        step.yRow,
        step.filters,
        height,
        width,
        p,
        lowest,
      );
    } else {
      convolve(
        step.kernel,
        x,
        step.xRow,
        step.channels,
        step.packed,
        step.bias,
        y,
        step.yRow,
        step.filters,
        height,
        width,
        p,
        lowest,
      );
    }
  }
}

// The gradients of weights, bias and input, from those outputs alone that have one: for each filter a list of them with
// the windows that they come from.
export function convolutionBackward(step: Step, count: i32): void {
  const pooled = step.places != 0 ? 1 : 0;
  const windows = <usize> ((step.outHeight << pooled) + step.kernel - 1) * step.xRow;
  const scattered = step.dx != 0 && step.turned == 0;
  const filter = <usize> (step.kernel * step.vectors) << 4;
  for (let n: usize = 0; n < <usize> count; n++) {
    const x = step.x + n * step.xStep;
    const dx = step.dx + n * step.xStep;
    if (scattered) memory.fill(dx, 0, windows);
    for (let f: usize = 0; f < <usize> step.filters; f++) {
      const end = pooled != 0 ? listMaxima(step, n, f, x) : listOutputs(step, n, f, x);
      const weights = step.weights + f * filter;
      if (step.isTrained != 0) {
        const bias = step.bias + step.gradients + (f << 2);
        store<f32>(bias, load<f32>(bias) + sumList(step.scratch, end));
        gather(step, end, weights + step.gradients);
      }
      if (scattered) scatter(step, end, weights, dx - x);
    }
    if (step.dx != 0 && !scattered) inputGradient(step, n);
  }
}

// The gradient of the input as a convolution of that of the output with the turned weights.
function inputGradient(step: Step, n: usize): void {
  clearBorder(step, step.dy + n * step.yStep);
  convolve(
    step.kernel,
    step.corner + n * step.yStep,
    step.yRow,
    step.filters,
    step.turned,
    step.zeros,
    step.dx + n * step.xStep,
    step.xRow,
    step.channels,
    step.height,
    step.width,
    0,
    f32x4.splat(0),
  );
}

// Where the next step adds up the gradient of its input, it also writes into the border.
function clearBorder(step: Step, dy: usize): void {
  const pixel = <usize> step.filters << 2;
  const side = <usize> step.border * pixel;
  const row = step.yRow;
  const above = <usize> step.border * row + side;
  memory.fill(dy - above, 0, above);
  for (let y = 0; y < step.outHeight - 1; y++, dy += row) {
    memory.fill(dy + <usize> step.outWidth * pixel, 0, side << 1);
  }
  memory.fill(dy + <usize> step.outWidth * pixel, 0, above);
}
