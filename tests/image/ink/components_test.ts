import { assertEquals, assertGreater } from "@std/assert";
import fc from "fast-check";
import { type Component, findComponents, selectInk } from "../../../src/image/ink/components.ts";
import { Random } from "../../../src/model/random.ts";
import { type Mask, maskOf, maskWhere } from "./drawing.ts";

/** The pixels of each piece, found pixel by pixel, each in order, the pieces in the order of their first pixels. */
function floodFill(mask: Uint8Array, width: number, height: number): number[][] {
  const left = mask.slice();
  const pieces: number[][] = [];
  for (let start = 0; start < left.length; start++) {
    if (left[start] === 0) continue;
    const piece = [start];
    left[start] = 0;
    for (const i of piece) {
      const [x, y] = [i % width, Math.floor(i / width)];
      for (let k = 0; k < 9; k++) {
        const [nx, ny] = [x - 1 + k % 3, y - 1 + Math.floor(k / 3)];
        if (nx < 0 || ny < 0 || nx >= width || ny >= height || left[ny * width + nx] === 0) {
          continue;
        }
        left[ny * width + nx] = 0;
        piece.push(ny * width + nx);
      }
    }
    pieces.push(piece.sort((a, b) => a - b));
  }
  return pieces;
}

/** The pixels of a piece, in the order of its runs. */
function pixelsOf({ runs }: Component, width: number): number[] {
  const pixels: number[] = [];
  for (let i = 0; i < runs.length; i += 3) {
    for (let x = runs[i + 1]; x < runs[i + 2]; x++) pixels.push(runs[i] * width + x);
  }
  return pixels;
}

/** A filled rectangle. */
type Block = readonly [left: number, top: number, width: number, height: number];

const isIn = (x: number, y: number, [left, top, width, height]: Block): boolean =>
  x >= left && y >= top && x < left + width && y < top + height;

/** A mask with filled rectangles. */
function blocks(width: number, height: number, blocks: readonly Block[]): Mask {
  return maskWhere(width, height, (x, y) => blocks.some((block) => isIn(x, y, block)));
}

/** The sides of a rectangle, so many pixels thick, as four blocks. */
function frame(left: number, top: number, width: number, height: number, thick: number): Block[] {
  return [
    [left, top, width, thick],
    [left, top + height - thick, width, thick],
    [left, top, thick, height],
    [left + width - thick, top, thick, height],
  ];
}

/** The boxes of the pieces that are selected, from the upper left. */
function selected({ data, width, height }: Mask): Block[] {
  return selectInk(findComponents(data, width, height), width, height)
    .map(({ left, top, right, bottom }): Block => [left, top, right - left + 1, bottom - top + 1])
    .sort((a, b) => a[1] - b[1] || a[0] - b[0]);
}

/** A digit of one piece in a picture of 100×100. */
const DIGIT: Block = [40, 30, 20, 40];

Deno.test("findComponents finds the pieces that a flood fill finds, with their areas and boxes", () => {
  const side = fc.integer({ min: 1, max: 24 });
  const percent = fc.integer({ min: 0, max: 100 });
  fc.assert(
    fc.property(side, side, percent, fc.nat(), (width, height, percent, seed) => {
      const random = new Random(seed);
      const mask = Uint8Array.from(
        { length: width * height },
        () => 100 * random.next() < percent ? 1 : 0,
      );
      const before = mask.slice();
      const components = findComponents(mask, width, height);
      const pieces = floodFill(mask, width, height);
      assertEquals(components.map((component) => pixelsOf(component, width)), pieces);
      components.forEach(({ area, left, right, top, bottom }, k) => {
        const columns = pieces[k].map((i) => i % width);
        const rows = pieces[k].map((i) => Math.floor(i / width));
        assertEquals(area, pieces[k].length);
        assertEquals([left, right], [Math.min(...columns), Math.max(...columns)]);
        assertEquals([top, bottom], [Math.min(...rows), Math.max(...rows)]);
      });
      const areas = components.reduce((sum, { area }) => sum + area, 0);
      assertEquals(areas, mask.reduce((sum, ink) => sum + ink, 0));
      assertEquals(mask, before);
    }),
    { numRuns: 300 },
  );
});

