import type { Classification } from "../../../src/classification.ts";
import { LeNetError } from "../../../src/errors.ts";
import type { LeNet } from "../../../src/lenet.ts";
import { calibrationError } from "../../../src/evaluate.ts";
import { percent } from "../../../src/watch/html.ts";
import type { LabelledPicture } from "./ablation.ts";

/** The values of `reject` that are measured; with 0 all ink is accepted as a digit. */
export const THRESHOLDS = [0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];

/** Whether ink was read right, and how likely it is a digit. */
export interface ScoredInk {
  /** Whether the digit that was read is the one that is shown; it is not where none is. */
  readonly isRight: boolean;
  readonly digitProbability: number;
}

/** The answer to a picture with every threshold. */
export interface ScoredAnswer {
  /** Whether the digit that was read is the one that is shown. */
  readonly isRight: boolean;
  /** The largest `reject` with which there is a digit; −1 where there is none with any. */
  readonly acceptedTo: number;
  /** Left out where the answer does not depend on `digitProbability`. */
  readonly ink?: ScoredInk;
}

/**
 * The ink of an answer that depends on `digitProbability`.
 *
 * @param answer The answer.
 * @param text The digit that is shown; empty where none is.
 * @returns The ink; `undefined` where there is no estimate, and where the picture has several digits, or too little of one.
 */
export function scoredInk(
  { reason, digitProbability, probabilities }: Classification,
  text: string,
): ScoredInk | undefined {
  if (digitProbability === null || reason !== null && reason !== "not-a-digit") return undefined;
  return { isRight: likeliest(probabilities) === text, digitProbability };
}

/**
 * Reads a picture once for all thresholds.
 *
 * @param net The network.
 * @param picture The picture.
 * @returns The answer; a picture that cannot be used has no digit with any threshold.
 */
export async function scoredAnswer(
  net: Pick<LeNet, "classify">,
  { image, text }: LabelledPicture,
): Promise<ScoredAnswer> {
  try {
    // The smallest positive threshold has all ink scored, and refuses none.
    const answer = await net.classify(image, { reject: Number.MIN_VALUE });
    const { reason, digitProbability, probabilities } = answer;
    const isRight = likeliest(probabilities) === text;
    const ink = scoredInk(answer, text);
    const isInk = reason !== "no-ink" && reason !== "too-faint";
    const acceptedTo = reason === null ? digitProbability ?? 1 : isInk ? 0 : -1;
    return { isRight, acceptedTo, ...ink && { ink } };
  } catch (error) {
    if (!(error instanceof LeNetError && error.code.startsWith("image/"))) throw error;
    return { isRight: false, acceptedTo: -1 };
  }
}

/** The digit that ink is read as, whether or not that is the answer; empty without ink. */
function likeliest(probabilities: readonly number[]): string {
  const largest = Math.max(...probabilities);
  return largest > 0 ? `${probabilities.indexOf(largest)}` : "";
}

/** The share of answers that are accepted with a threshold, 0 to 1; NaN of none. */
export function acceptedShare(answers: readonly ScoredAnswer[], reject: number): number {
  return answers.filter(({ acceptedTo }) => acceptedTo >= reject).length / answers.length;
}

/** Whether a line was read right, and how likely the reader found it. */
export interface ScoredReading {
  readonly isRight: boolean;
  readonly probability: number;
}

/** How far probabilities are from the share of answers that are right. */
export interface Calibration {
  /** The number of answers. */
  readonly count: number;
  /** The expected calibration error, 0 to 1. */
  readonly error: number;
}

/** Measures the calibration of `digitProbability`; `undefined` without ink. */
export function calibrationOf(inks: readonly ScoredInk[]): Calibration | undefined {
  return calibrationOfReadings(
    inks.map(({ isRight, digitProbability }) => ({ isRight, probability: digitProbability })),
  );
}

/** Measures the calibration of readings; `undefined` of none. */
export function calibrationOfReadings(
  readings: readonly ScoredReading[],
): Calibration | undefined {
  if (readings.length === 0) return undefined;
  const probabilities = Float64Array.from(readings, ({ probability }) => probability);
  const isRight = Uint8Array.from(readings, (reading) => reading.isRight ? 1 : 0);
  return { count: readings.length, error: calibrationError(probabilities, isRight) };
}

/**
 * Says how large a calibration error is; empty where it was not measured.
 *
 * @param of What is calibrated.
 * @param over What was counted.
 */
export function calibrationText(
  calibration: Calibration | undefined,
  of = "digitProbability",
  over = "pictures",
): string {
  if (calibration === undefined) return "";
  const { count, error } = calibration;
  return `Expected calibration error of ${of}: ${percent(error)} over ` +
    `${count.toLocaleString("en-US")} ${over}`;
}
