/**
 * Turns logits into probabilities: e^(z/T), scaled to the sum 1.
 *
 * @param logits One logit for each class.
 * @param temperature T, above 0: larger is less sure.
 * @returns One probability for each class.
 */
export function softmax(logits: Float32Array, temperature = 1): Float32Array<ArrayBuffer> {
  const maximum = logits[argMax(logits)];
  // Shifted by the maximum, so that no exponential overflows.
  const exponentials = Float64Array.from(
    logits,
    (logit) => Math.exp((logit - maximum) / temperature),
  );
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return Float32Array.from(exponentials, (value) => value / sum);
}

/**
 * @param values At least one number.
 * @returns The place of the largest, the first of them if there are several.
 */
export function argMax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}
