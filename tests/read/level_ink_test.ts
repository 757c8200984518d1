import { assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { findSlope } from "../../src/read/find_slope.ts";
import { findWriting } from "../../src/read/find_writing.ts";
import { levelInk } from "../../src/read/level_ink.ts";
import { greyOf } from "../image/shapes.ts";

/** Dark bars, 10 wide and 50 high, 40 apart, on a line that leans. */
const leaning = (slope: number, count: number): ReturnType<typeof greyOf> =>
  greyOf(40 * count + 60, 160, (x, y) => {
    const n = Math.floor((x - 30) / 40);
    const top = 50 + slope * 40 * n;
    const isInk = n >= 0 && n < count && (x - 30) % 40 < 10 && y >= top && y < top + 50;
    return isInk ? 30 : 220;
  });

Deno.test("levelInk turns lines that lean, and knows where in the picture a point is", () => {
  for (const slope of [-0.1, 0.08]) {
    const writing = findWriting(leaning(slope, 8));
    if (writing === undefined) throw new Error("no writing");
    const ink = levelInk(writing);
    assertEquals(ink.pieces.length, 8);
    assertLess(Math.abs(findSlope(ink.pieces, ink.height)), 0.03);
    for (const [n, piece] of [...ink.pieces].sort((a, b) => a.left - b.left).entries()) {
      const [x, y] = ink.inPicture(
        (piece.left + piece.right + 1) / 2,
        (piece.top + piece.bottom + 1) / 2,
      );
      assertAlmostEquals(x, 35 + 40 * n, 2);
      assertAlmostEquals(y, 75 + slope * 40 * n, 2);
    }
  }
});

Deno.test("levelInk leaves level lines as they are", () => {
  const writing = findWriting(leaning(0, 6));
  if (writing === undefined) throw new Error("no writing");
  const ink = levelInk(writing);
  assertEquals([ink.map.width, ink.map.height], [
    writing.found.grey.width,
    writing.found.grey.height,
  ]);
  assertEquals(ink.pieces.length, 6);
});
