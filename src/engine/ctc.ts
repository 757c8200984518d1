import * as math from "../model/math.ts";

/** The logits of a line: class by class, those of all steps. The last class is the blank, which stands for no digit. */
export interface LineLogits {
  readonly values: Float32Array | Float64Array;
  readonly classes: number;
  readonly steps: number;
}

/**
 * The connectionist temporal classification loss (Graves et al., 2006): −ln of the probability of all ways to write a
 * text in the steps of a line. A way gives each step a class; equal classes in a row count once, blanks not at all.
 *
 * @param line The logits.
 * @param text The classes of the text; not the blank.
 * @param gradient Receives the gradient with respect to the logits, in the same order, times `share`.
 * @param share What the gradient is multiplied by, such as 1 over the number of lines.
 * @returns The loss; ∞, with a gradient of 0, where the text needs more steps than there are.
 */
export function ctcLoss(
  { values, classes, steps }: LineLogits,
  text: ArrayLike<number>,
  gradient: Float32Array | Float64Array,
  share: number,
): number {
  const blank = classes - 1;
  // Blanks before, between and behind the classes of the text.
  const states = 2 * text.length + 1;
  const classOf = (state: number): number => state % 2 === 0 ? blank : text[state >> 1];
  // From a class one goes on to the next one without a blank, unless they are equal.
  const canSkip = (state: number): boolean =>
    state % 2 === 1 && state > 1 && classOf(state) !== classOf(state - 2);

  const logs = logSoftmaxes({ values, classes, steps });
  // The logarithms of the probabilities of all ways to be in a state at a step, from the beginning and to the end.
  const there = new Float64Array(steps * states).fill(-Infinity);
  const onwards = new Float64Array(steps * states).fill(-Infinity);
  const own = (step: number, state: number): number => logs[classOf(state) * steps + step];
  for (let state = 0; state < Math.min(2, states); state++) there[state] = own(0, state);
  for (let step = 1; step < steps; step++) {
    const before = (step - 1) * states;
    for (let state = 0; state < states; state++) {
      const sum = addLogs(
        there[before + state],
        state > 0 ? there[before + state - 1] : -Infinity,
        canSkip(state) ? there[before + state - 2] : -Infinity,
      );
      there[step * states + state] = sum + own(step, state);
    }
  }
  const last = (steps - 1) * states;
  for (let state = Math.max(0, states - 2); state < states; state++) onwards[last + state] = 0;
  for (let step = steps - 2; step >= 0; step--) {
    const after = (step + 1) * states;
    const via = (state: number): number => onwards[after + state] + own(step + 1, state);
    for (let state = 0; state < states; state++) {
      onwards[step * states + state] = addLogs(
        via(state),
        state + 1 < states ? via(state + 1) : -Infinity,
        state + 2 < states && canSkip(state + 2) ? via(state + 2) : -Infinity,
      );
    }
  }

  const total = addLogs(
    there[last + states - 1],
    states > 1 ? there[last + states - 2] : -Infinity,
  );
  if (total === -Infinity) {
    gradient.fill(0);
    return Infinity;
  }
  for (let i = 0; i < logs.length; i++) gradient[i] = math.exp(logs[i]) * share;
  for (let step = 0; step < steps; step++) {
    for (let state = 0; state < states; state++) {
      const at = step * states + state;
      const probability = math.exp(there[at] + onwards[at] - total);
      if (probability > 0) gradient[classOf(state) * steps + step] -= probability * share;
    }
  }
  return -total;
}

/** The logarithms of the probabilities of each step, in the order of the logits. */
export function logSoftmaxes({ values, classes, steps }: LineLogits): Float64Array<ArrayBuffer> {
  const logs = Float64Array.from(values);
  for (let step = 0; step < steps; step++) {
    let highest = -Infinity;
    for (let k = 0; k < classes; k++) highest = Math.max(highest, logs[k * steps + step]);
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += math.exp(logs[k * steps + step] - highest);
    const log = highest + math.log(sum);
    for (let k = 0; k < classes; k++) logs[k * steps + step] -= log;
  }
  return logs;
}

/** The logarithm of the sum of numbers that are given by their logarithms. */
export function addLogs(a: number, b: number, c = -Infinity): number {
  const highest = Math.max(a, b, c);
  if (highest === -Infinity) return highest;
  return highest +
    math.log(math.exp(a - highest) + math.exp(b - highest) + math.exp(c - highest));
}

/** The text of the most likely class of each step: equal classes in a row once, no blanks. */
export function bestText({ values, classes, steps }: LineLogits): number[] {
  const text: number[] = [];
  let before = classes - 1;
  for (let step = 0; step < steps; step++) {
    let best = 0;
    for (let k = 1; k < classes; k++) {
      if (values[k * steps + step] > values[best * steps + step]) best = k;
    }
    if (best !== before && best !== classes - 1) text.push(best);
    before = best;
  }
  return text;
}
