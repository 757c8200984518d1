import { assertEquals, assertLess, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { smooth } from "../../src/image/smooth.ts";
import { Random } from "../../src/model/random.ts";
import { greyOf } from "./shapes.ts";

Deno.test("smooth makes each pixel the mean of nine, but for the outermost, which stay", () => {
  const side = fc.integer({ min: 3, max: 12 });
  fc.assert(fc.property(side, side, fc.nat(), (width, height, seed) => {
    const random = new Random(seed);
    const grey = greyOf(width, height, () => random.integer(256));
    const before = grey.data.slice();
    const smoothed = smooth(grey);
    assertEquals([smoothed.width, smoothed.height], [width, height]);
    assertEquals(smoothed.data.length, width * height);
    smoothed.data.forEach((level, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      if (x === 0 || y === 0 || x === width - 1 || y === height - 1) {
        assertEquals(level, before[i]);
        return;
      }
      let sum = 0;
      for (let k = 0; k < 9; k++) {
        sum += before[(y - 1 + Math.floor(k / 3)) * width + x - 1 + k % 3];
      }
      assertLessOrEqual(Math.abs(level - sum / 9), 0.5);
    });
    assertEquals(grey.data, before);
  }));
});

Deno.test("smooth leaves a third of independent noise", () => {
  const random = new Random(2);
  const { data } = smooth(greyOf(150, 150, () => 128 + 24 * random.normal()));
  const inner = Array.from(data).filter((_, i) =>
    i % 150 > 0 && i % 150 < 149 && i >= 150 && i < 149 * 150
  );
  const variance = inner.reduce((sum, level) => sum + (level - 128) ** 2, 0) / inner.length;
  assertLess(Math.abs(Math.sqrt(variance) - 8), 0.5);
});

Deno.test("smooth keeps black black, white white and slopes straight", () => {
  for (const level of [0, 255]) {
    assertEquals(new Set(smooth(greyOf(5, 4, () => level)).data), new Set([level]));
  }
  const slope = greyOf(20, 12, (x, y) => 9 * x + 4 * y);
  assertEquals(Array.from(smooth(slope).data), Array.from(slope.data));
});
