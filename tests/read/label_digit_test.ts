import { assertAlmostEquals, assertEquals } from "@std/assert";
import { labelDigit } from "../../src/read/label_digit.ts";

const logitsOf = (...pairs: readonly (readonly [digit: number, logit: number])[]): Float32Array => {
  const logits = new Float32Array(10);
  for (const [digit, logit] of pairs) logits[digit] = logit;
  return logits;
};

const logarithms = (logits: Float32Array): Float32Array => {
  const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0);
  return logits.map((logit) => logit - Math.log(sum));
};

Deno.test("labelDigit takes the digit that both networks name, and the surer one where they differ", () => {
  const seven = logitsOf([7, 6]);
  assertEquals(labelDigit(seven, logarithms(seven)).digit, 7);
  assertEquals(labelDigit(logitsOf([1, 1]), logarithms(logitsOf([7, 8]))).digit, 7);
  assertEquals(labelDigit(logitsOf([1, 20]), logarithms(logitsOf([7, 2]))).digit, 1);
});

Deno.test("labelDigit is less sure where the networks differ than where they agree", () => {
  const [one, seven] = [logitsOf([1, 5]), logitsOf([7, 5])];
  const [apart, agreed] = [labelDigit(one, logarithms(seven)), labelDigit(one, logarithms(one))];
  assertEquals(apart.probability < 0.9 && agreed.probability > 0.9, true);
});

Deno.test("labelDigit asks the network of single digits alone where there is no other", () => {
  const { digit, probability } = labelDigit(logitsOf([3, Math.log(91)]));
  assertEquals(digit, 3);
  assertAlmostEquals(probability, 0.91, 1e-5);
});
