import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { calibrationError } from "../../src/train/calibration_error.ts";

function error(answers: readonly (readonly [confidence: number, isRight: boolean])[]): number {
  return calibrationError(
    Float64Array.from(answers, ([confidence]) => confidence),
    Uint8Array.from(answers, ([, isRight]) => isRight ? 1 : 0),
  );
}

Deno.test("calibrationError is 0 where confidence is frequency", () => {
  assertEquals(error([[1, true], [1, true]]), 0);
  assertAlmostEquals(error([[0.75, true], [0.75, true], [0.75, true], [0.75, false]]), 0, 1e-12);
});

Deno.test("calibrationError is the difference, in one bin", () => {
  assertEquals(error([[1, false], [1, false]]), 1);
  assertAlmostEquals(error([[0.9, true], [0.9, false]]), 0.4, 1e-12);
  // 0.95 and 0.99 lie in the last of fifteen bins, and make up for each other.
  assertAlmostEquals(error([[0.95, true], [0.99, true]]), 0.03, 1e-12);
});

Deno.test("calibrationError weighs bins by their answers, and does not let them make up for each other", () => {
  // (3 × |0.5 − 1/3| + 1 × |0.9 − 1|) / 4
  const answers = [[0.5, true], [0.5, false], [0.5, false], [0.9, true]] as const;
  assertAlmostEquals(error(answers), 0.15, 1e-12);
  assertAlmostEquals(error([[0.4, true], [0.9, false]]), (0.6 + 0.9) / 2, 1e-12);
});

Deno.test("calibrationError counts a bin's upper bound as the bin's", () => {
  // 1/15 is in the first bin, with 0.01: (1/15 + 0.01 − 1) / 2.
  assertAlmostEquals(error([[1 / 15, true], [0.01, false]]), (1 - 1 / 15 - 0.01) / 2, 1e-12);
});

Deno.test("calibrationError is from 0 to 1, whatever the order", () => {
  const answer = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean());
  fc.assert(fc.property(fc.array(answer, { minLength: 1 }), (answers) => {
    const value = error(answers);
    const reversed = error([...answers].reverse());
    return value >= 0 && value <= 1 + 1e-12 && Math.abs(value - reversed) < 1e-9;
  }));
});