Deno.test("findComponents joins over corners, and not over the ends of rows", () => {
  const corners = maskOf("#.. .#. ..#");
  assertEquals(findComponents(corners.data, 3, 3).length, 1);
  const ends = maskOf("..# #.. ..#");
  assertEquals(findComponents(ends.data, 3, 3).map(({ top }) => top), [0, 1, 2]);
});

Deno.test("findComponents joins arms that meet late", () => {
  const drawings = [
    "#.#.#.# #.#.#.# #######",
    "###### #....# #.##.# #.#..# #.####",
    "..###.. .#...#. #..#..# .#...#. ..###..",
    "#...# .#.#. ..#.. .#.#. #...#",
  ];
  for (const drawing of drawings) {
    const { data, width, height } = maskOf(drawing);
    const found = findComponents(data, width, height);
    assertEquals(found.map((piece) => pixelsOf(piece, width)), floodFill(data, width, height));
  }
  assertEquals(
    drawings.map((drawing) => {
      const { data, width, height } = maskOf(drawing);
      return findComponents(data, width, height).length;
    }),
    [1, 1, 2, 1],
  );
});

Deno.test("findComponents finds all ink as one piece, and none where there is none", () => {
  for (const [width, height] of [[1, 1], [1, 9], [9, 1], [30, 20]]) {
    const all = findComponents(new Uint8Array(width * height).fill(1), width, height);
    const box = { left: 0, right: width - 1, top: 0, bottom: height - 1 };
    const runs = Array.from({ length: height }, (_, y) => [y, 0, width]).flat();
    assertEquals(all, [{ area: width * height, ...box, runs }]);
    assertEquals(findComponents(new Uint8Array(width * height), width, height), []);
  }
});

Deno.test("findComponents takes a checkerboard of a million pixels apart without delay", () => {
  const mask = Uint8Array.from(
    { length: 1e6 },
    (_, i) => i % 2 === 0 && Math.floor(i / 1000) % 2 === 0 ? 1 : 0,
  );
  const start = performance.now();
  assertEquals(findComponents(mask, 1000, 1000).length, 250_000);
  assertEquals(performance.now() - start < 5_000, true);
});

Deno.test("selectInk selects nothing where there is nothing", () => {
  assertEquals(selectInk([], 10, 10), []);
});

Deno.test("selectInk selects the only piece, whatever and wherever it is", () => {
  const only: Block[] = [[0, 0, 1, 1], [40, 40, 1, 1], DIGIT, [0, 0, 100, 100], [0, 20, 100, 3]];
  for (const block of only) assertEquals(selected(blocks(100, 100, [block])), [block]);
  assertEquals(selected(blocks(100, 100, frame(10, 10, 80, 80, 2))), [[10, 10, 80, 80]]);
  assertEquals(selected(blocks(1, 1, [[0, 0, 1, 1]])), [[0, 0, 1, 1]]);
});

Deno.test("selectInk leaves out specks, however near, and takes pieces that are no specks", () => {
  const speck: Block = [62, 40, 3, 5];
  const piece: Block = [62, 40, 5, 6];
  assertEquals(selected(blocks(100, 100, [DIGIT, speck])), [DIGIT]);
  assertEquals(selected(blocks(100, 100, [DIGIT, piece])), [DIGIT, piece]);
});

Deno.test("selectInk takes the bar of a 5 and the stroke of a 4, but nothing from further away", () => {
  const bar = (gap: number): Block => [62 + gap, 30, 16, 4];
  for (const gap of [0, 4, 9]) {
    const near = bar(gap);
    assertEquals(selected(blocks(100, 100, [DIGIT, near])), [DIGIT, near]);
  }
  for (const gap of [14, 18]) assertEquals(selected(blocks(100, 100, [DIGIT, bar(gap)])), [DIGIT]);
  const above: Block = [44, 14, 12, 6];
  const below: Block = [44, 79, 12, 6];
  assertEquals(selected(blocks(100, 100, [DIGIT, above, below])), [above, DIGIT, below]);
  assertEquals(selected(blocks(100, 100, [DIGIT, [10, 5, 20, 12]])), [DIGIT]);
});

