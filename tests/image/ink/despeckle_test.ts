import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { despeckle } from "../../../src/image/ink/grey.ts";
import { Random } from "../../../src/model/random.ts";
import { type Grey, greyOf } from "./drawing.ts";

/** Black ink on white and the other way round. */
const POLARITIES = [[255, 0], [0, 255], [210, 60], [40, 150]] as const;

/** Whether the picture comes back as it is: the same memory, and nothing changed in it. */
function isKeptWhole(grey: Grey): boolean {
  const before = grey.data.slice();
  const kept = despeckle(grey) === grey;
  assertEquals(grey.data, before);
  return kept;
}

Deno.test("despeckle erases single pixels and pairs in any direction, of either polarity", () => {
  const shapes = [[], [[1, 0]], [[0, 1]], [[1, 1]], [[-1, 1]]];
  for (const [paper, ink] of POLARITIES) {
    for (const [index, others] of shapes.entries()) {
      const grey = greyOf(11, 9, () => paper);
      for (const [dx, dy] of [[0, 0], ...others]) grey.data[(4 + dy) * 11 + 5 + dx] = ink;
      const before = grey.data.slice();
      const clean = despeckle(grey);
      assertEquals([clean.width, clean.height], [11, 9]);
      assertEquals(clean.data.every((level) => level === paper), true, `${index} on ${paper}`);
      assertEquals(grey.data, before);
    }
  }
});

Deno.test("despeckle keeps what hangs together: three pixels and more leave a trace", () => {
  for (const [paper, ink] of POLARITIES) {
    for (const [dx, dy] of [[1, 0], [0, 1], [1, 1], [-1, 1]]) {
      for (const length of [3, 4, 9]) {
        const grey = greyOf(30, 30, () => paper);
        for (let k = 0; k < length; k++) grey.data[(10 + k * dy) * 30 + 15 + k * dx] = ink;
        const clean = despeckle(grey);
        // All but the two ends has two neighbours like it.
        for (let k = 1; k < length - 1; k++) {
          assertEquals(clean.data[(10 + k * dy) * 30 + 15 + k * dx], ink);
        }
      }
    }
    assertEquals(
      isKeptWhole(greyOf(9, 9, (x, y) => x >> 1 === 2 && y >> 1 === 2 ? ink : paper)),
      true,
    );
  }
});

Deno.test("despeckle never touches hard lines of one pixel, at any angle", () => {
  for (const [paper, ink] of POLARITIES) {
    for (let degrees = 0; degrees < 180; degrees += 2) {
      const [dx, dy] = [Math.cos(degrees * Math.PI / 180), Math.sin(degrees * Math.PI / 180)];
      const step = Math.max(Math.abs(dx), Math.abs(dy));
      const grey = greyOf(41, 37, () => paper);
      for (let k = -40; k <= 40; k++) {
        const [x, y] = [Math.round(20 + k * dx / step), Math.round(18 + k * dy / step)];
        if (x >= 0 && y >= 0 && x < 41 && y < 37) grey.data[y * 41 + x] = ink;
      }
      assertEquals(isKeptWhole(grey), true, `${degrees}° on ${paper}`);
    }
  }
});

Deno.test("despeckle never touches soft lines of one pixel that stand out well, at any angle", () => {
  for (const [paper, ink] of POLARITIES) {
    for (let degrees = 0; degrees < 180; degrees += 3) {
      const [dx, dy] = [Math.cos(degrees * Math.PI / 180), Math.sin(degrees * Math.PI / 180)];
      for (const shift of [0, 0.3, 0.5]) {
        const grey = greyOf(41, 37, (x, y) => {
          const distance = Math.abs((x - 20 - shift) * dy - (y - 18 - shift) * dx);
          return paper + Math.max(0, 1 - distance) * (ink - paper);
        });
        assertEquals(isKeptWhole(grey), true, `${degrees}° + ${shift} on ${paper}`);
      }
    }
  }
});

Deno.test("despeckle never touches soft lines of one pixel that are faint, at any angle", () => {
  for (const contrast of [26, 34, 45, 60, 79, 100]) {
    for (const sign of [1, -1]) {
      for (let degrees = 0; degrees < 180; degrees += 3) {
        const [dx, dy] = [Math.cos(degrees * Math.PI / 180), Math.sin(degrees * Math.PI / 180)];
        for (const shift of [0, 0.3, 0.5]) {
          const grey = greyOf(41, 37, (x, y) => {
            const distance = Math.abs((x - 20 - shift) * dy - (y - 18 - shift) * dx);
            return 128 + sign * contrast * Math.max(0, 1 - distance);
          });
          assertEquals(isKeptWhole(grey), true, `${degrees}° + ${shift}, ${sign * contrast}`);
        }
      }
    }
  }
});

Deno.test("despeckle keeps steps, slopes, corners and what hardly stands out", () => {
  assertEquals(isKeptWhole(greyOf(20, 20, () => 128)), true);
  assertEquals(isKeptWhole(greyOf(20, 20, (x) => x < 10 ? 0 : 255)), true);
  assertEquals(isKeptWhole(greyOf(20, 20, (x, y) => x < 10 && y < 10 ? 0 : 255)), true);
  assertEquals(isKeptWhole(greyOf(20, 10, (x, y) => 12 * x + 2 * y)), true);
  assertEquals(isKeptWhole(greyOf(9, 9, (x, y) => x === 4 && y === 4 ? 120 : 100)), true);
  assertEquals(isKeptWhole(greyOf(9, 9, (x, y) => x === 4 && y === 4 ? 130 : 100)), false);
});

Deno.test("despeckle leaves the outermost pixels, and pictures of nothing else, as they are", () => {
  for (const [width, height] of [[1, 1], [2, 2], [1, 9], [9, 1], [2, 30], [3, 2]]) {
    assertEquals(isKeptWhole(greyOf(width, height, (x, y) => 255 * ((x + y) % 2))), true);
  }
  const framed = greyOf(8, 8, (x, y) => x % 7 === 0 && y === 3 || y % 7 === 0 && x === 4 ? 0 : 255);
  assertEquals(isKeptWhole(framed), true);
});

Deno.test("despeckle gives back a picture with salt and pepper thinly strewn over it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 5, max: 40 }), fc.nat(), (side, seed) => {
      const random = new Random(seed);
      const level = random.integer(256);
      const grey = greyOf(side, side, () => level);
      for (let y = 2; y < side - 2; y += 4) {
        for (let x = 2; x < side - 2; x += 4) {
          grey.data[(y + random.integer(2)) * side + x + random.integer(2)] = random.integer(256);
        }
      }
      const { data } = despeckle(grey);
      for (const value of data) assertEquals(Math.abs(value - level) < 24, true);
    }),
    { numRuns: 50 },
  );
});
