import { argMax } from "./engine/runner.ts";

/**
 * The logarithm of a probability that a network gives.
 *
 * @param logits One logit for each class.
 * @param label Whose probability.
 * @param temperature Divides the logits, above 0 (default 1).
 * @returns Its natural logarithm, at most 0.
 */
export function logProbability(logits: Float32Array, label: number, temperature = 1): number {
  const maximum = logits[argMax(logits)];
  let sum = 0;
  for (const logit of logits) sum += Math.exp((logit - maximum) / temperature);
  return (logits[label] - maximum) / temperature - Math.log(sum);
}

/**
 * The mean cross entropy of answers.
 *
 * @param logits One logit for each class, answer after answer.
 * @param labels The true class of each answer; at least one.
 * @param temperature Divides the logits, above 0 (default 1).
 * @returns It, in nats.
 */
export function logLoss(logits: Float32Array, labels: Uint8Array, temperature = 1): number {
  const classes = logits.length / labels.length;
  return labels.reduce(
    (sum, label, n) =>
      sum - logProbability(logits.subarray(n * classes, (n + 1) * classes), label, temperature),
    0,
  ) / labels.length;
}

/** How many bins of equal width the confidences are sorted into. */
const BINS = 15;

/**
 * The expected calibration error (M. Naeini, G. Cooper and M. Hauskrecht, 2015): how far confidence is from frequency.
 * Answers are sorted by confidence into 15 bins of equal width; in each, the mean confidence is compared with the
 * share that is right.
 *
 * @param confidences How sure of each answer, 0 to 1; at least one.
 * @param isRight Whether each answer is right: 1 or 0.
 * @returns The mean difference over all answers, 0 to 1.
 */
export function calibrationError(confidences: Float64Array, isRight: Uint8Array): number {
  const excess = new Float64Array(BINS);
  confidences.forEach((confidence, n) => {
    // A bin includes its upper bound, as the last includes 1.
    const bin = Math.max(0, Math.ceil(confidence * BINS) - 1);
    excess[bin] += confidence - isRight[n];
  });
  return excess.reduce((sum, value) => sum + Math.abs(value), 0) / confidences.length;
}

/** What is misread when only the surest answers are taken. */
export interface CoverageRisk {
  /** The share of answers that is taken, 0 to 1: the surest. */
  readonly coverage: number;
  /** How many that is. */
  readonly count: number;
  /** The share of them that is wrong, 0 to 1. */
  readonly error: number;
  /** Between what it lies with a certainty of 95 %. */
  readonly interval: readonly [low: number, high: number];
  /** How sure the least sure of them is, 0 to 1: the confidence below which to refuse. */
  readonly confidence: number;
}

/** The coverages that are measured. */
const COVERAGES = [1, 0.995, 0.99, 0.98, 0.95];

/**
 * Measures what is misread when the least sure answers are refused.
 *
 * @param confidences How sure of each answer, 0 to 1; at least one.
 * @param isRight Whether each answer is right: 1 or 0.
 * @param coverages Which shares of the answers are taken, above 0 to 1 (default 1, 0.995, 0.99, 0.98 and 0.95); as many
 * answers are taken as make up the share at least.
 * @returns What each coverage comes to.
 */
export function riskAtCoverage(
  confidences: Float64Array,
  isRight: Uint8Array,
  coverages: readonly number[] = COVERAGES,
): CoverageRisk[] {
  // Of equal confidence the wrong come first: what cannot be told apart must not look as if it could.
  const order = Array.from(confidences, (_, n) => n)
    .sort((a, b) => confidences[b] - confidences[a] || isRight[a] - isRight[b]);
  return coverages.map((coverage) => {
    // Less than one in a billion is the rounding of the product.
    const count = Math.max(1, Math.ceil(coverage * order.length - 1e-9 * order.length));
    const taken = order.slice(0, count);
    const wrong = taken.filter((n) => isRight[n] === 0).length;
    return {
      coverage,
      count,
      error: wrong / count,
      interval: wilson(wrong, count),
      confidence: confidences[taken[count - 1]],
    };
  });
}

/** The standard score of 95 %. */
const SCORE = 1.959964;

/**
 * Between which bounds a share lies that was counted, with a certainty of 95 % (E. Wilson, 1927).
 *
 * @param hits How many were counted.
 * @param count Of how many, from 1.
 * @returns The bounds, 0 to 1.
 */
export function wilson(hits: number, count: number): [low: number, high: number] {
  const share = hits / count;
  const square = SCORE ** 2 / count;
  const middle = share + square / 2;
  const reach = SCORE * Math.sqrt(share * (1 - share) / count + square / count / 4);
  return [
    Math.max(0, (middle - reach) / (1 + square)),
    Math.min(1, (middle + reach) / (1 + square)),
  ];
}
