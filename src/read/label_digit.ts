import { argMax, softmax } from "../engine/softmax.ts";

/** How much of the say the network of single digits has; the rest has that which sees a digit beside its neighbours. */
const SHARE = 0.4;

/** What a segment is read as. */
export interface Label {
  /** The number of the class. */
  readonly digit: number;
  /** How likely it is that class, if it is a digit, 0 to 1. */
  readonly probability: number;
}

/**
 * Which digit a segment is, as two networks together say: the logarithms of their probabilities are mixed.
 *
 * @param logits The logits of the network of single digits, over its temperature.
 * @param digits The logarithm of the probability of each digit, as the network says that finds whole digits; left out
 * where the classes are other ones.
 * @returns The digit.
 */
export function labelDigit(logits: Float32Array, digits?: Float32Array): Label {
  const own = softmax(logits);
  const mixed = digits === undefined
    ? own
    : softmax(digits.map((log, k) => (1 - SHARE) * log + SHARE * Math.log(own[k])));
  const digit = argMax(mixed);
  return { digit, probability: mixed[digit] };
}
