import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertLessOrEqual,
} from "@std/assert";
import fc from "fast-check";
import { centreInk, DIGIT_BOX, resizeArea } from "../../../src/image/frame.ts";
import type { Box, FoundInk } from "../../../src/image/image.ts";
import { findInk } from "../../../src/image/ink/find_ink.ts";
import { Random } from "../../../src/model/random.ts";
import {
  difference,
  drawGrey,
  type Drawing,
  drawInk,
  type Grey,
  greyOf,
  sumOf,
} from "./drawing.ts";

/** A two as tall as wanted, with a pen of a seventh of that, close to the sides of its picture. */
function twoOf(height: number, tones: { ink?: number; paper?: number } = {}): Grey {
  const [pen, margin] = [height / 7, Math.ceil(height / 14) + 2];
  const drawn = drawGrey({
    width: Math.ceil(0.7 * height) + 2 * margin,
    height: height + 2 * margin,
    x: margin,
    y: margin,
    boxWidth: 0.7 * height,
    boxHeight: height,
    pen,
    ...tones,
  });
  return { ...drawn, data: new Uint8ClampedArray(drawn.data) };
}

/** A large flat picture with a small one in it. */
function within(small: Grey, side: number, left: number, top: number): Grey {
  const large = { data: new Uint8ClampedArray(side * side), width: side, height: side };
  large.data.fill(small.data[0]);
  for (let y = 0; y < small.height; y++) {
    const row = small.data.subarray(y * small.width, (y + 1) * small.width);
    large.data.set(row, (top + y) * side + left);
  }
  return large;
}

/** The ink that was found, as the network sees it. */
function seen(found: FoundInk | undefined): Float32Array {
  assertEquals(found !== undefined, true, "no ink was found");
  const { map, box } = found!;
  assertEquals(map.data.length, map.width * map.height);
  assertEquals(box.x >= 0 && box.y >= 0 && box.width > 0 && box.height > 0, true);
  assertLessOrEqual(box.x + box.width, map.width);
  assertLessOrEqual(box.y + box.height, map.height);
  for (const ink of map.data) assertEquals(ink >= 0 && ink <= 1, true);
  return centreInk(resizeArea(map, box, DIGIT_BOX));
}

/** How far what was found is from a two, drawn by itself. */
function farFromTwo(found: FoundInk | undefined): number {
  return difference(seen(found), seen(findInk(twoOf(100))));
}

