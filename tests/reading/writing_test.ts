import { assertAlmostEquals, assertEquals } from "@std/assert";
import { findWritings, groupLines } from "../../src/reading/writing.ts";
import { greyOf } from "../image/ink/drawing.ts";
import { leftOf, pageOf, piecesOf } from "./line.ts";

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

Deno.test("findWritings finds all pieces, and how high they are, in pictures of any size", () => {
  for (
    const [width, height, high, count] of [
      [120, 60, 20, 4],
      [600, 200, 100, 5],
      [2400, 900, 400, 5],
      [3000, 2000, 90, 6],
    ]
  ) {
    const [writing] = findWritings(pageOf(bars(width, height, high, count)));
    assertEquals(writing.pieces.length, count);
    assertAlmostEquals(writing.height * writing.factor, high, 0.05 * high + 2);
  }
});

Deno.test("findWritings looks at the whole page and at a sheet of paper on it", () => {
  const sheet = bars(300, 200, 60, 4);
  const table = greyOf(
    500,
    400,
    (x, y) =>
      x >= 100 && x < 400 && y >= 100 && y < 300 ? sheet.data[(y - 100) * 300 + x - 100] : 30,
  );
  const [whole, entered] = findWritings(pageOf(table));
  assertEquals(whole.region, { x: 0, y: 0, width: 500, height: 400 });
  assertEquals(entered.pieces.length, 4);
});

Deno.test("findWritings looks at the whole page first where a bold digit looks like a sheet", () => {
  const picture = greyOf(300, 120, (x, y) => {
    const isBold = x >= 40 && x < 70;
    const isThin = x >= 120 && x < 260 && (x - 120) % 40 < 8;
    return y >= 20 && y < 100 && (isBold || isThin) ? 30 : 230;
  });
  assertEquals(findWritings(pageOf(picture))[0].pieces.length, 5);
});

Deno.test("findWritings finds nothing in a blank picture", () => {
  assertEquals(findWritings(pageOf(greyOf(300, 80, () => 230))), []);
});

Deno.test("findWritings cuts the page to the writing only where it is too large to be seen whole", () => {
  for (const [side, isWhole] of [[1660, true], [1670, false]] as const) {
    // Low digits in the corner of a wide page, which is first looked at made smaller.
    const picture = greyOf(side, 600, (x, y) => {
      const isInk = x >= 40 && x < 200 && (x - 40) % 40 < 8 && y >= 40 && y < 90;
      return isInk ? 30 : 230;
    });
    const [{ region, factor }] = findWritings(pageOf(picture));
    assertEquals([region.width === side, factor], [isWhole, 1]);
  }
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
