import type { Segment } from "./segments.ts";

/** What a segment is compared with. */
export interface LineMeasures {
  /** How high a digit is. */
  readonly height: number;
  /** How wide strokes are. */
  readonly stroke: number;
}

/**
 * What a segment is worth as a digit.
 *
 * @param segment The segment.
 * @param logits What the network says of it.
 * @param measures The line.
 * @returns The logarithm of how likely it is one.
 */
export function segmentScore(
  segment: Segment,
  logits: Float32Array,
  { height }: LineMeasures,
): number {
  let [best, sum] = [-Infinity, 0];
  for (const logit of logits) best = Math.max(best, logit);
  for (const logit of logits) sum += Math.exp(logit - best);
  const { width: w, height: h } = segment.found.box;
  const tall = Math.log(h / height);
  let score = -Math.log(sum);
  score -= 0.25 * Math.max(0, 10 - best);
  if (tall < -0.35) score -= 8 * (-0.35 - tall);
  if (tall > 0.3) score -= 8 * (tall - 0.3);
  if (w > 1.05 * height) score -= 10 * (w / height - 1.05);
  score -= 0.8 * (segment.leftCost + segment.rightCost);
  if (segment.gap > 0) score -= 12 * segment.gap / height;
  return score;
}
