import type { Runner } from "../../../src/engine/runner.ts";
import * as math from "../../../src/model/math.ts";
import { nonDigitFeatures, nonDigitInputs, NONE } from "../../../src/non_digit.ts";
import type { LabelledInk } from "./non_digit_dataset.ts";

/** Ink whose features are known. */
export interface ScoredInk {
  /** The picture that it is of. */
  readonly picture: number;
  readonly features: readonly number[];
  /** Whether it is the digit that was read. */
  readonly isDigit: boolean;
}

/** Log-odds of being a digit: a weighted sum of features, and a constant. */
export interface Calibration {
  readonly weights: readonly number[];
  readonly bias: number;
}

/** Inks that are run in one batch. */
const BATCH = 500;

/**
 * Computes the features of ink.
 *
 * @param inks The ink.
 * @param runner Runs the network of eleven classes.
 * @param temperature The temperature of the network that reads digits.
 * @returns The features of each.
 */
export async function scoreInk(
  inks: readonly LabelledInk[],
  runner: Runner,
  temperature: number,
): Promise<ScoredInk[]> {
  const scored: ScoredInk[] = [];
  for (let start = 0; start < inks.length; start += BATCH) {
    const some = inks.slice(start, start + BATCH);
    const inputs = nonDigitInputs(some.map(({ hypothesis }) => hypothesis));
    const logits = await runner.logits(inputs, some.length);
    some.forEach((ink, n) => {
      const own = logits.subarray((NONE + 1) * n, (NONE + 1) * (n + 1));
      scored.push({
        picture: ink.picture,
        features: nonDigitFeatures(ink, own, temperature),
        isDigit: ink.label === ink.digit,
      });
    });
  }
  return scored;
}

/** The probability of being a digit. */
export function probabilityOf({ features }: ScoredInk, { weights, bias }: Calibration): number {
  return 1 / (1 + math.exp(-features.reduce((sum, value, i) => sum + weights[i] * value, bias)));
}

/**
 * The ink of each picture that is the most likely digit, which is what the library answers by.
 *
 * @param scored The ink, that of a picture beside each other.
 * @param calibration What makes probabilities of features.
 * @returns One for each picture.
 */
export function mostLikely(scored: readonly ScoredInk[], calibration: Calibration): ScoredInk[] {
  const best: ScoredInk[] = [];
  for (const ink of scored) {
    const last = best.at(-1);
    if (last?.picture !== ink.picture) best.push(ink);
    else if (probabilityOf(ink, calibration) > probabilityOf(last, calibration)) {
      best[best.length - 1] = ink;
    }
  }
  return best;
}

/** Rounds in which the most likely ink of each picture is chosen anew, and the probabilities are fitted to it. */
const ROUNDS = 4;

/**
 * Fits the probabilities to what the library answers by: the most likely ink of each picture.
 *
 * @param scored Ink of held-out pictures, that of a picture beside each other.
 * @returns The calibration.
 */
export function calibrate(scored: readonly ScoredInk[]): Calibration {
  let calibration = fitLogistic(scored);
  for (let round = 0; round < ROUNDS; round++) {
    calibration = fitLogistic(mostLikely(scored, calibration));
  }
  return calibration;
}

/** Steps of Newton's method: far more than it takes. */
const STEPS = 30;

/** A prior of weights near 0, so that there is a solution even where the classes can be told apart. */
const RIDGE = 1e-3;

/** Logistic regression by Newton's method. */
export function fitLogistic(scored: readonly ScoredInk[]): Calibration {
  const size = scored[0].features.length + 1;
  const rows = scored.map(({ features }) => [...features, 1]);
  const weights = new Array<number>(size).fill(0);
  for (let step = 0; step < STEPS; step++) {
    const gradient = weights.map((weight) => -RIDGE * weight);
    const curvature = weights.map((_, i) => weights.map((_, j) => i === j ? RIDGE : 0));
    rows.forEach((row, n) => {
      const odds = row.reduce((sum, value, i) => sum + weights[i] * value, 0);
      const probability = 1 / (1 + math.exp(-odds));
      const error = (scored[n].isDigit ? 1 : 0) - probability;
      const spread = probability * (1 - probability);
      for (let i = 0; i < size; i++) {
        gradient[i] += error * row[i];
        for (let j = 0; j < size; j++) curvature[i][j] += spread * row[i] * row[j];
      }
    });
    solve(curvature, gradient).forEach((change, i) => weights[i] += change);
  }
  return { weights: weights.slice(0, -1), bias: weights[size - 1] };
}

/** Solves a system of linear equations with a positive definite matrix, by elimination. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  for (let pivot = 0; pivot < rows.length; pivot++) {
    for (let i = 0; i < rows.length; i++) {
      if (i === pivot) continue;
      const share = rows[i][pivot] / rows[pivot][pivot];
      for (let j = pivot; j <= rows.length; j++) rows[i][j] -= share * rows[pivot][j];
    }
  }
  return rows.map((row, i) => row[rows.length] / row[i]);
}

/** Bins of probabilities, equally wide. */
const BINS = 15;

/**
 * The expected calibration error: how far, on average, the share of digits in a bin of probabilities is from their mean
 * probability (Guo et al., 2017).
 *
 * @param scored The ink.
 * @param calibration What makes probabilities of features.
 * @returns The error, 0 to 1.
 */
export function calibrationError(scored: readonly ScoredInk[], calibration: Calibration): number {
  const bins = Array.from({ length: BINS }, () => ({ digits: 0, sum: 0 }));
  for (const ink of scored) {
    const probability = probabilityOf(ink, calibration);
    const bin = bins[Math.min(BINS - 1, Math.floor(BINS * probability))];
    if (ink.isDigit) bin.digits++;
    bin.sum += probability;
  }
  return bins.reduce((error, { digits, sum }) => error + Math.abs(digits - sum), 0) / scored.length;
}
