import { assertAlmostEquals, assertEquals, assertLess, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import type { GreyImage } from "../../../src/image/image.ts";
import {
  backingLevel,
  despeckle,
  LazyGrey,
  reduceGrey,
  toGrey,
} from "../../../src/image/ink/grey.ts";
import { Random } from "../../../src/model/random.ts";
import { type Grey, greyOf, rgba } from "./drawing.ts";

function greyLevels(data: Uint8Array | Uint8ClampedArray | Float32Array): number[] {
  const grey: GreyImage = toGrey({ data, width: data.length / 4, height: 1, channels: 4 });
  assertEquals([grey.width, grey.height], [data.length / 4, 1]);
  return Array.from(grey.data);
}

/** The backing for visible pixels of these levels and alphas. */
function backing(...visible: [level: number, alpha: number, count: number][]): number {
  const each = visible.flatMap(([level, alpha, count]) => Array(count).fill({ level, alpha }));
  const alphas = each.map(({ alpha }) => alpha);
  return backingLevel(
    Uint8Array.from(each, ({ level }) => level),
    rgba(alphas, (alpha) => [0, 0, 0, alpha]),
  );
}

Deno.test("toGrey weighs colours by Rec. 601", () => {
  const colours = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0], [12, 200, 99]];
  const greys = greyLevels(rgba([0, 1, 2, 3, 4], (i) => [...colours[i], 255] as never));
  for (const [i, [r, g, b]] of colours.entries()) {
    assertAlmostEquals(greys[i], 0.299 * r + 0.587 * g + 0.114 * b, 1);
  }
});

Deno.test("toGrey keeps every grey as it is", () => {
  const levels = Array.from({ length: 256 }, (_, level) => level);
  const data = rgba(levels, (level) => [level, level, level, 255]);
  assertEquals(greyLevels(data), levels);
  assertEquals(greyLevels(Float32Array.from(data, (value) => value / 255)), levels);
});

Deno.test("toGrey reads pixels that begin anywhere in memory", () => {
  for (const offset of [0, 1, 2, 3, 4]) {
    const data = new Uint8Array(offset + 16).subarray(offset);
    data.set(rgba([7, 7, 9, 7], (level) => [level, level, level, 255]));
    assertEquals(greyLevels(data), [7, 7, 9, 7]);
  }
});

Deno.test("toGrey mixes with the backing by alpha", () => {
  const black = rgba([0, 64, 128, 255], (alpha) => [0, 0, 0, alpha]);
  assertEquals(greyLevels(black), [255, 191, 127, 0]);
  const white = rgba([0, 64, 128, 255], (alpha) => [255, 255, 255, alpha]);
  assertEquals(greyLevels(white), [0, 64, 128, 255]);
  // 255 − 155 · 5 / 255 = 251.96
  assertEquals(greyLevels(rgba([5], (alpha) => [100, 100, 100, alpha])), [252]);
});

Deno.test("toGrey gives what is wholly transparent one level, whatever its colour", () => {
  const data = rgba([0, 50, 100, 255], (level) => [level, level, level, 0]);
  assertEquals(new Set(greyLevels(data)).size, 1);
});

Deno.test("backingLevel is white behind dark ink and black behind light ink", () => {
  assertEquals(backing([0, 255, 50], [99, 0, 1000]), 255);
  assertEquals(backing([110, 255, 50], [99, 0, 1000]), 255);
  assertEquals(backing([150, 255, 50], [99, 0, 1000]), 0);
  assertEquals(backing([0, 255, 50], [76, 255, 60], [99, 0, 1000]), 255);
  assertEquals(backing([255, 40, 50], [0, 0, 1000]), 0);
});

Deno.test("backingLevel is the tone of the paper when ink on paper is visible", () => {
  assertEquals(backing([240, 255, 900], [20, 255, 50], [0, 0, 500]), 240);
  assertEquals(backing([15, 255, 900], [250, 255, 50], [0, 0, 500]), 15);
});

Deno.test("backingLevel is not misled by a few stray or faint pixels", () => {
  assertEquals(backing([10, 255, 5000], [250, 255, 2]), 255);
  assertEquals(backing([10, 255, 5000], [250, 7, 5000]), 255);
});

