import { argMax, softmax } from "../engine/softmax.ts";

/** How much of the say the network of single digits has of ink that stands by itself, and of ink that was cut. */
const ALONE = 0.8;
const CUT = 0.45;

/** What a segment is read as. */
export interface Label {
  /** The number of the class. */
  readonly digit: number;
  /** How likely it is that class, if it is a digit, 0 to 1. */
  readonly probability: number;
}

/**
 * Which digit a segment is, as two networks together say: a mean of their probabilities. The one of single digits has
 * never seen the bits of neighbours that a cut leaves, and has less of a say there.
 *
 * @param logits The logits of the network of single digits, over its temperature.
 * @param isCut Whether a cut ends the segment.
 * @param digits The probability of each digit, as the network says that finds whole digits; left out where the classes
 * are other ones.
 * @returns The digit.
 */
export function labelDigit(logits: Float32Array, isCut: boolean, digits?: Float32Array): Label {
  const own = softmax(logits);
  const share = isCut ? CUT : ALONE;
  const mixed = digits === undefined
    ? own
    : own.map((value, k) => share * value + (1 - share) * digits[k]);
  const digit = argMax(mixed);
  return { digit, probability: mixed[digit] };
}