/** The box around the pixels of which at least half is ink. */
function boxOf(ink: Float32Array, width: number): Box {
  const inked = [...ink.keys()].filter((i) => ink[i] >= 0.5);
  const columns = inked.map((i) => i % width);
  const [left, right] = [Math.min(...columns), Math.max(...columns)];
  const top = Math.floor(inked[0] / width);
  const bottom = Math.floor(inked[inked.length - 1] / width);
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

Deno.test("findInk finds the box of a drawing and its soft edges, in either polarity", () => {
  const drawing = fc.record({
    width: fc.integer({ min: 70, max: 140 }),
    height: fc.integer({ min: 80, max: 140 }),
    x: fc.integer({ min: 8, max: 25 }),
    y: fc.integer({ min: 8, max: 25 }),
    boxWidth: fc.integer({ min: 20, max: 35 }),
    boxHeight: fc.integer({ min: 25, max: 45 }),
    pen: fc.integer({ min: 4, max: 7 }),
  });
  const tones = fc.constantFrom([255, 0], [0, 255], [200, 90], [60, 190]);
  fc.assert(
    fc.property(drawing, tones, (drawing: Drawing, [paper, ink]) => {
      const grey = drawGrey({ ...drawing, paper, ink });
      const before = grey.data.slice();
      const drawn = drawInk(drawing);
      const found = findInk(grey)!;
      seen(found);
      assertEquals([found.map.width, found.map.height], [grey.width, grey.height]);
      const wanted = boxOf(drawn, grey.width);
      for (const side of ["x", "y", "width", "height"] as const) {
        assertAlmostEquals(found.box[side], wanted[side], side.length === 1 ? 1 : 2, side);
      }
      drawn.forEach((ink, i) => assertAlmostEquals(found.map.data[i], ink, 0.02));
      assertEquals(grey.data, before);
    }),
    { numRuns: 20 },
  );
});

Deno.test("findInk finds small digits in large pictures, and looks at them from near", () => {
  for (const [side, height] of [[600, 60], [1000, 50], [1600, 130], [2000, 60]]) {
    for (const tones of [{}, { ink: 240, paper: 15 }]) {
      const two = twoOf(height, tones);
      for (const [u, v] of [[0.02, 0.03], [0.98, 0.4], [0.45, 0.95]]) {
        const large = within(
          two,
          side,
          Math.floor(u * (side - two.width)),
          Math.floor(v * (side - two.height)),
        );
        const found = findInk(large)!;
        assertLess(farFromTwo(found), 0.04, `${height} of ${side}`);
        assertGreater(found.box.height, 45, `${height} of ${side}`);
        const coarse = findInk(large, { without: ["zoom"] })!;
        assertLess(coarse.box.height, 45);
        assertLessOrEqual(coarse.map.width, 200);
      }
    }
  }
});

Deno.test("findInk never looks twice from the same distance at a small digit", () => {
  for (const [side, height] of [[390, 98], [400, 90], [400, 103], [600, 150], [900, 170]]) {
    const large = within(twoOf(height), side, Math.floor(0.3 * side), Math.floor(0.2 * side));
    const widths: number[] = [];
    const found = findInk(large, {
      trace: ({ name, width }) => name === "ink" && widths.push(width),
    })!;
    assertLess(farFromTwo(found), 0.04, `${height} of ${side}`);
    // Of what is looked at next, each pixel shows less.
    const [whole, near, ...more] = widths;
    assertEquals(more, [], `${height} of ${side}`);
    assertGreater(near, 0, `${height} of ${side}`);
    assertGreater(found.box.height, 1.4 * height * whole / side, `${height} of ${side}`);
  }
});

Deno.test("findInk finds a bold digit in a picture hundreds of times as long as wide", () => {
  const bold = drawGrey({
    ...{ width: 36, height: 44, x: 8, y: 8, boxWidth: 20, boxHeight: 28, pen: 9 },
  });
  const expected = seen(findInk(bold));
  for (const [width, height] of [[9000, 44], [44, 9000]]) {
    for (const at of [0.1, 0.5, 0.98]) {
      const left = Math.floor(at * Math.max(0, width - 36));
      const top = Math.floor(at * Math.max(0, height - 44));
      const long = greyOf(width, height, (x, y) => {
        const [u, v] = [x - left, y - top];
        return u >= 0 && v >= 0 && u < 36 && v < 44 ? bold.data[v * 36 + u] : 255;
      });
      assertLess(difference(seen(findInk(long)), expected), 0.02, `${width}×${height}, ${at}`);
    }
  }
});

Deno.test("findInk looks at pictures of any size with at most 200 pixels on a side", () => {
  const sizes = [[200, 150], [201, 100], [999, 700], [400, 1600], [1200, 10]];
  for (const [width, height] of sizes) {
    const grey = greyOf(width, height, (x, y) => {
      const [u, v] = [x / width - 0.5, y / height - 0.5];
      return Math.abs(u) < 0.3 && Math.abs(v) < 0.3 && Math.abs(u) > 0.2 ? 0 : 255;
    });
    const { map } = findInk(grey)!;
    assertLessOrEqual(Math.max(map.width, map.height), 200, `${width}×${height}`);
    assertGreater(Math.max(map.width, map.height), 99, `${width}×${height}`);
  }
});

Deno.test("findInk finds all of a line of one pixel on a large canvas", () => {
  const size = { width: 600, height: 600 };
  const soft = drawInk({ ...size, x: 80, y: 60, boxWidth: 300, boxHeight: 430, pen: 1 });
  const length = sumOf(soft);
  for (const [paper, ink] of [[255, 0], [0, 255]]) {
    for (const line of [soft, soft.map(Math.round)]) {
      const { map, box } = findInk(
        greyOf(600, 600, (x, y) => paper + line[600 * y + x] * (ink - paper)),
      )!;
      assertAlmostEquals(box.width, 100, 3);
      assertAlmostEquals(box.height, 144, 3);
      // A third as long, and no pixel missing.
      assertGreater(map.data.filter((ink) => ink > 0.3).length, 0.9 * length / 3);
    }
  }
});

Deno.test("findInk finds a digit on a sheet of paper on a dark table, straight and askew", () => {
  for (const side of [200, 500]) {
    const ink = drawInk({
      width: side,
      height: side,
      x: 0.42 * side,
      y: 0.35 * side,
      boxWidth: 0.14 * side,
      boxHeight: 0.2 * side,
      pen: 0.2 / 7 * side,
    });
    for (const degrees of [0, 7, -12]) {
      const [cos, sin] = [Math.cos(degrees * Math.PI / 180), Math.sin(degrees * Math.PI / 180)];
      const onTable = (sheet: number, pen: number, table: number): Grey =>
        greyOf(side, side, (px, py) => {
          const [x, y] = [px - side / 2, py - side / 2];
          const isSheet = Math.abs(x * cos + y * sin) < 0.32 * side &&
            Math.abs(y * cos - x * sin) < 0.4 * side;
          return isSheet ? sheet + (pen - sheet) * ink[py * side + px] : table;
        });
      assertLess(farFromTwo(findInk(onTable(235, 30, 50))), 0.08, `${side}, ${degrees}°`);
      assertLess(farFromTwo(findInk(onTable(40, 230, 150))), 0.08, `board, ${side}, ${degrees}°`);
      if (side === 200 || degrees !== 0) continue;
      // Without light made even, it has to be entered.
      assertLess(farFromTwo(findInk(onTable(235, 30, 50), { without: ["light"] })), 0.08);
      const outside = findInk(onTable(235, 30, 50), { without: ["zoom", "light"] })!;
      assertGreater(outside.box.width, 100);
    }
  }
});

Deno.test("findInk enters a dark board on a light table, and a light one on a dark table", () => {
  const side = 200;
  const ink = drawInk({
    ...{ width: side, height: side, x: 84, y: 70, boxWidth: 28, boxHeight: 40, pen: 40 / 7 },
  });
  for (const degrees of [0, 7]) {
    const [cos, sin] = [Math.cos(degrees * Math.PI / 180), Math.sin(degrees * Math.PI / 180)];
    for (
      const [sheet, pen, table] of [[40, 230, 230], [80, 220, 255], [30, 250, 200], [235, 30, 50]]
    ) {
      const grey = greyOf(side, side, (px, py) => {
        const [x, y] = [px - side / 2, py - side / 2];
        const isSheet = Math.abs(x * cos + y * sin) < 64 && Math.abs(y * cos - x * sin) < 80;
        return isSheet ? sheet + (pen - sheet) * ink[py * side + px] : table;
      });
      assertLess(farFromTwo(findInk(grey)), 0.08, `${sheet} on ${table}, ${degrees}°`);
    }
  }
});

Deno.test("findInk takes a thick ring and a thick bar for what they are, not for sheets", () => {
  for (const pen of [20, 30, 40]) {
    const ring = findInk(
      greyOf(200, 200, (x, y) => Math.abs(Math.hypot(x - 100, y - 100) - 50) < pen / 2 ? 0 : 255),
    )!;
    assertAlmostEquals(ring.box.width, 100 + pen, 3, `ring, ${pen}`);
    const bar = findInk(
      greyOf(200, 200, (x, y) => Math.abs(x - 100) < pen / 2 && Math.abs(y - 100) < 70 ? 0 : 255),
    )!;
    assertAlmostEquals(bar.box.height, 140, 3, `bar, ${pen}`);
  }
});

Deno.test("findInk gives a sheet back on which there is nothing", () => {
  for (const [paper, ink] of [[255, 0], [0, 255], [90, 220]]) {
    const grey = greyOf(
      300,
      300,
      (x, y) => Math.abs(x - 150) < 70 && Math.abs(y - 150) < 70 ? ink : paper,
    );
    const found = findInk(grey)!;
    seen(found);
    assertAlmostEquals(found.box.width, found.box.height, 1);
    assertGreater(sumOf(found.map.data), 0.6 * found.box.width * found.box.height);
  }
});

Deno.test("findInk takes a wide thing with a seam for what it is, not for a sheet", () => {
  for (const seam of [0, 60, 120]) {
    const grey = greyOf(200, 200, (x, y) => {
      if (Math.abs(x - 100) > 60 || Math.abs(y - 100) > 80) return 0;
      return Math.abs(x - 100) < 4 ? seam : 200;
    });
    const { box } = findInk(grey)!;
    assertAlmostEquals(box.width, 120, 4);
    assertAlmostEquals(box.height, 160, 4);
  }
});

Deno.test("findInk finds a digit through noise and in the dark", () => {
  const random = new Random(8);
  const drawing = { width: 180, height: 180, x: 60, y: 40, boxWidth: 70, boxHeight: 100 };
  const ink = drawInk({ ...drawing, pen: 100 / 7 });
  for (const [paper, contrast, deviation] of [[210, 150, 12], [200, 150, 32], [120, 60, 12]]) {
    const noisy = greyOf(
      180,
      180,
      (x, y) => paper - contrast * ink[y * 180 + x] + deviation * random.normal(),
    );
    const found = findInk(noisy)!;
    seen(found);
    const wanted = boxOf(ink, 180);
    assertAlmostEquals(found.box.x, wanted.x, 4, `${deviation}`);
    assertAlmostEquals(found.box.y, wanted.y, 4, `${deviation}`);
    assertAlmostEquals(found.box.width, wanted.width, 6, `${deviation}`);
    assertAlmostEquals(found.box.height, wanted.height, 6, `${deviation}`);
  }
});

Deno.test("findInk keeps soft edges that reach further than a pixel, beside specks as well", () => {
  const ring = (x: number, y: number): number =>
    Math.min(1, Math.max(0, (12 - Math.abs(Math.hypot(x - 70, y - 70) - 40)) / 8));
  const isSpeck = (x: number, y: number): boolean => x >= 5 && x < 9 && y >= 130 && y < 133;
  for (const hasSpeck of [false, true]) {
    const grey = greyOf(
      140,
      140,
      (x, y) => hasSpeck && isSpeck(x, y) ? 0 : 255 - 255 * ring(x, y),
    );
    findInk(grey)!.map.data.forEach((ink, i) =>
      assertAlmostEquals(ink, ring(i % 140, Math.floor(i / 140)), 0.02, `${i}`)
    );
  }
});

Deno.test("findInk takes a digit that ends at the border, and one that is cut by it", () => {
  const whole = twoOf(80);
  for (const cut of [0, 6, 12]) {
    const { width, height } = whole;
    const grey = greyOf(
      width,
      height,
      (x, y) => y < height - cut ? whole.data[(y + cut) * width + x] : 255,
    );
    const { box } = findInk(grey)!;
    assertAlmostEquals(box.height, 80 + 80 / 7 - Math.max(0, cut - 2), 3);
    assertEquals(box.y <= 2, true);
  }
});

Deno.test("findInk takes a line from edge to edge for what was drawn, when there is nothing else", () => {
  for (const isAcross of [true, false]) {
    const grey = greyOf(120, 120, (x, y) => {
      const along = isAcross ? y : x;
      return along >= 60 && along < 63 ? 0 : 255;
    });
    const { box, map } = findInk(grey)!;
    assertEquals([box.width, box.height], isAcross ? [120, 3] : [3, 120]);
    assertAlmostEquals(sumOf(map.data), 360, 1e-3);
  }
});

Deno.test("findInk leaves out specks and ruled lines, unless it is told not to", () => {
  const two = within(twoOf(90), 180, 50, 40);
  const speck = (grey: Grey): Grey => {
    const data = grey.data.slice();
    for (const at of [10 * 180 + 10, 150 * 180 + 20, 30 * 180 + 160]) {
      for (const i of [at, at + 1, at + 180, at + 181]) data[i] = 0;
    }
    return { ...grey, data };
  };
  const rule = (grey: Grey): Grey => ({
    ...grey,
    data: grey.data.map((level, i) => Math.floor(i / 180) % 45 < 2 ? 0 : level),
  });
  const expected = seen(findInk(two));
  assertEquals(seen(findInk(speck(two))), expected);
  assertLess(difference(seen(findInk(rule(two))), expected), 0.05);
  assertGreater(findInk(speck(two), { without: ["specks"] })!.box.width, 140);
  assertEquals(findInk(rule(two), { without: ["rules"] })!.box.width, 180);
});

Deno.test("findInk finds nothing where there is nothing", () => {
  const random = new Random(9);
  for (const [width, height] of [[1, 1], [1, 50], [50, 1], [7, 7], [60, 60], [450, 300]]) {
    for (const level of [0, 77, 255]) {
      assertEquals(findInk(greyOf(width, height, () => level)), undefined);
      const noise = greyOf(width, height, () => level + random.uniform(-9, 9));
      assertEquals(findInk(noise), undefined, `${width}×${height}, ${level}`);
    }
  }
});

Deno.test("findInk finds ink in pictures of a few pixels", () => {
  for (const [paper, ink] of [[255, 0], [0, 255]]) {
    const dot = findInk(greyOf(3, 3, (x, y) => x === 1 && y === 1 ? ink : paper))!;
    assertEquals(dot.box, { x: 1, y: 1, width: 1, height: 1 });
    const stroke = findInk(greyOf(5, 9, (x, y) => x === 2 && y > 0 && y < 8 ? ink : paper))!;
    assertEquals(stroke.box, { x: 2, y: 1, width: 1, height: 7 });
    assertEquals(sumOf(stroke.map.data), 7);
  }
});
