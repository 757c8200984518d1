import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { Box } from "../../src/image/image.ts";
import { Page, type View } from "../../src/image/page.ts";
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

/** In how many pixels across and down the first writing on a page of bars is seen as one. */
function factorOf(width: number, height: number, high: number): number {
  return findWritings(pageOf(bars(width, height, high, 3)))[0].factor;
}

Deno.test("findWritings makes pages smaller that are longer than 800 pixels", () => {
  assertEquals([factorOf(800, 300, 90), factorOf(801, 300, 90)], [1, 2]);
});

Deno.test("findWritings keeps 24 pixels of the shorter side of a long strip", () => {
  for (const [height, ...factors] of [[47, 1], [48, 2, 1], [71, 2, 1], [72, 3, 1]]) {
    const looks: number[] = [];
    class Watched extends Page {
      override view(region: Box, factor: number): View {
        if (region.width === 4000) looks.push(factor);
        return super.view(region, factor);
      }
    }
    const strip = bars(4000, height, 24, 100);
    const page = new Watched({ ...strip, channels: 1 });
    assertEquals(findWritings(page)[0].pieces.length, 100);
    // The other looks are those for sheets of paper.
    assertEquals(looks.filter((factor) => factor < 10).slice(0, factors.length), factors);
  }
});

Deno.test("findWritings looks from nearer at digits that come out lower than 40 pixels", () => {
  assertEquals([factorOf(900, 300, 80), factorOf(900, 302, 78)], [2, 1]);
});

Deno.test("findWritings makes digits smaller that are higher than 110 pixels, to 50 or more", () => {
  assertEquals([factorOf(600, 300, 110), factorOf(600, 300, 112)], [1, 2]);
  assertEquals([factorOf(600, 300, 148), factorOf(600, 300, 150)], [2, 3]);
});

Deno.test("findWritings looks at no more than four million pixels", () => {
  for (const [width, factor] of [[2000, 1], [2020, 2]]) {
    // Low digits in two corners, so that all of the page has to be seen.
    const picture = greyOf(width, 2000, (x, y) => {
      const [u, v] = [Math.min(x, width - 1 - x), Math.min(y, 1999 - y)];
      return x < width / 2 === y < 1000 && u >= 10 && u < 25 && v >= 10 && v < 70 ? 30 : 230;
    });
    const [writing] = findWritings(pageOf(picture));
    assertEquals([writing.region.width, writing.factor], [width, factor]);
  }
});

Deno.test("findWritings looks at 0.7 heights of a digit around the writing", () => {
  const picture = greyOf(2400, 900, (x, y) => {
    const isInk = x >= 600 && x < 800 && (x - 600) % 40 < 8 && y >= 400 && y < 460;
    return isInk ? 30 : 230;
  });
  const [{ region: { x, y, width, height } }] = findWritings(pageOf(picture));
  const around = [600 - x, 400 - y, x + width - 768, y + height - 460].map((room) => room / 60);
  for (const room of around) assertAlmostEquals(room, 0.7, 0.12);
});

