import { assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { deskew, findSlope, findWritings } from "../../src/reading/writing.ts";
import { greyOf } from "../image/ink/drawing.ts";
import { pageOf, piecesOf } from "./line.ts";

/** Dark bars, 10 wide and 50 high, 40 apart, on a line that leans. */
const leaning = (slope: number, count: number): ReturnType<typeof greyOf> =>
  greyOf(40 * count + 60, 160, (x, y) => {
    const n = Math.floor((x - 30) / 40);
    const top = 50 + slope * 40 * n;
    const isInk = n >= 0 && n < count && (x - 30) % 40 < 10 && y >= top && y < top + 50;
    return isInk ? 30 : 220;
  });

const digitsOn = (slope: number, count: number): ReturnType<typeof piecesOf> =>
  piecesOf(Array.from({ length: count }, (_, n) => {
    const x = 10 + 24 * n;
    return [x, Math.round(60 + slope * (x + 6)), 12, 20] as const;
  }));

Deno.test("deskew turns lines that lean, and knows where in the picture a point is", () => {
  for (const slope of [-0.1, 0.08]) {
    const [writing] = findWritings(pageOf(leaning(slope, 8)));
    const ink = deskew(writing);
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

Deno.test("deskew leaves level lines as they are", () => {
  const [writing] = findWritings(pageOf(leaning(0, 6)));
  const ink = deskew(writing);
  assertEquals([ink.map.width, ink.map.height], [
    writing.found.grey.width,
    writing.found.grey.height,
  ]);
  assertEquals(ink.pieces.length, 6);
});

Deno.test("deskew leaves ink as it is that would be lost by turning", () => {
  for (const dots of [["7,0", "1,1"], ["0,0", "12,0", "12,1"]]) {
    const picture = greyOf(16, 3, (x, y) => dots.includes(`${x},${y}`) ? 0 : 255);
    const [writing] = findWritings(pageOf(picture));
    const ink = deskew(writing);
    assertEquals([ink.pieces, ink.height], [writing.pieces, writing.height]);
  }
});

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
