import { argMax } from "../engine/softmax.ts";

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
