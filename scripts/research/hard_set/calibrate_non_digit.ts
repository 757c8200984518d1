import { calibrationError as errorOf } from "../../../src/evaluate.ts";
import * as math from "../../../src/model/math.ts";
import { digitScores, type NonDigitNetworks } from "../../../src/non_digit.ts";
import type { LabelledInk } from "./non_digit_dataset.ts";

/** Ink, and the score that the library gives it. */
export interface ScoredInk {
  /** The picture that it is of. */
  readonly picture: number;
  /** Log-odds of a digit before calibration. */
  readonly score: number;
  /** Whether it is the digit that was read. */
  readonly isDigit: boolean;
}

/** The log-odds of a digit: `slope * score + offset`. */
export interface Calibration {
  readonly slope: number;
  readonly offset: number;
}

/** Inks that are run in one batch. */
const BATCH = 500;

/**
 * Scores ink as the library does.
 *
 * @param inks The ink.
 * @param temperature The temperature of the network that reads digits.
 * @param networks The networks that tell digits from other ink.
 * @returns The score of each.
 */
export async function scoreInk(
  inks: readonly LabelledInk[],
  temperature: number,
  networks: NonDigitNetworks,
): Promise<ScoredInk[]> {
  const scored: ScoredInk[] = [];
  for (let start = 0; start < inks.length; start += BATCH) {
    const some = inks.slice(start, start + BATCH);
    const scores = await digitScores(some, temperature, networks);
    some.forEach(({ picture, label, digit }, n) => {
      scored.push({ picture, score: scores[n], isDigit: label === digit });
    });
  }
  return scored;
}

/**
 * The ink of each picture that is the most likely digit, which is what the library answers by.
 *
 * @param scored The ink, that of a picture beside each other.
 * @returns One for each picture.
 */
export function mostLikely(scored: readonly ScoredInk[]): ScoredInk[] {
  const best: ScoredInk[] = [];
  for (const ink of scored) {
    const last = best.at(-1);
    if (last?.picture !== ink.picture) best.push(ink);
    else if (ink.score > last.score) best[best.length - 1] = ink;
  }
  return best;
}

/** The probability of a digit. */
export function probabilityOf({ score }: ScoredInk, { slope, offset }: Calibration): number {
  return 1 / (1 + math.exp(-(slope * score + offset)));
}

/** Steps of Newton's method: far more than it takes. */
const STEPS = 30;

/** A prior of a slope and an offset near 0, so that there is a solution even where the scores separate the classes. */
const RIDGE = 1e-3;

/**
 * Fits probabilities to scores by logistic regression, with Newton's method.
 *
 * @param scored Ink of held-out pictures.
 * @returns The calibration.
 */
export function calibrate(scored: readonly ScoredInk[]): Calibration {
  let [slope, offset] = [0, 0];
  for (let step = 0; step < STEPS; step++) {
    let [ofSlope, ofOffset] = [-RIDGE * slope, -RIDGE * offset];
    let [slopeSlope, slopeOffset, offsetOffset] = [RIDGE, 0, RIDGE];
    for (const ink of scored) {
      const { score } = ink;
      const probability = probabilityOf(ink, { slope, offset });
      const error = (ink.isDigit ? 1 : 0) - probability;
      const spread = probability * (1 - probability);
      ofSlope += error * score;
      ofOffset += error;
      slopeSlope += spread * score * score;
      slopeOffset += spread * score;
      offsetOffset += spread;
    }
    const determinant = slopeSlope * offsetOffset - slopeOffset * slopeOffset;
    slope += (offsetOffset * ofSlope - slopeOffset * ofOffset) / determinant;
    offset += (slopeSlope * ofOffset - slopeOffset * ofSlope) / determinant;
  }
  return { slope, offset };
}

/**
 * The expected calibration error of scored ink.
 *
 * @param scored The ink.
 * @param calibration What makes probabilities of scores.
 * @returns The error, 0 to 1.
 */
export function calibrationError(scored: readonly ScoredInk[], calibration: Calibration): number {
  const probabilities = Float64Array.from(scored, (ink) => probabilityOf(ink, calibration));
  return errorOf(probabilities, Uint8Array.from(scored, ({ isDigit }) => isDigit ? 1 : 0));
}
