import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { DIGIT_BOX } from "../../src/image/digit_frame.ts";
import { evenStrokes } from "../../src/image/even_strokes.ts";
import { fitInk } from "../../src/image/fit_ink.ts";
import type { FoundInk, InkMap } from "../../src/image/ink_map.ts";
import { strokeWidth } from "../../src/image/stroke_width.ts";
import { drawInk } from "./drawing.ts";
import { foundIn, inkOf, ringOf, sumOf } from "./shapes.ts";

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
  return strokeWidth(fitInk(map, box, 4 * DIGIT_BOX)) / 4;
}

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
  const [a, b] = [thin, usual].map(({ map, box }) => fitInk(map, box, DIGIT_BOX));
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
