import { wilson } from "./wilson.ts";

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
