import { assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { thin } from "../../scripts/report/thin.ts";

Deno.test("thin keeps the lowest and the highest point of every stretch, in order", () => {
  assertEquals(thin([3, 1, 2, 9, 5, 7, 6, 8], 4), [1, 3, 4, 7]);
  assertEquals(thin([3, 1, 2], 4), [0, 1, 2]);
});

Deno.test("thin never keeps more than it may, nor loses a peak, nor changes the order", () => {
  const values = fc.array(fc.integer(), { minLength: 1, maxLength: 200 });
  fc.assert(fc.property(values, fc.integer({ min: 2, max: 60 }), (values, most) => {
    const kept = thin(values, most);
    assertLessOrEqual(kept.length, most);
    assertEquals(kept, [...new Set(kept)].sort((a, b) => a - b));
    const heights = kept.map((position) => values[position]);
    assertEquals(Math.max(...heights), Math.max(...values));
    assertEquals(Math.min(...heights), Math.min(...values));
  }));
});
