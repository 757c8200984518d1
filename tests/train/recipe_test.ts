import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { LeNetError } from "../../src/errors.ts";
import { learningRateFactor } from "../../src/train/recipe.ts";

Deno.test("learningRateFactor of constant never changes", () => {
  assertEquals([0, 0.5, 1].map((at) => learningRateFactor("constant", at)), [1, 1, 1]);
});

Deno.test("learningRateFactor of cosine falls from 1 over one half to 0", () => {
  const factors = [0, 0.5, 1].map((at) => learningRateFactor("cosine", at));
  [1, 0.5, 0].forEach((expected, i) => assertAlmostEquals(factors[i], expected, 1e-12));
});

Deno.test("learningRateFactor of one-cycle rises for 15 % of the run, then falls", () => {
  assertAlmostEquals(learningRateFactor("one-cycle", 0), 0.04, 1e-12);
  assertAlmostEquals(learningRateFactor("one-cycle", 0.15), 1, 1e-12);
  assertAlmostEquals(learningRateFactor("one-cycle", 1), 1e-4, 1e-12);
  let last = 0;
  for (let i = 0; i <= 100; i++) {
    const factor = learningRateFactor("one-cycle", i / 100);
    assertEquals(i <= 15 ? factor > last : factor < last, true, `at ${i} %`);
    last = factor;
  }
});

Deno.test("learningRateFactor refuses a schedule it does not know", () => {
  assertThrows(() => learningRateFactor("step" as "cosine", 0), LeNetError, "the schedule is step");
});
