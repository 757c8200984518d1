import { assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { fitSurface, surfaceAt } from "../../src/image/surface.ts";
import { Random } from "../../src/model/random.ts";

/** The values of a surface on a grid. */
function gridOf(
  coefficients: readonly number[],
  columns: number,
  rows: number,
): Float32Array<ArrayBuffer> {
  const surface = Float64Array.from(coefficients);
  return Float32Array.from(
    { length: columns * rows },
    (_, i) => surfaceAt(surface, i % columns / columns, Math.floor(i / columns) / rows),
  );
}

/** The largest distance between a fitted surface and what it should be, over the grid. */
function worst(values: Float32Array, wanted: Float32Array, columns: number, rows: number): number {
  const fitted = gridOf(Array.from(fitSurface(values, columns, rows)), columns, rows);
  return wanted.reduce((most, value, i) => Math.max(most, Math.abs(fitted[i] - value)), 0);
}

const coefficient = fc.integer({ min: -100, max: 100 }).map((hundredths) => hundredths / 100);
const coefficients = fc.array(coefficient, { minLength: 6, maxLength: 6 });

Deno.test("surfaceAt sums up 1, u, v, u², uv and v²", () => {
  const [u, v] = [0.3, 0.7];
  [1, u, v, u * u, u * v, v * v].forEach((term, k) => {
    const surface = new Float64Array(6);
    surface[k] = 2;
    assertAlmostEquals(surfaceAt(surface, u, v), 2 * term, 1e-12);
  });
  assertAlmostEquals(surfaceAt(Float64Array.of(1, 2, 3, 4, 5, 6), 2, 3), 1 + 4 + 9 + 16 + 30 + 54);
});

Deno.test("fitSurface finds a surface of second order again", () => {
  const side = fc.integer({ min: 4, max: 24 });
  fc.assert(
    fc.property(coefficients, side, side, (coefficients, columns, rows) => {
      const values = gridOf(coefficients, columns, rows);
      assertLess(worst(values, values, columns, rows), 1e-4);
    }),
    { numRuns: 50 },
  );
});

Deno.test("fitSurface finds it among 30 % of values that lie on one side of it", () => {
  fc.assert(
    fc.property(coefficients, fc.nat(), fc.boolean(), (coefficients, seed, isDark) => {
      const random = new Random(seed);
      const wanted = gridOf(coefficients, 24, 18);
      const outliers = random.shuffle(Array.from(wanted.keys())).slice(0, 0.3 * wanted.length);
      const values = wanted.slice();
      for (const i of outliers) values[i] += (isDark ? -1 : 1) * random.uniform(0.5, 2);
      assertLess(worst(values, wanted, 24, 18), 1e-3);
    }),
    { numRuns: 40 },
  );
});

Deno.test("fitSurface finds it beside strokes and blots as thick as tiles, under noise", () => {
  const random = new Random(7);
  const wanted = gridOf([4.5, 0.8, -0.5, -0.7, 0.3, 0.2], 24, 24);
  const isRing = (x: number, y: number): boolean => Math.abs(Math.hypot(x - 11, y - 13) - 6) < 1;
  const isBlot = (x: number, y: number): boolean => x >= 14 && x < 21 && y >= 3 && y < 8;
  for (const isInk of [isRing, isBlot]) {
    const values = wanted.map((value, i) =>
      value + 0.02 * random.normal() - (isInk(i % 24, Math.floor(i / 24)) ? 1.5 : 0)
    );
    assertLess(worst(values, wanted, 24, 24), 0.03);
  }
});

Deno.test("fitSurface follows a grid too small for a surface of second order", () => {
  for (const [columns, rows] of [[1, 1], [1, 9], [9, 1], [2, 2], [3, 1], [24, 2]]) {
    const values = gridOf([5, 0.5, -0.25, 0, 0, 0], columns, rows);
    const surface = fitSurface(values, columns, rows);
    assertEquals(surface.length, 6);
    assertEquals(surface.every(Number.isFinite), true);
    assertLess(worst(values, values, columns, rows), 1e-3, `${columns}×${rows}`);
  }
});
