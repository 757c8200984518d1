import { addLogs, type LineLogits } from "../engine/ctc.ts";

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

/** A text in the making, at the end of a chain of its digits. */
class Prefix {
  readonly parent: Prefix | undefined;
  readonly digit: number;
  readonly length: number;
  /** The probabilities, as logarithms, of all ways to it that end with a blank, and of those that end with its last digit. */
  blank = -Infinity;
  sounded = -Infinity;
  /** The same at the step that is being made. */
  nextBlank = -Infinity;
  nextSounded = -Infinity;
  readonly #longer = new Map<number, Prefix>();

  constructor(parent: Prefix | undefined, digit: number) {
    this.parent = parent;
    this.digit = digit;
    this.length = parent === undefined ? 0 : parent.length + 1;
  }

  get logProbability(): number {
    return addLogs(this.blank, this.sounded);
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
  const root = new Prefix(undefined, blank);
  root.blank = 0;
  let prefixes = [root];
  for (let step = 0; step < steps; step++) {
    const reached = new Set<Prefix>();
    const likely: number[] = [];
    for (let k = 0; k < blank; k++) if (logs[k * steps + step] > UNLIKELY) likely.push(k);
    const logBlank = logs[blank * steps + step];
    for (const prefix of prefixes) {
      const { blank: before, sounded, logProbability } = prefix;
      prefix.nextBlank = addLogs(prefix.nextBlank, logProbability + logBlank);
      if (prefix.parent !== undefined) {
        const again = sounded + logs[prefix.digit * steps + step];
        prefix.nextSounded = addLogs(prefix.nextSounded, again);
      }
      reached.add(prefix);
      if (prefix.length >= maxLength) continue;
      for (const digit of likely) {
        // The same digit again needs a blank between.
        const from = prefix.parent !== undefined && digit === prefix.digit
          ? before
          : logProbability;
        if (from === -Infinity) continue;
        const longer = prefix.with(digit);
        longer.nextSounded = addLogs(longer.nextSounded, from + logs[digit * steps + step]);
        reached.add(longer);
      }
    }
    for (const prefix of prefixes) prefix.blank = prefix.sounded = -Infinity;
    for (const prefix of reached) {
      [prefix.blank, prefix.sounded] = [prefix.nextBlank, prefix.nextSounded];
      prefix.nextBlank = prefix.nextSounded = -Infinity;
    }
    prefixes = mostLikely([...reached], beam, byLength);
  }
  return prefixes.map((prefix) => ({
    text: textOf(prefix),
    logProbability: prefix.logProbability,
  }));
}

/** The most likely texts, of all or of each length, most likely first. */
function mostLikely(prefixes: Prefix[], beam: number, byLength: boolean): Prefix[] {
  const sorted = prefixes.map((prefix) => ({ prefix, worth: prefix.logProbability }))
    .sort((a, b) => b.worth - a.worth);
  const taken = new Map<number, number>();
  const kept: Prefix[] = [];
  for (const { prefix } of sorted) {
    const group = byLength ? prefix.length : 0;
    const count = taken.get(group) ?? 0;
    if (count === beam) {
      prefix.blank = prefix.sounded = -Infinity;
      continue;
    }
    taken.set(group, count + 1);
    kept.push(prefix);
  }
  return kept;
}

/** The steps of a digit in a line. */
export interface AlignedDigit {
  /** The first step, and the one after the last. */
  readonly first: number;
  readonly end: number;
  /** The logarithm of its probability at its likeliest step. */
  readonly logProbability: number;
}

/**
 * Finds the most likely way to write a text in the steps of a line (Viterbi).
 *
 * @param logs The logarithms of the probabilities of each step; the last class is the blank.
 * @param text The digits.
 * @returns The steps of each digit; none where the text needs more steps than there are.
 */
export function align(
  { values: logs, classes, steps }: LineLogits,
  text: readonly number[],
): AlignedDigit[] {
  const blank = classes - 1;
  const states = 2 * text.length + 1;
  const classOf = (state: number): number => state % 2 === 0 ? blank : text[state >> 1];
  const from = new Uint8Array(steps * states);
  let worths = new Float64Array(states).fill(-Infinity);
  for (let state = 0; state < Math.min(2, states); state++) {
    worths[state] = logs[classOf(state) * steps];
  }
  for (let step = 1; step < steps; step++) {
    const next = new Float64Array(states);
    for (let state = 0; state < states; state++) {
      const canSkip = state % 2 === 1 && state > 1 && text[state >> 1] !== text[(state >> 1) - 1];
      let back = 0;
      for (let way = 1; way <= (canSkip ? 2 : 1); way++) {
        if (way <= state && worths[state - way] > worths[state - back]) back = way;
      }
      from[step * states + state] = back;
      next[state] = worths[state - back] + logs[classOf(state) * steps + step];
    }
    worths = next;
  }
  let state = states - 1;
  if (states > 1 && worths[states - 2] > worths[state]) state--;
  if (worths[state] === -Infinity) return [];
  const digits = text.map(() => ({ first: 0, end: 0, logProbability: -Infinity }));
  for (let step = steps - 1; step >= 0; step--) {
    if (state % 2 === 1) {
      const digit = digits[state >> 1];
      digit.first = step;
      if (digit.end === 0) digit.end = step + 1;
      digit.logProbability = Math.max(digit.logProbability, logs[classOf(state) * steps + step]);
    }
    state -= from[step * states + state];
  }
  return digits;
}
