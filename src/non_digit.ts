import { lazyRunner } from "./engine/backends.ts";
import type { Runner } from "./engine/runner.ts";
import type { Hypothesis } from "./image/hypotheses.ts";
import * as math from "./model/math.ts";
import { modelFromModule } from "./weights/model_file.ts";

/** What the decision whether ink is a digit is made from: the ink, and how it was read. */
export interface ReadInk {
  readonly hypothesis: Pick<Hypothesis, "found" | "pixels" | "name" | "isFramed">;
  /** The logits of the network that reads digits. */
  readonly logits: ArrayLike<number>;
  /** The digit that it read: the class with the largest logit. */
  readonly digit: number;
}

/** Ink as the networks see it. */
type Ink = Pick<Hypothesis, "found" | "pixels">;

/** The class of what is not a digit, after the ten digits. */
export const NONE = 10;

const network = lazyRunner(async () => modelFromModule(await import("@x/lenet-weights/non-digit")));

const judgeNetwork = lazyRunner(async () =>
  modelFromModule(await import("@x/lenet-weights/judge"))
);

/** Columns and rows of prepared ink. */
const SIDE = 28;

const SIZE = SIDE * SIDE;

/** Views of the ink that the judge sees: as found, with normalised strokes, blurred. */
const VIEWS = 3;

/**
 * Estimates how likely ink is the digit that was read, rather than no digit.
 *
 * Two small networks that were trained apart are asked, since each corrects faults of the other. One of eleven classes, the
 * ten digits and none, sees the ink with its original and with normalised strokes; the log-odds of its likeliest digit against
 * none count. The other, the judge, has two classes, and gives the mean log-odds of a digit in three views. Doubt
 * of the reader, and ink that was found by erasing or entering something, count against a digit. The sum is calibrated to a
 * probability by logistic regression (Platt, 1999). Both networks are loaded by the first call, and run on WASM.
 *
 * @param read The ink, and what the network of digits read.
 * @param temperature The temperature of that network.
 * @returns The probability of each that it is the digit, 0 to 1.
 * @throws {LeNetError} `backend/unavailable` when the networks cannot be started here.
 */
export async function digitProbabilities(
  read: readonly ReadInk[],
  temperature: number,
): Promise<number[]> {
  if (read.length === 0) return [];
  const scores = await digitScores(read, temperature, { eleven: network, judge: judgeNetwork });
  return scores.map((score) => 1 / (1 + math.exp(-(SLOPE * score + OFFSET))));
}

/** What gives the two networks when they are first needed. */
export interface NonDigitNetworks {
  readonly eleven: () => Promise<Runner>;
  readonly judge: () => Promise<Runner>;
}

/**
 * Computes the log-odds of a digit before calibration.
 *
 * @param read The ink, and what the network of digits read.
 * @param temperature The temperature of that network.
 * @param networks The networks that are asked.
 * @returns The score of each: the higher, the more likely it is a digit.
 */
export async function digitScores(
  read: readonly ReadInk[],
  temperature: number,
  { eleven, judge }: NonDigitNetworks,
): Promise<number[]> {
  const inputs = nonDigitInputs(read.map(({ hypothesis }) => hypothesis));
  const logits = await (await eleven()).logits(inputs, read.length);
  const scores = read.map(({ hypothesis: { name, isFramed }, logits: own, digit }, n) => {
    const at = (NONE + 1) * n;
    // Of a network that was taught otherwise, the digit that it reads may be another one.
    const best = logits.subarray(at, at + NONE).reduce((most, logit) => Math.max(most, logit));
    const againstNone = clip(best - logits[at + NONE], MAX_ODDS);
    const doubt = Math.max(0, SURE - readerOdds(own, digit, temperature));
    return againstNone - DOUBT_WEIGHT * doubt - (PENALTIES[name] ?? MARK_PENALTY) +
      (isFramed && name === FIRST ? FRAME_BONUS : 0);
  });
  // Where the first network leaves no doubt, the second would change nothing.
  const open = read.map((_, n) => n).filter((n) => scores[n] < CLEAR);
  if (open.length > 0) {
    const judged = await askJudge(await judge(), open.map((n) => read[n].hypothesis));
    for (const [i, n] of open.entries()) scores[n] += JUDGE_WEIGHT * judged[i];
  }
  return scores;
}

