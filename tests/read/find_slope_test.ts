import { assertAlmostEquals, assertEquals } from "@std/assert";
import { findSlope } from "../../src/read/find_slope.ts";
import { piecesOf } from "./line.ts";

const digitsOn = (slope: number, count: number): ReturnType<typeof piecesOf> =>
  piecesOf(Array.from({ length: count }, (_, n) => {
    const x = 10 + 24 * n;
    return [x, Math.round(60 + slope * (x + 6)), 12, 20] as const;
  }));

Deno.test("findSlope finds how far a line goes down to the right", () => {
  for (const slope of [-0.12, -0.05, 0, 0.08, 0.15]) {
    assertAlmostEquals(findSlope(digitsOn(slope, 8), 20), slope, 0.03);
  }
});

Deno.test("findSlope believes two digits less than eight", () => {
  const [two, eight] = [2, 8].map((count) => findSlope(digitsOn(0.12, count), 20));
  assertEquals(two > 0 && two < 0.7 * eight, true);
});

Deno.test("findSlope says nothing of one digit, nor of lines that stand above each other", () => {
  assertEquals(findSlope(digitsOn(0.1, 1), 20), 0);
  assertEquals(findSlope(piecesOf([[10, 10, 12, 20], [10, 50, 12, 20]]), 20), 0);
  assertEquals(findSlope([], 20), 0);
});