Deno.test("findWritings leaves out specks of up to 0.12 heights of a digit", () => {
  for (const [side, count] of [[12, 3], [13, 4]]) {
    const { data } = bars(500, 200, 100, 3);
    const picture = greyOf(500, 200, (x, y) => {
      const isSpeck = x >= 420 && x < 420 + side && y >= 90 && y < 90 + side;
      return isSpeck ? 40 : data[500 * y + x];
    });
    assertEquals(findWritings(pageOf(picture))[0].pieces.length, count);
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

Deno.test("groupLines takes what is half as high as a digit for one of its line, or of another", () => {
  // Between two lines: as a main piece it is too far from both, as a low one it joins the upper one.
  const lines: [number, number, number, number][] = [[10, 10, 10, 20], [10, 60, 10, 20]];
  const between = (high: number): number =>
    groupLines(piecesOf([...lines, [14, 33, 6, high]]), HEIGHT).length;
  assertEquals([between(9), between(10)], [2, 3]);
});

Deno.test("groupLines takes digits for neighbours whose middles are up to 0.6 heights apart", () => {
  const apart = (down: number): number =>
    groupLines(piecesOf([[10, 10, 10, 20], [30, 10 + down, 10, 20]]), HEIGHT).length;
  assertEquals([apart(11), apart(12)], [1, 2]);
});

Deno.test("groupLines takes low pieces to a line from which they are up to a quarter of a height", () => {
  // High enough for a line of its own.
  const below = (gap: number): number =>
    groupLines(piecesOf([[10, 10, 10, 20], [10, 29 + gap, 10, 8]]), HEIGHT).length;
  assertEquals([below(4), below(5)], [1, 2]);
});

Deno.test("groupLines takes what is 0.35 heights of a digit for a line of its own", () => {
  const far = (high: number): number =>
    groupLines(piecesOf([[10, 10, 10, 20], [10, 90, 10, high]]), HEIGHT).length;
  assertEquals([far(6), far(7)], [1, 2]);
});

/** A row of blocks of a digit's height, with gaps as told between them, in hundredths of that height. */
function row(top: number, gaps: readonly number[]): ReturnType<typeof piecesOf> {
  const high = 100;
  let left = 0;
  return piecesOf([0, ...gaps].map((gap) => {
    left += gap + 60;
    return [left - 60, top, 60, high] as const;
  }));
}

/** How many pieces each line of rows has. */
const sizesOf = (...rows: readonly (readonly number[])[]): number[] =>
  groupLines(rows.flatMap((gaps, n) => row(200 * n, gaps)), 100).map(({ length }) => length);

Deno.test("groupLines divides a row of a table into its numbers, from the left", () => {
  assertEquals(sizesOf([20, 300, 20, 20, 250, 20]), [2, 3, 2]);
  assertEquals(sizesOf([20, 300, 20], [20, 20], [300, 20]), [2, 2, 3, 1, 2]);
});

Deno.test("groupLines takes what is 1.8 heights apart, and three times as far as digits, for another number", () => {
  assertEquals(sizesOf([20, 180, 20]), [2, 2]);
  assertEquals(sizesOf([20, 179, 20]), [4]);
  assertEquals(sizesOf([70, 210, 70]), [2, 2]);
  assertEquals(sizesOf([70, 209, 70]), [4]);
});

Deno.test("groupLines keeps digits in cells together that all are far apart", () => {
  assertEquals(sizesOf([220, 180, 260, 200]), [5]);
  assertEquals(sizesOf([300]), [2]);
  // A third of the gaps tell how far digits are from each other.
  assertEquals(sizesOf([20, 200, 200]), [2, 1, 1]);
  assertEquals(sizesOf([20, 200, 200, 200]), [5]);
});

Deno.test("groupLines divides a row where another one is divided if it has a gap of one height there", () => {
  assertEquals(sizesOf([20, 300, 20], [60, 100, 120]).length, 3);
  const middle = 60 + 20 + 60 + 150;
  const rows = (from: number, to: number): number[] =>
    groupLines([
      ...row(0, [20, 300, 20]),
      ...piecesOf([[from - 130, 200, 60, 100], [from - 60, 200, 60, 100], [to, 200, 60, 100]]),
    ], 100).map(({ length }) => length);
  assertEquals(rows(middle - 50, middle + 50), [2, 2, 2, 1]);
  assertEquals(rows(middle - 50, middle + 49), [2, 2, 3]);
  assertEquals(rows(middle + 1, middle + 140), [2, 2, 3]);
});

Deno.test("groupLines takes parts of one digit above each other for no gap", () => {
  const digits = (tops: number): number =>
    groupLines(
      piecesOf([0, 280, 560].flatMap((left) => [
        [left, 30, 60, 70] as const,
        ...(tops > left ? [[left + 5, 0, 60, 20] as const] : []),
      ])),
      100,
    ).length;
  assertEquals([digits(0), digits(600)], [1, 1]);
});
