import { assertAlmostEquals, assertEquals } from "@std/assert";
import { softmax } from "../../src/engine/softmax.ts";
import { labelDigit } from "../../src/read/label_digit.ts";

const logitsOf = (...pairs: readonly (readonly [digit: number, logit: number])[]): Float32Array => {
  const logits = new Float32Array(10);
  for (const [digit, logit] of pairs) logits[digit] = logit;
  return logits;
};

Deno.test("labelDigit takes the digit that both networks name, and the surer one where they differ", () => {
  const seven = logitsOf([7, 6]);
  for (const isCut of [false, true]) {
    assertEquals(labelDigit(seven, isCut, softmax(seven)).digit, 7);
    assertEquals(labelDigit(logitsOf([1, 1]), isCut, softmax(logitsOf([7, 8]))).digit, 7);
  }
});

Deno.test("labelDigit believes the network of single digits more where no cut was made", () => {
  const [one, seven] = [logitsOf([1, 9]), softmax(logitsOf([7, 9]))];
  assertEquals(labelDigit(one, false, seven).digit, 1);
  assertEquals(labelDigit(one, true, seven).digit, 7);
});

Deno.test("labelDigit is less sure where the networks differ than where they agree", () => {
  const [one, seven] = [logitsOf([1, 5]), logitsOf([7, 5])];
  const apart = labelDigit(one, true, softmax(seven));
  const agreed = labelDigit(one, true, softmax(one));
  assertEquals(apart.probability < 0.9 && agreed.probability > 0.9, true);
});

Deno.test("labelDigit asks the network of single digits alone where there is no other", () => {
  const { digit, probability } = labelDigit(logitsOf([3, Math.log(91)]), true);
  assertEquals(digit, 3);
  assertAlmostEquals(probability, 0.91, 1e-5);
});
