import { assertAlmostEquals, assertEquals } from "@std/assert";
import { findWriting, groupLines, typicalHeight } from "../../src/reading/writing.ts";
import { greyOf } from "../image/ink/drawing.ts";
import { leftOf, piecesOf } from "./line.ts";

/** Bars as high as told, as many as told, in the middle of a picture. */
function bars(
  width: number,
  height: number,
  high: number,
  count: number,
): ReturnType<typeof greyOf> {
  const [wide, apart] = [high / 5, 0.8 * high];
  const [left, top] = [(width - count * apart) / 2, (height - high) / 2];
  return greyOf(width, height, (x, y) => {
    const n = Math.floor((x - left) / apart);
    const isInk = n >= 0 && n < count && x - left - n * apart < wide && y >= top && y < top + high;
    return isInk ? 40 : 230;
  });
}

const HEIGHT = 20;

Deno.test("findWriting finds all pieces, and how high they are, in pictures of any size", () => {
  for (
    const [width, height, high, count] of [
      [120, 60, 20, 4],
      [600, 200, 100, 5],
      [2400, 900, 400, 5],
      [3000, 2000, 90, 6],
    ]
  ) {
    const writing = findWriting(bars(width, height, high, count));
    assertEquals(writing?.pieces.length, count);
    assertAlmostEquals((writing?.height ?? 0) * (writing?.factor ?? 0), high, 0.05 * high + 2);
  }
});

Deno.test("findWriting enters a sheet of paper on a dark table", () => {
  const sheet = bars(300, 200, 60, 4);
  const table = greyOf(
    500,
    400,
    (x, y) =>
      x >= 100 && x < 400 && y >= 100 && y < 300 ? sheet.data[(y - 100) * 300 + x - 100] : 30,
  );
  assertEquals(findWriting(table)?.pieces.length, 4);
});

Deno.test("findWriting finds nothing in a blank picture", () => {
  assertEquals(findWriting(greyOf(300, 80, () => 230)), undefined);
});

Deno.test("groupLines puts what stands side by side on one line, from the left", () => {
  const pieces = piecesOf([[60, 12, 8, 20], [10, 10, 10, 20], [35, 8, 8, 22]]);
  assertEquals(groupLines(pieces, HEIGHT).map(leftOf), [[10, 35, 60]]);
});

Deno.test("groupLines tells lines apart, from the top", () => {
  const pieces = piecesOf([[10, 50, 10, 20], [30, 52, 10, 20], [12, 10, 10, 20], [40, 12, 10, 20]]);
  assertEquals(groupLines(pieces, HEIGHT).map(leftOf), [[12, 40], [10, 30]]);
});

Deno.test("groupLines gives low pieces to the line they are beside, however they lie on it", () => {
  // The bar of a 5 above its belly, and the foot of a 2.
  const pieces = piecesOf([[10, 16, 10, 16], [10, 10, 12, 3], [40, 10, 10, 20], [52, 28, 6, 3]]);
  assertEquals(groupLines(pieces, HEIGHT).map(leftOf), [[10, 10, 40, 52]]);
});

Deno.test("groupLines leaves out dirt far from all lines, and takes what is high enough as a line", () => {
  const digit: [number, number, number, number] = [10, 10, 10, 20];
  assertEquals(groupLines(piecesOf([digit, [12, 90, 3, 3]]), HEIGHT).map(leftOf), [[10]]);
  assertEquals(groupLines(piecesOf([digit, [12, 90, 8, 9]]), HEIGHT).map(leftOf), [[10], [12]]);
  assertEquals(groupLines([], HEIGHT), []);
});

Deno.test("typicalHeight is that of most of the ink: specks do not count for much", () => {
  const digits = [[0, 10, 8, 19], [20, 10, 8, 20], [40, 10, 8, 21]] as const;
  const specks = Array.from({ length: 10 }, (_, n) => [4 * n, 50, 1, 1] as const);
  assertEquals(typicalHeight(piecesOf(digits)), 20);
  assertEquals(typicalHeight(piecesOf([...digits, ...specks])), 20);
  assertEquals(typicalHeight(piecesOf([[0, 0, 3, 7]])), 7);
});