Deno.test("reduceGrey gives the mean of each block, wherever the part lies and whatever the factor", () => {
  const cases = fc.record({
    factor: fc.integer({ min: 1, max: 9 }),
    columns: fc.integer({ min: 1, max: 6 }),
    rows: fc.integer({ min: 1, max: 6 }),
    left: fc.nat(5),
    top: fc.nat(5),
    right: fc.nat(12),
    bottom: fc.nat(12),
    seed: fc.nat(),
  });
  fc.assert(fc.property(cases, ({ factor, columns, rows, left, top, right, bottom, seed }) => {
    const random = new Random(seed);
    const region = {
      x: left,
      y: top,
      width: columns * factor + Math.min(right, factor - 1),
      height: rows * factor + Math.min(bottom, factor - 1),
    };
    const grey = greyOf(
      left + region.width + right,
      top + region.height + bottom,
      () => random.integer(256),
    );
    const before = grey.data.slice();
    const { data, width, height } = reduceGrey(grey, region, factor);
    assertEquals([width, height, data.length], [columns, rows, columns * rows]);
    data.forEach((level, i) => {
      let sum = 0;
      for (let k = 0; k < factor * factor; k++) {
        const x = left + i % columns * factor + k % factor;
        const y = top + Math.floor(i / columns) * factor + Math.floor(k / factor);
        sum += grey.data[y * grey.width + x];
      }
      assertLessOrEqual(Math.abs(level - sum / factor ** 2), 0.5);
    });
    assertEquals(grey.data, before);
  }));
});

Deno.test("reduceGrey gives the same picture back when nothing is to be done", () => {
  for (const [width, height] of [[1, 1], [1, 7], [6, 4]]) {
    const grey = greyOf(width, height, (x, y) => 10 * x + y);
    assertEquals(reduceGrey(grey, { x: 0, y: 0, width, height }, 1) === grey, true);
  }
});

Deno.test("reduceGrey keeps black black and white white, at the largest factors as well", () => {
  for (const level of [0, 1, 254, 255]) {
    const grey = greyOf(600, 400, () => level);
    const { data } = reduceGrey(grey, { x: 0, y: 0, width: 600, height: 400 }, 200);
    assertEquals(Array.from(data), Array(6).fill(level));
  }
});

Deno.test("reduceGrey keeps a thin line as a fainter one", () => {
  const grey = greyOf(40, 40, (x) => x === 17 ? 0 : 255);
  const { data } = reduceGrey(grey, { x: 0, y: 0, width: 40, height: 40 }, 4);
  for (let y = 0; y < 10; y++) {
    for (let x = 0; x < 10; x++) {
      assertLessOrEqual(Math.abs(data[10 * y + x] - (x === 4 ? 255 * 3 / 4 : 255)), 0.5);
    }
  }
});

Deno.test("reduceGrey lowers noise by the factor", () => {
  const random = new Random(1);
  const grey = greyOf(200, 200, () => 128 + 16 * random.normal());
  const deviation = (levels: ArrayLike<number>): number => {
    const values = Array.from(levels);
    return Math.sqrt(values.reduce((sum, value) => sum + (value - 128) ** 2, 0) / values.length);
  };
  const reduced = reduceGrey(grey, { x: 0, y: 0, width: 200, height: 200 }, 4);
  assertLess(Math.abs(deviation(grey.data) - 16), 0.5);
  assertLess(Math.abs(deviation(reduced.data) - 4), 0.3);
});

Deno.test("reduceGrey takes all of a part that is narrower than one block, in grey and in RGBA", () => {
  for (const [width, height] of [[2000, 5], [5, 2000], [900, 1], [3, 2], [40, 13]]) {
    const grey = greyOf(width, height, (x, y) => 100 + 10 * ((x + y) % 2) + (y < 1 ? 20 : 0));
    const rgba = Uint8Array.from(
      { length: 4 * grey.data.length },
      (_, i) => i % 4 === 3 ? 255 : grey.data[i >> 2],
    );
    const lazy = new LazyGrey({ data: rgba, width, height, channels: 4 });
    const region = { x: 0, y: 0, width, height };
    for (const factor of [2, 10, 20]) {
      const reduced = reduceGrey(grey, region, factor);
      const [across, down] = [Math.min(factor, width), Math.min(factor, height)];
      assertEquals(
        [reduced.width, reduced.height],
        [Math.floor(width / across), Math.floor(height / down)],
      );
      const ofLazy = reduceGrey(lazy, region, factor);
      assertEquals([ofLazy.width, ofLazy.height], [reduced.width, reduced.height]);
      reduced.data.forEach((level, i) => {
        let sum = 0;
        for (let k = 0; k < across * down; k++) {
          const x = i % reduced.width * across + k % across;
          const y = Math.floor(i / reduced.width) * down + Math.floor(k / across);
          sum += grey.data[y * width + x];
        }
        assertLessOrEqual(Math.abs(level - sum / (across * down)), 0.5);
        // Of a large block it looks at every other pixel.
        assertLessOrEqual(Math.abs(ofLazy.data[i] - level), 20);
      });
    }
  }
});

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
