import { assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import fc from "fast-check";
import { STROKE, strokeWidth } from "../../src/image/stroke_width.ts";
import { barOf, inkOf, ringOf } from "./shapes.ts";

Deno.test("strokeWidth is right within 10 %, or half a pixel, for lines that go round", () => {
  for (const width of [4, 5.5, 8, 13, 20]) {
    for (const radius of [22, 35.4, 60]) {
      const measured = strokeWidth(ringOf(150, radius, width));
      assertLess(
        Math.abs(measured - width),
        Math.max(0.1 * width, 0.5),
        `${width} in a ring of ${radius}`,
      );
    }
  }
});

Deno.test("strokeWidth is right within 10 % for bars, over all angles", () => {
  for (const width of [6, 10, 20]) {
    // The ends of a bar are edges as well.
    const expected = width / (1 + width / 160);
    let sum = 0;
    for (let degrees = 0; degrees < 180; degrees += 7.5) {
      const measured = strokeWidth(barOf(180, 160, width, degrees));
      // The sides of pixels are from 1 to √2 times as long as the edge.
      assertGreater(measured / expected, 0.85, `${width} at ${degrees}°`);
      assertLess(measured / expected, 1.33, `${width} at ${degrees}°`);
      sum += measured;
    }
    assertLess(Math.abs(sum / 24 / expected - 1), 0.1, `${width}`);
  }
});

Deno.test("strokeWidth counts the sides of pixels, at the edges of the map as well", () => {
  const side = fc.integer({ min: 1, max: 9 });
  fc.assert(fc.property(side, side, fc.nat(3), (width, height, margin) => {
    const block = inkOf(
      width + 2 * margin,
      height + 2 * margin,
      (x, y) => x >= margin && y >= margin && x < width + margin && y < height + margin ? 1 : 0,
    );
    const expected = width * height / (width + height) * 4 / Math.PI;
    assertAlmostEquals(strokeWidth(block), expected, 1e-9);
  }));
});

Deno.test("strokeWidth is the same for a picture turned by a right angle, or in a mirror", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 35, maxLength: 35 }), (pixels) => {
      const at = (x: number, y: number): number => pixels[5 * y + x] ? 1 : 0;
      const upright = strokeWidth(inkOf(5, 7, at));
      assertAlmostEquals(strokeWidth(inkOf(7, 5, (x, y) => at(y, x))), upright, 1e-9);
      assertAlmostEquals(strokeWidth(inkOf(5, 7, (x, y) => at(4 - x, y))), upright, 1e-9);
      assertAlmostEquals(strokeWidth(inkOf(5, 7, (x, y) => at(x, 6 - y))), upright, 1e-9);
    }),
  );
});

Deno.test("strokeWidth sees thin lines that fill less than half of their pixels, and no less", () => {
  const line = (ink: number): number => strokeWidth(inkOf(9, 9, (_, y) => y === 4 ? ink : 0));
  assertGreater(line(STROKE + 0.01), 1);
  assertEquals(line(STROKE + 0.01), line(1));
  assertEquals(line(STROKE - 0.01), 0);
  assertLess(STROKE, 0.5);
});

Deno.test("strokeWidth looks at a box alone, and takes its sides for edges", () => {
  const bars = inkOf(20, 20, (x, y) => x >= 3 && x < 6 || y >= 12 && y < 18 ? 1 : 0);
  assertAlmostEquals(
    strokeWidth(bars, { x: 2, y: 1, width: 6, height: 9 }),
    strokeWidth(inkOf(3, 9, () => 1)),
    1e-9,
  );
  assertAlmostEquals(
    strokeWidth(bars, { x: 7, y: 13, width: 13, height: 7 }),
    strokeWidth(inkOf(13, 5, () => 1)),
    1e-9,
  );
  assertEquals(strokeWidth(bars, { x: 7, y: 0, width: 13, height: 12 }), 0);
  assertEquals(
    strokeWidth(bars, { x: 0, y: 0, width: 20, height: 20 }),
    strokeWidth(bars),
  );
});

Deno.test("strokeWidth is 0 where there is no ink", () => {
  for (const [width, height] of [[1, 1], [1, 8], [8, 1], [6, 5]]) {
    assertEquals(strokeWidth(inkOf(width, height, () => 0)), 0);
  }
});