/** The mean log-odds of a digit that the judge gives the views of each ink. */
async function askJudge(judge: Runner, inks: readonly Ink[]): Promise<number[]> {
  const logits = await judge.logits(threeViews(inks), VIEWS * inks.length);
  return inks.map((_, n) => {
    let sum = 0;
    for (let view = VIEWS * n; view < VIEWS * (n + 1); view++) {
      sum += clip(logits[2 * view] - logits[2 * view + 1], MAX_JUDGED);
    }
    return sum / VIEWS;
  });
}

/** Log-odds beyond which a network is certain: they say no more. */
const MAX_ODDS = 12;

const MAX_JUDGED = 10;

/** From this score on the judge is not asked. */
const CLEAR = 8;

/** The weight of the judge against the network of eleven classes. */
const JUDGE_WEIGHT = 0.5;

/** From these log-odds on, of its answer against all others, the reader of digits is in no doubt. */
const SURE = 8;

/** Log-odds that are taken off for each log-odd of doubt. */
const DOUBT_WEIGHT = 0.6;

/** Log-odds that are taken off of hypotheses that erase or invert: whoever erases lines long enough finds a digit in anything. */
const MARK_PENALTY = 4;

/** And of others: a fold in cloth becomes a stroke when the illumination is corrected, and a table has many sheets. */
const PENALTIES: Readonly<Record<string, number>> = {
  own: 0,
  even: 1,
  sheet: 6,
  "even sheet": 6,
};

/** Log-odds that count for ink that is laid out as MNIST's, with its own threshold: most such pictures are made of digits. */
const FRAME_BONUS = 4;

/** The hypothesis of which the layout counts. */
const FIRST = "own";

/** The calibration: slope and offset of the log-odds. */
const SLOPE = 0.5;

const OFFSET = 2.95;

/** The log-odds of the digit that was read against all others. */
function readerOdds(logits: ArrayLike<number>, digit: number, temperature: number): number {
  let others = 0;
  for (let k = 0; k < NONE; k++) {
    if (k !== digit) others += math.exp((logits[k] - logits[digit]) / temperature);
  }
  return -math.log(others);
}

function clip(value: number, most: number): number {
  return Math.min(most, Math.max(-most, value));
}

/** The inputs of the network of eleven classes: two channels for each ink, as found and with normalised strokes. */
export function nonDigitInputs(inks: readonly Ink[]): Float32Array<ArrayBuffer> {
  const inputs = new Float32Array(2 * SIZE * inks.length);
  for (const [n, { found, pixels }] of inks.entries()) {
    inputs.set(found, 2 * SIZE * n);
    inputs.set(pixels, 2 * SIZE * n + SIZE);
  }
  return inputs;
}

/** The inputs of the judge: three views of each ink. */
function threeViews(inks: readonly Ink[]): Float32Array {
  const inputs = new Float32Array(VIEWS * SIZE * inks.length);
  for (const [n, { found, pixels }] of inks.entries()) {
    const at = VIEWS * SIZE * n;
    inputs.set(found, at);
    inputs.set(pixels, at + SIZE);
    blur(found, inputs.subarray(at + 2 * SIZE, at + 3 * SIZE));
  }
  return inputs;
}

/** Blurs ink with the binomial kernel of 3×3, and scales it so that its strongest pixel is 1 again. */
function blur(ink: Float32Array, blurred: Float32Array): void {
  const rows = new Float32Array(SIZE);
  for (let i = 0; i < SIZE; i++) {
    const x = i % SIDE;
    rows[i] = 2 * ink[i] + (x > 0 ? ink[i - 1] : 0) + (x < SIDE - 1 ? ink[i + 1] : 0);
  }
  let strongest = 0;
  for (let i = 0; i < SIZE; i++) {
    blurred[i] = 2 * rows[i] + (i >= SIDE ? rows[i - SIDE] : 0) +
      (i < SIZE - SIDE ? rows[i + SIDE] : 0);
    strongest = Math.max(strongest, blurred[i]);
  }
  if (strongest > 0) { for (let i = 0; i < SIZE; i++) blurred[i] /= strongest; }
}
