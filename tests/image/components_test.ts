import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Component, findComponents } from "../../src/image/components.ts";
import { Random } from "../../src/model/random.ts";
import { maskOf } from "./shapes.ts";

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
