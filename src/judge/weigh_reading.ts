/** From these log-odds of its answer on, against all others, the reader of digits has no doubt. */
const SURE = 8;

/** How many log-odds of a digit a log-odd of doubt takes. */
const WEIGHT = 0.6;

/**
 * What the judge says of ink, weighed with how it was read: a digit that the judge does not know can often be read
 * without doubt; what is none leaves the reader in two minds.
 *
 * @param digitness What the judge says: the probability that the ink is a digit, 0 to 1.
 * @param logits What the network says that read it.
 * @param temperature Of that network: its logits are divided by it.
 * @returns The probability that the ink is a digit: less the more the reader doubts, never more than the judge's.
 */
export function weighReading(
  digitness: number,
  logits: ArrayLike<number>,
  temperature: number,
): number {
  const sorted = Array.from(logits, (logit) => logit / temperature).sort((a, b) => b - a);
  const [best, ...others] = sorted;
  const odds = -Math.log(others.reduce((sum, other) => sum + Math.exp(other - best), 0));
  const doubt = Math.max(0, SURE - odds);
  return digitness / (digitness + (1 - digitness) * Math.exp(WEIGHT * doubt));
}
