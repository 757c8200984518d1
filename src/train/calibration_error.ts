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
