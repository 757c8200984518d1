import { assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import {
  calibrate,
  calibrationError,
  mostLikely,
  probabilityOf,
  type ScoredInk,
} from "../../../scripts/research/hard_set/calibrate_non_digit.ts";
import { Random } from "../../../src/model/random.ts";

/** Inks whose log-odds of a digit are `slope * score + offset`. */
function drawInks(count: number, slope: number, offset: number): ScoredInk[] {
  const random = new Random(4);
  return Array.from({ length: count }, (_, picture) => {
    const score = random.uniform(-8, 8);
    const probability = probabilityOf({ picture, score, isDigit: true }, { slope, offset });
    return { picture, score, isDigit: random.next() < probability };
  });
}

Deno.test("calibrate finds the slope and the offset of the log-odds", () => {
  const { slope, offset } = calibrate(drawInks(20_000, 0.7, 1.5));
  assertAlmostEquals(slope, 0.7, 0.05);
  assertAlmostEquals(offset, 1.5, 0.1);
});

Deno.test("calibrate has a solution where the scores separate digits from others", () => {
  const scored = [-2, -1, 1, 2].map((score, picture) => ({ picture, score, isDigit: score > 0 }));
  const { slope, offset } = calibrate(scored);
  assertGreater(slope, 1);
  assertLess(slope, 1000);
  assertAlmostEquals(offset, 0, 1e-6);
});

Deno.test("calibrationError is small for the right calibration, and large for another", () => {
  const inks = drawInks(20_000, 0.7, 1.5);
  assertLess(calibrationError(inks, { slope: 0.7, offset: 1.5 }), 0.015);
  assertGreater(calibrationError(inks, { slope: 0.7, offset: -1.5 }), 0.1);
});

Deno.test("mostLikely keeps the ink with the highest score of each picture", () => {
  const scored = [[0, 1], [0, 5], [0, 3], [2, -4], [3, 0], [3, -1]].map((
    [picture, score],
  ) => ({ picture, score, isDigit: false }));
  assertEquals(mostLikely(scored).map(({ score }) => score), [5, -4, 0]);
  assertEquals(mostLikely([]), []);
});
