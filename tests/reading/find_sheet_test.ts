import { assertEquals, assertGreater } from "@std/assert";
import fc from "fast-check";
import { findSheet } from "../../src/reading/writing.ts";
import { greyOf } from "../image/ink/drawing.ts";

Deno.test("findSheet finds the inside of a sheet of paper on a table", () => {
  const sheet = findSheet(
    greyOf(500, 400, (x, y) => x >= 100 && x < 400 && y >= 100 && y < 300 ? 230 : 30),
  );
  assertEquals(sheet, { x: 111, y: 111, width: 279, height: 177 });
});

Deno.test("findSheet finds no sheet in a bar that has no inside, whatever its length", () => {
  for (const thick of [1, 2]) {
    for (const length of [3, 91, 120]) {
      const isBar = (at: number): boolean => at >= 0.2 * length && at < 0.8 * length;
      assertEquals(findSheet(greyOf(thick, length, (_, y) => isBar(y) ? 0 : 255)), undefined);
      assertEquals(findSheet(greyOf(length, thick, (x) => isBar(x) ? 0 : 255)), undefined);
    }
  }
});

Deno.test("findSheet gives boxes that have pixels and lie in the picture, whatever its shape", () => {
  const side = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 700 }));
  const edge = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 60, max: 98 }));
  let found = 0;
  fc.assert(
    fc.property(side, side, edge, edge, (width, height, [a, b], [c, d]) => {
      fc.pre(width * height < 60_000);
      const isIn = (at: number, of: number, first: number, last: number): boolean =>
        at >= first * of / 100 && at <= last * of / 100;
      const sheet = findSheet(
        greyOf(width, height, (x, y) => isIn(x, width, a, b) && isIn(y, height, c, d) ? 20 : 240),
      );
      if (sheet === undefined) return;
      found++;
      assertGreater(Math.min(sheet.width, sheet.height, sheet.x + 1, sheet.y + 1), 0);
      assertGreater(width + 1, sheet.x + sheet.width);
      assertGreater(height + 1, sheet.y + sheet.height);
    }),
    { numRuns: 200, seed: 4 },
  );
  assertGreater(found, 10);
});
