import { assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import fc from "fast-check";
import {
  borderOf,
  findInkLevels,
  histogram,
  inkCurve,
  noiseOf,
  quantile,
} from "../../../src/image/ink/threshold.ts";
import { Random } from "../../../src/model/random.ts";
import { drawGrey, greyOf } from "./drawing.ts";

Deno.test("findInkLevels finds background, direction and full ink", () => {
  for (const [paper, ink] of [[255, 0], [0, 255], [200, 120], [90, 160], [128, 60]]) {
    const levels = findInkLevels(drawGrey({ paper, ink }))!;
    assertEquals(levels.background, paper);
    assertEquals(levels.direction, ink > paper ? 1 : -1);
    assertAlmostEquals(levels.full, Math.abs(ink - paper), 1);
    assertEquals(levels.floor, 0);
  }
});

Deno.test("findInkLevels finds them in a picture that is cropped to the ink", () => {
  const levels = findInkLevels(drawGrey({ width: 42, height: 57, x: 3.5, y: 3.5 }))!;
  assertEquals(levels, { background: 255, direction: -1, floor: 0, edge: 76.5, full: 255 });
});

Deno.test("findInkLevels does not take a shadow for noise", () => {
  const { data, width, height } = drawGrey();
  const shaded = data.map((value, i) => value * (1 - i % width / 250));
  const { floor, edge } = findInkLevels({ data: shaded, width, height })!;
  assertEquals([floor < 5, edge < 90], [true, true]);
});

Deno.test("findInkLevels finds ink that is a few pixels of a very large picture", () => {
  const data = new Uint8Array(1000 * 1000).fill(250);
  for (let i = 0; i < 40; i++) data[(300 + i) * 1000 + 500] = 30;
  assertEquals(findInkLevels({ data, width: 1000, height: 1000 })?.full, 220);
});

Deno.test("findInkLevels takes no account of a few stray pixels of the other direction", () => {
  const grey = drawGrey({ paper: 200, ink: 100 });
  for (let i = 0; i < 8; i++) grey.data[1000 + i] = i % 2 ? 255 : 0;
  const levels = findInkLevels(grey)!;
  assertEquals(levels.direction, -1);
  assertAlmostEquals(levels.full, 100, 1);
});

Deno.test("findInkLevels measures the noise and puts the edge of ink above it", () => {
  const random = new Random(3);
  const { data, width, height } = drawGrey({ paper: 200, ink: 50 });
  const noisy = Uint8ClampedArray.from(data, (value) => value + 12 * random.normal());
  const { floor, edge } = findInkLevels({ data: noisy, width, height })!;
  assertAlmostEquals(floor, 1.5 * 12, 4);
  assertGreater(edge, 4 * 12);
});

Deno.test("findInkLevels finds none where nothing stands out", () => {
  assertEquals(findInkLevels(drawGrey({ paper: 200, ink: 180 })), undefined);
  for (const level of [0, 9, 255]) {
    assertEquals(findInkLevels({ data: Uint8Array.of(level), width: 1, height: 1 }), undefined);
  }
  const { data, width, height } = drawGrey({ paper: 128, ink: 90 });
  const random = new Random(4);
  const noisy = Uint8ClampedArray.from(data, (value) => value + 15 * random.normal());
  assertEquals(findInkLevels({ data: noisy, width, height }), undefined);
});

Deno.test("inkCurve rises straight from the floor to full ink, in either direction", () => {
  const levels = { background: 200, floor: 10, edge: 50, full: 110 } as const;
  const dark = inkCurve({ ...levels, direction: -1 });
  assertEquals([255, 200, 190, 140, 90, 0].map((level) => dark[level]), [0, 0, 0, 0.5, 1, 1]);
  const light = inkCurve({ ...levels, background: 55, direction: 1 });
  assertEquals([0, 55, 65, 115, 165, 255].map((level) => light[level]), [0, 0, 0, 0.5, 1, 1]);
});

Deno.test("findInkLevels takes the side on which ink is known to be", () => {
  // What stands out more is lighter, such as a lamp that is reflected.
  const grey = drawGrey({ paper: 120, ink: 60 });
  for (let i = 0; i < 200; i++) grey.data[1000 + i] = 250;
  assertEquals(findInkLevels(grey)?.direction, 1);
  const known = findInkLevels(grey, -1)!;
  assertEquals([known.direction, known.background], [-1, 120]);
  assertAlmostEquals(known.full, 60, 1);
  assertEquals(findInkLevels(drawGrey({ paper: 200, ink: 40 }), 1), undefined);
});

Deno.test("findInkLevels finds the same when it is told how often each brightness occurs", () => {
  const grey = drawGrey({ paper: 190, ink: 70 });
  assertEquals(findInkLevels(grey, undefined, histogram(grey.data)), findInkLevels(grey));
});

Deno.test("findInkLevels finds the levels of a negative on the other side", () => {
  const random = new Random(6);
  const level = fc.nat(255);
  fc.assert(
    fc.property(level, level, fc.nat(15), (paper, ink, deviation) => {
      const drawn = drawGrey({ width: 50, height: 60, x: 12, y: 12, boxWidth: 25, paper, ink });
      const data = Uint8ClampedArray.from(
        drawn.data,
        (value) => value + deviation * random.normal(),
      );
      const size = { width: 50, height: 60 };
      const levels = findInkLevels({ data, ...size });
      const negative = findInkLevels({ data: data.map((value) => 255 - value), ...size });
      assertEquals(
        negative,
        levels && {
          ...levels,
          background: 255 - levels.background,
          direction: levels.direction > 0 ? -1 : 1,
        },
      );
    }),
    { numRuns: 30 },
  );
});

Deno.test("noiseOf measures the deviation of noise, whatever light it is in", () => {
  const random = new Random(5);
  for (const deviation of [4, 10, 25]) {
    for (const slope of [0, 60]) {
      const row = Uint8ClampedArray.from(
        { length: 2000 },
        (_, i) => 128 + slope * (i / 2000 - 0.5) + deviation * random.normal(),
      );
      assertLess(Math.abs(noiseOf(new Uint8Array(row)) / deviation - 1), 0.15);
    }
  }
  const edges = Uint8Array.from({ length: 300 }, (_, i) => i % 50 < 25 ? 30 : 220);
  for (const row of [edges, Uint8Array.of(9), new Uint8Array(50)]) assertEquals(noiseOf(row), 0);
});

Deno.test("borderOf goes once around, clockwise from the upper left corner", () => {
  const around = (width: number, height: number): number[] =>
    Array.from(borderOf(greyOf(width, height, (x, y) => 10 * y + x)));
  assertEquals(around(4, 3), [0, 1, 2, 3, 13, 23, 22, 21, 20, 10]);
  assertEquals(around(1, 1), [0]);
  assertEquals(around(3, 1), [0, 1, 2]);
  assertEquals(around(1, 3), [0, 10, 20]);
  assertEquals(around(2, 2), [0, 1, 11, 10]);
});

Deno.test("borderOf has every outermost pixel once", () => {
  const side = fc.integer({ min: 1, max: 15 });
  fc.assert(fc.property(side, side, (width, height) => {
    const border = borderOf(greyOf(width, height, (x, y) => y * width + x));
    const outermost = Array.from({ length: width * height }, (_, i) => i).filter((i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      return x === 0 || y === 0 || x === width - 1 || y === height - 1;
    });
    assertEquals(Array.from(border).sort((a, b) => a - b), outermost);
  }));
});

Deno.test("histogram counts every value once", () => {
  const values = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    // Mostly flat, as drawings are.
    fc.uint8Array({ maxLength: 60 })
      .map((tones) => Uint8Array.from({ length: 5 * tones.length }, (_, i) => tones[i / 5 | 0])),
  );
  fc.assert(fc.property(values, fc.nat(3), (all, start) => {
    const values = all.subarray(start);
    const counts = Array(256).fill(0);
    for (const value of values) counts[value]++;
    assertEquals(Array.from(histogram(values)), counts);
  }));
});

Deno.test("quantile gives the median, and the mean of the middle two", () => {
  const median = (...values: number[]): number => quantile(histogram(Uint8Array.from(values)), 0.5);
  assertEquals(median(7), 7);
  assertEquals(median(1, 2, 200), 2);
  assertEquals(median(1, 2, 5, 200), 3.5);
  assertEquals(median(3, 3, 3, 200), 3);
});

Deno.test("quantile gives the ends for 0 and 1, and 0 when there is nothing", () => {
  const counts = histogram(Uint8Array.from([9, 30, 80]));
  assertEquals([quantile(counts, 0), quantile(counts, 1)], [9, 80]);
  assertEquals(quantile(new Uint32Array(256), 0.5), 0);
});

Deno.test("quantile of a negative mirrors that of the picture", () => {
  const share = fc.constantFrom(0.001, 0.25, 0.5, 0.75, 0.999);
  fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), share, (values, share) => {
    const negative = values.map((value) => 255 - value);
    assertEquals(
      quantile(histogram(negative), 1 - share),
      255 - quantile(histogram(values), share),
    );
  }));
});
