import { checkAborted } from "../../src/data/abort.ts";
import type { Answer, Mistake, Trial } from "./trial.ts";
import { wilson } from "../../src/train/wilson.ts";

/** What one kind of picture came to. */
export interface KindResult {
  readonly kind: string;
  /** How many pictures there were. */
  readonly count: number;
  /** How many were answered as they should be. */
  readonly right: number;
  /** In how many nothing was read. */
  readonly none: number;
  /** The share that is right. */
  readonly share: number;
  /** Between what it lies with a certainty of 95 %. */
  readonly interval: readonly [low: number, high: number];
  /** How long one answer took on average, in milliseconds. */
  readonly milliseconds: number;
}

/** What {@linkcode measureKind} is given. */
export interface KindOptions {
  readonly kind: string;
  readonly count: number;
  /** Makes one picture after another. */
  readonly make: (number: number) => Trial;
  /** Reads a picture. */
  readonly read: (trial: Trial) => Promise<Answer>;
  /** Told how many are done. */
  readonly onProgress: (done: number) => void;
  /** Told of every wrong answer. */
  readonly onMistake: (mistake: Mistake) => void;
  /** Ends it early. */
  readonly signal: AbortSignal;
}

/**
 * Has pictures of one kind read, and counts what was right.
 *
 * @param options The pictures, and who reads them.
 * @returns What it came to.
 * @throws {LeNetError} `aborted` when the signal ends it.
 */
export async function measureKind(options: KindOptions): Promise<KindResult> {
  const { kind, count, make, read, onProgress, onMistake, signal } = options;
  let [right, none, time] = [0, 0, 0];
  for (let number = 0; number < count; number++) {
    checkAborted(signal, "measure the pictures");
    const trial = make(number);
    const started = performance.now();
    const answer = await read(trial);
    time += performance.now() - started;
    if (answer.text === "") none++;
    if (answer.text === trial.text) right++;
    else onMistake({ trial, answer, number });
    onProgress(number + 1);
  }
  const interval = wilson(right, count);
  return { kind, count, right, none, share: right / count, interval, milliseconds: time / count };
}
