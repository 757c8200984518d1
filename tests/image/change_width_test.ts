import { assertAlmostEquals, assertEquals, assertGreaterOrEqual, assertLess } from "@std/assert";
import fc from "fast-check";
import { changeWidth } from "../../src/image/change_width.ts";
import type { InkMap } from "../../src/image/ink_map.ts";
import { barOf, inkOf, shapeOf, sumOf } from "./shapes.ts";

/** The ink of an upright cut through the middle. */
function cutThrough({ data, width }: InkMap): number {
  const column = data.filter((_, i) => i % width === width >> 1);
  return sumOf(column);
}

Deno.test("changeWidth moves every edge of a bar by the growth", () => {
  for (const height of [4, 9]) {
    const bar = inkOf(60, 41, (x, y) => x >= 15 && x < 45 && y >= 15 && y < 15 + height ? 1 : 0);
    for (const growth of [-1.5, -1, -0.5, 0, 0.25, 0.5, 1, 2, 3.7, 6]) {
      const changed = changeWidth(bar, growth);
      const wanted = height + 2 * growth;
      assertAlmostEquals(cutThrough(changed), wanted, 0.2 + 0.1 * Math.abs(growth), `${growth}`);
    }
  }
});

Deno.test("changeWidth moves slanted edges as far as others", () => {
  for (const growth of [-3, -1.5, 1, 2.5, 6]) {
    for (let degrees = 0; degrees < 180; degrees += 15) {
      const before = sumOf(changeWidth(barOf(120, 80, 12, degrees), 0).data);
      const after = sumOf(changeWidth(barOf(120, 80, 12, degrees), growth).data);
      const moved = (after - before) / (2 * (80 + 12 + 2 * growth));
      assertAlmostEquals(moved, growth, 0.25 + 0.04 * Math.abs(growth), `${growth} at ${degrees}°`);
    }
  }
});

Deno.test("changeWidth keeps circles round", () => {
  const disc = shapeOf(101, 101, (x, y) => 30 - Math.hypot(x - 50.5, y - 50.5));
  for (const growth of [-12, -4, 3, 8, 15]) {
    const { data, width } = changeWidth(disc, growth);
    const radius = 30 + growth;
    assertAlmostEquals(Math.sqrt(sumOf(data) / Math.PI), radius, 0.3 + 0.04 * Math.abs(growth));
    data.forEach((ink, i) => {
      const distance = Math.hypot(
        i % width + 0.5 - width / 2,
        Math.floor(i / width) + 0.5 - width / 2,
      );
      const tolerance = 1.2 + 0.06 * Math.abs(growth);
      if (distance < radius - tolerance) assertEquals(ink, 1);
      if (distance > radius + tolerance) assertEquals(ink, 0);
    });
  }
});

Deno.test("changeWidth makes the map larger by the growth on every side, and never smaller", () => {
  const ink = inkOf(7, 5, (x, y) => x === 3 && y === 2 ? 1 : 0);
  for (const [growth, margin] of [[-2, 0], [-0.1, 0], [0, 0], [0.2, 1], [1, 1], [2.5, 3]]) {
    const { data, width, height } = changeWidth(ink, growth);
    assertEquals([width, height, data.length], [
      7 + 2 * margin,
      5 + 2 * margin,
      (7 + 2 * margin) * (5 + 2 * margin),
    ]);
    if (growth > 0) assertEquals(data[(2 + margin) * width + 3 + margin], 1);
  }
});

Deno.test("changeWidth takes what lies outside of the map as background", () => {
  for (const [width, height] of [[9, 9], [9, 30], [11, 6]]) {
    const all = inkOf(width, height, () => 1);
    const thinner = changeWidth(all, -2);
    thinner.data.forEach((ink, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      const depth = Math.min(x, y, width - 1 - x, height - 1 - y);
      if (depth < 1) assertEquals(ink, 0);
      if (depth > 2) assertEquals(ink, 1);
    });
    const wider = changeWidth(all, 3);
    assertGreaterOrEqual(sumOf(wider.data), (width + 4) * (height + 4));
    assertLess(sumOf(wider.data), (width + 7) * (height + 7));
  }
});

Deno.test("changeWidth leaves nothing of strokes narrower than what is taken away", () => {
  assertEquals(sumOf(changeWidth(barOf(40, 30, 5, 20), -4).data), 0);
  assertEquals(sumOf(changeWidth(inkOf(1, 1, () => 1), -1).data), 0);
});

Deno.test("changeWidth gives no ink for no ink", () => {
  for (const growth of [-3, 0, 2]) {
    for (const [width, height] of [[1, 1], [1, 6], [5, 4]]) {
      assertEquals(sumOf(changeWidth(inkOf(width, height, () => 0), growth).data), 0);
    }
  }
});

Deno.test("changeWidth gives more ink everywhere for more growth, from 0 to 1", () => {
  const pixels = fc.array(fc.boolean(), { minLength: 48, maxLength: 48 });
  const growth = fc.integer({ min: 1, max: 400 }).map((hundredths) => hundredths / 100);
  fc.assert(
    fc.property(pixels, growth, growth, (pixels, a, b) => {
      const map = inkOf(8, 6, (x, y) => pixels[8 * y + x] ? 1 : 0);
      const before = map.data.slice();
      for (const [less, more] of [[-Math.max(a, b), -Math.min(a, b)], [a, b].sort()]) {
        const [thin, wide] = [changeWidth(map, less), changeWidth(map, more)];
        const margin = (wide.width - thin.width) / 2;
        thin.data.forEach((ink, i) => {
          const [x, y] = [i % thin.width + margin, Math.floor(i / thin.width) + margin];
          assertGreaterOrEqual(wide.data[y * wide.width + x], ink);
          assertEquals(ink >= 0 && ink <= 1, true);
        });
      }
      assertEquals(map.data, before);
    }),
    { numRuns: 60 },
  );
});
