import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { findInkBox } from "../../src/image/ink_box.ts";

const LEVELS = { background: 255, direction: -1, floor: 0, edge: 100, full: 255 } as const;

Deno.test("findInkBox is the smallest box around all ink", () => {
  const size = fc.integer({ min: 1, max: 12 });
  fc.assert(
    fc.property(size, size, fc.array(fc.nat(143), { minLength: 1 }), (width, height, ink) => {
      const data = new Uint8Array(width * height).fill(156);
      const inked = ink.map((at) => at % data.length);
      for (const at of inked) data[at] = 155;
      const columns = inked.map((at) => at % width);
      const rows = inked.map((at) => Math.floor(at / width));
      const [x, y] = [Math.min(...columns), Math.min(...rows)];
      assertEquals(findInkBox({ data, width, height }, LEVELS), {
        x,
        y,
        width: Math.max(...columns) - x + 1,
        height: Math.max(...rows) - y + 1,
      });
    }),
  );
});

Deno.test("findInkBox finds none where no pixel reaches the edge", () => {
  const data = new Uint8Array(12).fill(156);
  assertEquals(findInkBox({ data, width: 4, height: 3 }, LEVELS), undefined);
});
