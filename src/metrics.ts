import { argMax } from "./engine/runner.ts";

/**
 * The logarithm of the softmax of logits, for one class.
 *
 * @param logits One logit for each class.
 * @param label The class.
 * @param temperature Divides the logits, above 0 (default 1).
 * @returns The natural logarithm of its probability, at most 0.
 */
export function logProbability(logits: Float32Array, label: number, temperature = 1): number {
  const maximum = logits[argMax(logits)];
  let sum = 0;
  for (const logit of logits) sum += Math.exp((logit - maximum) / temperature);
  return (logits[label] - maximum) / temperature - Math.log(sum);
}

/**
 * The mean cross entropy.
 *
 * @param logits Logits, [answers, classes].
 * @param labels The true class of each answer; at least one.
 * @param temperature Divides the logits, above 0 (default 1).
 * @returns The mean over all answers, in nats.
 */
export function logLoss(logits: Float32Array, labels: Uint8Array, temperature = 1): number {
  const classes = logits.length / labels.length;
  return labels.reduce(
    (sum, label, n) =>
      sum - logProbability(logits.subarray(n * classes, (n + 1) * classes), label, temperature),
    0,
  ) / labels.length;
}

/** Bins of the calibration error, as in Guo et al., 2017. */
const BINS = 15;

/**
 * The expected calibration error (M. Naeini, G. Cooper and M. Hauskrecht, 2015): answers are sorted by confidence into
 * 15 bins of equal width; in each bin the mean confidence is compared with the share of right answers.
 *
 * @param confidences The confidence of each answer, 0 to 1; at least one.
 * @param isRight 1 for each answer that is right, else 0.
 * @returns The mean difference over all answers, 0 to 1.
 */
export function calibrationError(confidences: Float64Array, isRight: Uint8Array): number {
  const excess = new Float64Array(BINS);
  confidences.forEach((confidence, n) => {
    // A bin includes its upper bound, so that the last one includes 1.
    const bin = Math.max(0, Math.ceil(confidence * BINS) - 1);
    excess[bin] += confidence - isRight[n];
  });
  return excess.reduce((sum, value) => sum + Math.abs(value), 0) / confidences.length;
}

/** The error rate when only the most confident answers are accepted (selective classification). */
export interface CoverageRisk {
  /** The share of answers that is accepted, 0 to 1. */
  readonly coverage: number;
  /** The number of answers that are accepted. */
  readonly count: number;
  /** The share of wrong answers among them, 0 to 1. */
  readonly error: number;
  /** The 95 % confidence interval of the error (Wilson). */
  readonly interval: readonly [low: number, high: number];
  /** The lowest confidence among them, 0 to 1: the threshold of this coverage. */
  readonly confidence: number;
}

/** The coverages that are measured by default. */
const COVERAGES = [1, 0.995, 0.99, 0.98, 0.95];

/**
 * Measures the error rate at several coverages, rejecting the least confident answers.
 *
 * @param confidences The confidence of each answer, 0 to 1; at least one.
 * @param isRight 1 for each answer that is right, else 0.
 * @param coverages The shares of answers that are accepted, above 0 to 1 (default 1, 0.995, 0.99, 0.98 and 0.95); the
 * number of answers is rounded up.
 * @returns The measures of each coverage, in order.
 */
export function riskAtCoverage(
  confidences: Float64Array,
  isRight: Uint8Array,
  coverages: readonly number[] = COVERAGES,
): CoverageRisk[] {
  // Wrong answers come first among those of equal confidence: a tie must not flatter the result.
  const order = Array.from(confidences, (_, n) => n)
    .sort((a, b) => confidences[b] - confidences[a] || isRight[a] - isRight[b]);
  return coverages.map((coverage) => {
    // A product may lie above a whole number by rounding, which is less than a billionth.
    const count = Math.max(1, Math.ceil(coverage * order.length - 1e-9 * order.length));
    const accepted = order.slice(0, count);
    const wrong = accepted.filter((n) => isRight[n] === 0).length;
    return {
      coverage,
      count,
      error: wrong / count,
      interval: wilson(wrong, count),
      confidence: confidences[accepted[count - 1]],
    };
  });
}

/** The 97.5 % quantile of the standard normal distribution. */
const Z_95 = 1.959964;

/**
 * The 95 % confidence interval of a share (the score interval of E. Wilson, 1927).
 *
 * @param hits The number of successes.
 * @param count The number of trials, from 1.
 * @returns The bounds, 0 to 1.
 */
export function wilson(hits: number, count: number): [low: number, high: number] {
  const share = hits / count;
  const square = Z_95 ** 2 / count;
  const middle = share + square / 2;
  const reach = Z_95 * Math.sqrt(share * (1 - share) / count + square / count / 4);
  return [
    Math.max(0, (middle - reach) / (1 + square)),
    Math.min(1, (middle + reach) / (1 + square)),
  ];
}