Deno.test("selectInk takes a broken line up piece by piece, in whatever order", () => {
  const dashes: Block[] = [10, 20, 30, 42, 55, 70].map((top) => [45, top, 5, 7]);
  dashes[2] = [45, 30, 6, 11];
  assertEquals(selected(blocks(100, 100, dashes)), dashes);
});

Deno.test("selectInk prefers what is in the middle to what is no larger in a corner", () => {
  const [middle, corner]: Block[] = [[45, 45, 12, 12], [3, 3, 14, 12]];
  assertEquals(selected(blocks(100, 100, [middle, corner])), [middle]);
  const large: Block = [3, 3, 24, 24];
  assertEquals(selected(blocks(100, 100, [middle, large])), [large]);
});

Deno.test("selectInk leaves out what the edge of the picture cuts: shadows, fingers, other digits", () => {
  const cut: Block[] = [[0, 20, 30, 50], [70, 0, 30, 50], [40, 75, 30, 25], [85, 20, 15, 60]];
  for (const block of cut) {
    assertEquals(selected(blocks(100, 100, [DIGIT, block])), [DIGIT]);
  }
  assertEquals(selected(blocks(100, 100, [DIGIT, [62, 0, 6, 38]])), [DIGIT]);
});

Deno.test("selectInk takes what is cut where the digit is cut itself", () => {
  const [body, bar]: Block[] = [[0, 20, 40, 70], [42, 0, 58, 12]];
  assertEquals(selected(blocks(100, 100, [body, bar])), [bar, body]);
});

Deno.test("selectInk leaves out the frame around a digit, at any distance", () => {
  for (const [left, top, width, height] of [[30, 20, 40, 60], [5, 5, 90, 90], [37, 27, 27, 46]]) {
    for (const thick of [1, 2]) {
      const framed = blocks(100, 100, [DIGIT, ...frame(left, top, width, height, thick)]);
      assertEquals(selected(framed), [DIGIT]);
    }
  }
  const double = [...frame(10, 10, 80, 80, 2), ...frame(20, 20, 60, 60, 2)];
  assertEquals(selected(blocks(100, 100, [DIGIT, ...double])), [DIGIT]);
});

Deno.test("selectInk keeps a 0 around a dot, and a frame around dust", () => {
  const isRing = (x: number, y: number): boolean =>
    Math.abs(Math.hypot((x - 50) / 0.7, y - 50) - 35) < 5;
  const dotted = maskWhere(100, 100, (x, y) => isRing(x, y) || Math.hypot(x - 50, y - 50) < 8);
  const pieces = findComponents(dotted.data, 100, 100);
  const found = selectInk(pieces, 100, 100);
  assertEquals(pieces.length, 2);
  assertGreater(Math.max(...found.map(({ area }) => area)), 1000);
  const dusty = blocks(100, 100, [...frame(20, 20, 60, 60, 4), [50, 50, 3, 3]]);
  assertEquals(selected(dusty), [[20, 20, 60, 60]]);
});

Deno.test("selectInk selects some of the pieces, each once, wherever there are any", () => {
  const coordinate = fc.nat(40);
  const length = fc.integer({ min: 1, max: 15 });
  const block = fc.tuple(coordinate, coordinate, length, length);
  fc.assert(
    fc.property(fc.array(block, { minLength: 1, maxLength: 12 }), (drawn) => {
      const { data, width, height } = blocks(41, 41, drawn);
      const pieces: Component[] = findComponents(data, width, height);
      const before = structuredClone(pieces);
      const found = selectInk(pieces, width, height);
      assertGreater(found.length, 0);
      assertEquals(new Set(found).size, found.length);
      for (const piece of found) assertEquals(pieces.includes(piece), true);
      assertEquals(pieces, before);
    }),
    { numRuns: 200 },
  );
});
