import { assertEquals, assertLess, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { LazyGrey } from "../../src/image/lazy_grey.ts";
import { reduceGrey } from "../../src/image/reduce_grey.ts";
import { Random } from "../../src/model/random.ts";
import { greyOf } from "./shapes.ts";

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
