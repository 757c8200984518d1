import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
} from "@std/assert";
import fc from "fast-check";
import { DIGIT_BOX, resizeArea } from "../../../src/image/frame.ts";
import type { FoundInk, InkMap } from "../../../src/image/image.ts";
import { changeWidth, evenStrokes, STROKE, strokeWidth } from "../../../src/image/ink/strokes.ts";
import { barOf, drawInk, foundIn, inkOf, ringOf, shapeOf, sumOf } from "./drawing.ts";

/** A two whose strokes have a width, in pixels of MNIST, and whose box is 4 or so many times MNIST's. */
function twoOf(pen: number, scale = 4): FoundInk {
  const side = scale * (DIGIT_BOX - pen);
  const margin = Math.ceil(scale * pen / 2) + 2;
  const width = Math.ceil(0.7 * side) + 2 * margin;
  const height = Math.ceil(side) + 2 * margin;
  const data = drawInk({
    width,
    height,
    x: margin,
    y: margin,
    boxWidth: 0.7 * side,
    boxHeight: side,
    pen: scale * pen,
  });
  return boxed({ data, width, height });
}

/** Ink with the smallest box around it. */
function boxed(map: InkMap): FoundInk {
  const inked = [...map.data.keys()].filter((i) => map.data[i] >= 0.3);
  const columns = inked.map((i) => i % map.width);
  const rows = inked.map((i) => Math.floor(i / map.width));
  const [x, y] = [Math.min(...columns), Math.min(...rows)];
  const [width, height] = [Math.max(...columns) - x + 1, Math.max(...rows) - y + 1];
  return { map, box: { x, y, width, height } };
}

/** How wide the strokes are once the digit has MNIST's size. */
function widthOf({ map, box }: FoundInk): number {
  return strokeWidth(resizeArea(map, box, 4 * DIGIT_BOX)) / 4;
}

/** The ink of an upright cut through the middle. */
function cutThrough({ data, width }: InkMap): number {
  const column = data.filter((_, i) => i % width === width >> 1);
  return sumOf(column);
}

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

Deno.test("evenStrokes leaves strokes of usual widths alone", () => {
  for (const pen of [1.8, 2, 2.5, 3, 3.5, 4]) {
    for (const scale of [2, 4, 9]) {
      const found = twoOf(pen, scale);
      assertEquals(evenStrokes(found) === found, true, `${pen} × ${scale}`);
    }
  }
});

Deno.test("evenStrokes brings thin strokes near to the usual width, whatever the size", () => {
  for (const pen of [0.25, 0.5, 0.75, 1]) {
    for (const scale of [4, 8, 12]) {
      const found = twoOf(pen, scale);
      const before = found.map.data.slice();
      const width = widthOf(evenStrokes(found));
      assertGreater(width, 1.8, `${pen} × ${scale}`);
      assertLess(width, 2.8, `${pen} × ${scale}`);
      assertEquals(found.map.data, before);
    }
  }
});

Deno.test("evenStrokes brings thick strokes near to the usual width, whatever the size", () => {
  for (const thick of [5, 6, 7, 8]) {
    for (const scale of [3, 8]) {
      const found = boxed(ringOf(24 * scale, (10 - thick / 2) * scale, thick * scale));
      const before = found.map.data.slice();
      const even = evenStrokes(found);
      const width = widthOf(even);
      assertGreater(width, 3, `${thick} × ${scale}`);
      assertLess(width, 4.4, `${thick} × ${scale}`);
      // The box is no larger than what has become thinner.
      assertLess(even.box.width - boxed(even.map).box.width, 3);
      assertEquals(found.map.data, before);
    }
  }
});

Deno.test("evenStrokes keeps the shape: the way of the line and its proportions", () => {
  const thin = evenStrokes(twoOf(0.5, 8));
  const usual = twoOf(2.3, 8);
  const [a, b] = [thin, usual].map(({ map, box }) => resizeArea(map, box, DIGIT_BOX));
  assertEquals([a.width, a.height], [b.width, b.height]);
  const apart = a.data.reduce((sum, ink, i) => sum + Math.abs(ink - b.data[i]), 0);
  assertLess(apart, 0.25 * sumOf(b.data));
});

Deno.test("evenStrokes gives a box that holds all the ink of its map", () => {
  for (const found of [twoOf(0.5), boxed(ringOf(90, 22, 30))]) {
    const { map, box } = evenStrokes(found);
    assertEquals(map.data === found.map.data, false);
    map.data.forEach((ink, i) => {
      const [x, y] = [i % map.width - box.x, Math.floor(i / map.width) - box.y];
      const isInside = x >= 0 && y >= 0 && x < box.width && y < box.height;
      assertEquals(ink < 0.5 || isInside, true);
    });
    assertEquals(map.data.length, map.width * map.height);
    for (const ink of map.data) assertEquals(ink >= 0 && ink <= 1, true);
  }
});

Deno.test("evenStrokes keeps a single pixel, and makes lines of one pixel strokes", () => {
  for (const [width, height] of [[1, 1], [2, 2], [1, 30], [60, 1], [1, 200], [600, 1]]) {
    const even = evenStrokes(foundIn(inkOf(width, height, () => 1)));
    assertGreater(sumOf(even.map.data), 0, `${width}×${height}`);
    if (Math.max(width, height) > 20) assertGreater(widthOf(even), 1.6, `${width}×${height}`);
  }
});

Deno.test("evenStrokes gives ink that is too faint for strokes back as it is", () => {
  const found = foundIn(inkOf(12, 9, () => 0.2));
  assertEquals(evenStrokes(found) === found, true);
});

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
