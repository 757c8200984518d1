import { assertAlmostEquals, assertEquals } from "@std/assert";
import { findWriting } from "../../src/read/find_writing.ts";
import { greyOf } from "../image/shapes.ts";

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
