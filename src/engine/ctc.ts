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
  const { states, classOf, canSkip } = statesOf(text, classes - 1);
  const logs = logSoftmaxes({ values, classes, steps });
  const forward = forwardLogs({ values: logs, classes, steps }, text);
  const backward = new Float64Array(steps * states).fill(-Infinity);
  const last = (steps - 1) * states;
  for (let state = Math.max(0, states - 2); state < states; state++) backward[last + state] = 0;
  for (let step = steps - 2; step >= 0; step--) {
    const after = (step + 1) * states;
    const via = (state: number): number =>
      backward[after + state] + logs[classOf(state) * steps + step + 1];
    for (let state = 0; state < states; state++) {
      backward[step * states + state] = addLogs(
        via(state),
        state + 1 < states ? via(state + 1) : -Infinity,
        state + 2 < states && canSkip(state + 2) ? via(state + 2) : -Infinity,
      );
    }
  }

  const total = totalOf(forward, states);
  if (total === -Infinity) {
    gradient.fill(0);
    return Infinity;
  }
  for (let i = 0; i < logs.length; i++) gradient[i] = math.exp(logs[i]) * share;
  for (let step = 0; step < steps; step++) {
    for (let state = 0; state < states; state++) {
      const at = step * states + state;
      const probability = math.exp(forward[at] + backward[at] - total);
      if (probability > 0) gradient[classOf(state) * steps + step] -= probability * share;
    }
  }
  return -total;
}

/**
 * Computes how likely a line shows a text.
 *
 * @param logs The logarithms of the probabilities of each step; the last class is the blank.
 * @param text The digits.
 * @returns The natural logarithm of the probability: −∞ where the text needs more steps than there are.
 */
export function textLogProbability(logs: LineLogits, text: ArrayLike<number>): number {
  return totalOf(forwardLogs(logs, text), 2 * text.length + 1);
}

/** The states that a way goes through: the digits of a text, and blanks before, between and behind them. */
interface States {
  readonly states: number;
  readonly classOf: (state: number) => number;
  /** Whether a way comes to a state from the digit before, without a blank: unless both digits are equal. */
  readonly canSkip: (state: number) => boolean;
}

function statesOf(text: ArrayLike<number>, blank: number): States {
  const classOf = (state: number): number => state % 2 === 0 ? blank : text[state >> 1];
  return {
    states: 2 * text.length + 1,
    classOf,
    canSkip: (state) => state % 2 === 1 && state > 1 && classOf(state) !== classOf(state - 2),
  };
}

/** The logarithms of the probabilities of all ways from the beginning to each state at each step (the forward variables). */
function forwardLogs(
  { values: logs, classes, steps }: LineLogits,
  text: ArrayLike<number>,
): Float64Array {
  const { states, classOf, canSkip } = statesOf(text, classes - 1);
  const forward = new Float64Array(steps * states).fill(-Infinity);
  for (let state = 0; state < Math.min(2, states); state++) {
    forward[state] = logs[classOf(state) * steps];
  }
  for (let step = 1; step < steps; step++) {
    const before = (step - 1) * states;
    for (let state = 0; state < states; state++) {
      const sum = addLogs(
        forward[before + state],
        state > 0 ? forward[before + state - 1] : -Infinity,
        canSkip(state) ? forward[before + state - 2] : -Infinity,
      );
      forward[step * states + state] = sum + logs[classOf(state) * steps + step];
    }
  }
  return forward;
}

