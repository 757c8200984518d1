import { wilson } from "../../../src/evaluate.ts";
import { type Cost, costOf, type MeasureOptions, textOf, timeEach } from "./measure_digits.ts";
import type { DigitImage } from "../../../src/image/image.ts";
import type { Sample } from "./sets.ts";

/** The accuracy on a set of pictures of several digits. */
export interface StringResult {
  readonly set: string;
  readonly count: number;
  /** Pictures read without a mistake. */
  readonly right: number;
  /** Pictures in which nothing was read. */
  readonly none: number;
  /** The share of pictures read without a mistake, 0 to 1. */
  readonly share: number;
  /** The Wilson interval of that share at 95 % confidence. */
  readonly interval: readonly [low: number, high: number];
  /** The mean edit distance of a picture. */
  readonly edits: number;
  /** The edits for each character of the labels: the character error rate. */
  readonly editsPerCharacter: number;
  readonly milliseconds: Cost;
}

/** A picture that was not read right. */
export interface StringFailure {
  readonly sample: Sample;
  /** The text that was read. */
  readonly text: string;
}

/** Beside how any set is measured. */
interface StringOptions extends MeasureOptions<StringFailure> {
  /** Whether the reader is told how many digits there are on a line. */
  readonly isLengthKnown?: boolean;
}

/**
 * Measures the accuracy on pictures of several digits.
 *
 * @throws {LeNetError} `aborted` when the signal is.
 */
export async function measureStrings(
  options: StringOptions,
): Promise<StringResult> {
  const { set, samples, reader, onFailure, isLengthKnown = false } = options;
  let [right, none, edits, characters] = [0, 0, 0, 0];
  const read = (image: DigitImage, { text }: Sample): Promise<string> =>
    textOf(reader, image, isLengthKnown ? text.split("\n").map(({ length }) => length) : undefined);
  const times = await timeEach(options, read, async (sample, text) => {
    edits += editDistance(text, sample.text);
    characters += sample.text.length;
    if (text === "") none++;
    if (text === sample.text) right++;
    else await onFailure({ sample, text });
  });
  const count = samples.length;
  return {
    set,
    count,
    right,
    none,
    share: right / count,
    interval: wilson(right, count),
    edits: edits / count,
    editsPerCharacter: edits / characters,
    milliseconds: costOf(times),
  };
}

/**
 * The edit distance of two texts (V. Levenshtein, 1965).
 *
 * @returns The least number of characters that are inserted, deleted or replaced.
 */
export function editDistance(a: string, b: string): number {
  // Distances of the beginning of `a` so far to each beginning of `b`.
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