/** The sum over the two states in which a text may end: its last digit, and the blank behind it. */
function totalOf(forward: Float64Array, states: number): number {
  const end = forward.length;
  return addLogs(forward[end - 1], states > 1 ? forward[end - 2] : -Infinity);
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

/** The text of the most likely class of each step, which is greedy decoding: equal classes in a row once, no blanks. */
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

/** A text that a line may show. */
export interface Candidate {
  /** The digits. */
  readonly text: readonly number[];
  /** The natural logarithm of its probability. */
  readonly logProbability: number;
}

/** The options of {@linkcode decode}. */
export interface DecodeOptions {
  /** How many texts are followed from step to step. */
  readonly beam: number;
  /** The most digits. Default any number. */
  readonly maxLength?: number;
  /**
   * Whether so many texts are followed of each length: then the best of every length that is anywhere near likely is among
   * the candidates.
   */
  readonly byLength?: boolean;
}

/** A digit less likely than this at a step, as a logarithm, does not go on any text there. */
const UNLIKELY = -12;

/** A text in the making, at the end of a chain of its digits. Probabilities are shares of that of the likeliest text. */
class Prefix {
  readonly parent: Prefix | undefined;
  readonly digit: number;
  readonly length: number;
  /** The probabilities of all ways to it that end with a blank, and of those that end with its last digit. */
  blank = 0;
  nonBlank = 0;
  /** The same at the step that is being made. */
  nextBlank = 0;
  nextNonBlank = 0;
  /** The last step that it was reached at. */
  step = -1;
  readonly #longer = new Map<number, Prefix>();

  constructor(parent: Prefix | undefined, digit: number) {
    this.parent = parent;
    this.digit = digit;
    this.length = parent === undefined ? 0 : parent.length + 1;
  }

  get probability(): number {
    return this.blank + this.nonBlank;
  }

  /** This text and one more digit. */
  with(digit: number): Prefix {
    let longer = this.#longer.get(digit);
    if (longer === undefined) this.#longer.set(digit, longer = new Prefix(this, digit));
    return longer;
  }
}

function textOf(prefix: Prefix): number[] {
  const text: number[] = [];
  for (let at = prefix; at.parent !== undefined; at = at.parent) text.push(at.digit);
  return text.reverse();
}

/**
 * Finds the most likely texts of a line by prefix beam search (Hannun et al., 2014): each step goes on with the most likely
 * beginnings, and adds up all ways to write the same one.
 *
 * @param logs The logarithms of the probabilities of each step; the last class is the blank.
 * @param options How widely it searches.
 * @returns The texts, most likely first; at least one.
 */
export function decode(
  { values: logs, classes, steps }: LineLogits,
  { beam, maxLength = Infinity, byLength = false }: DecodeOptions,
): Candidate[] {
  const blank = classes - 1;
  const probabilities = Float64Array.from(logs, math.exp);
  const root = new Prefix(undefined, blank);
  root.blank = 1;
  let prefixes = [root];
  /** The logarithm of what all probabilities were divided by. */
  let scale = 0;
  for (let step = 0; step < steps; step++) {
    const reached: Prefix[] = [];
    const reach = (prefix: Prefix): void => {
      if (prefix.step === step) return;
      prefix.step = step;
      reached.push(prefix);
    };
    const pBlank = probabilities[blank * steps + step];
    for (const prefix of prefixes) {
      const { blank: before, nonBlank, digit: last, probability } = prefix;
      reach(prefix);
      prefix.nextBlank += probability * pBlank;
      // Its last digit once more is the same text.
      if (prefix.parent !== undefined) {
        prefix.nextNonBlank += nonBlank * probabilities[last * steps + step];
      }
      if (prefix.length >= maxLength) continue;
      for (let digit = 0; digit < blank; digit++) {
        if (logs[digit * steps + step] <= UNLIKELY) continue;
        // The same digit again needs a blank between.
        const from = prefix.parent !== undefined && digit === last ? before : probability;
        if (from === 0) continue;
        const longer = prefix.with(digit);
        reach(longer);
        longer.nextNonBlank += from * probabilities[digit * steps + step];
      }
    }
    let highest = 0;
    for (const prefix of prefixes) prefix.blank = prefix.nonBlank = 0;
    for (const prefix of reached) {
      [prefix.blank, prefix.nonBlank] = [prefix.nextBlank, prefix.nextNonBlank];
      prefix.nextBlank = prefix.nextNonBlank = 0;
      highest = Math.max(highest, prefix.probability);
    }
    prefixes = mostLikely(reached, beam, byLength);
    for (const prefix of prefixes) {
      prefix.blank /= highest;
      prefix.nonBlank /= highest;
    }
    scale += math.log(highest);
  }
  return prefixes.map((prefix) => ({
    text: textOf(prefix),
    logProbability: scale + math.log(prefix.probability),
  }));
}

/** The most likely texts, of all or of each length, most likely first. */
function mostLikely(prefixes: Prefix[], beam: number, byLength: boolean): Prefix[] {
  const sorted = prefixes.filter(({ probability }) => probability > 0)
    .sort((a, b) => b.probability - a.probability);
  const taken: number[] = [];
  const kept: Prefix[] = [];
  for (const prefix of sorted) {
    const group = byLength ? prefix.length : 0;
    const count = taken[group] ?? 0;
    if (count === beam) {
      prefix.blank = prefix.nonBlank = 0;
      continue;
    }
    taken[group] = count + 1;
    kept.push(prefix);
  }
  return kept;
}

/** The steps of a digit in a line. */
export interface AlignedDigit {
  /** The first step, and the one after the last. */
  readonly first: number;
  readonly end: number;
}

/**
 * Finds the most likely way to write a text in the steps of a line: forced alignment, by the Viterbi algorithm.
 *
 * @param logs The logarithms of the probabilities of each step; the last class is the blank.
 * @param text The digits.
 * @returns The steps of each digit; none where the text needs more steps than there are.
 */
export function align(
  { values: logs, classes, steps }: LineLogits,
  text: readonly number[],
): AlignedDigit[] {
  const { states, classOf, canSkip } = statesOf(text, classes - 1);
  const from = new Uint8Array(steps * states);
  let best = new Float64Array(states).fill(-Infinity);
  let next = new Float64Array(states);
  for (let state = 0; state < Math.min(2, states); state++) {
    best[state] = logs[classOf(state) * steps];
  }
  for (let step = 1; step < steps; step++) {
    for (let state = 0; state < states; state++) {
      let back = 0;
      for (let way = 1; way <= (canSkip(state) ? 2 : 1); way++) {
        if (way <= state && best[state - way] > best[state - back]) back = way;
      }
      from[step * states + state] = back;
      next[state] = best[state - back] + logs[classOf(state) * steps + step];
    }
    [best, next] = [next, best];
  }
  let state = states - 1;
  if (states > 1 && best[states - 2] > best[state]) state--;
  if (best[state] === -Infinity) return [];
  const digits = text.map(() => ({ first: 0, end: 0 }));
  for (let step = steps - 1; step >= 0; step--) {
    if (state % 2 === 1) {
      const digit = digits[state >> 1];
      digit.first = step;
      if (digit.end === 0) digit.end = step + 1;
    }
    state -= from[step * states + state];
  }
  return digits;
}
