import { assertAlmostEquals, assertEquals } from "@std/assert";
import { backingLevel } from "../../src/image/backing.ts";
import { toGrey } from "../../src/image/grey.ts";
import type { GreyImage } from "../../src/image/grey_image.ts";
import { rgba } from "./drawing.ts";

function greyOf(data: Uint8Array | Uint8ClampedArray | Float32Array): number[] {
  const grey: GreyImage = toGrey({ data, width: data.length / 4, height: 1, channels: 4 });
  assertEquals([grey.width, grey.height], [data.length / 4, 1]);
  return Array.from(grey.data);
}

Deno.test("toGrey weighs colours by Rec. 601", () => {
  const colours = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0], [12, 200, 99]];
  const greys = greyOf(rgba([0, 1, 2, 3, 4], (i) => [...colours[i], 255] as never));
  for (const [i, [r, g, b]] of colours.entries()) {
    assertAlmostEquals(greys[i], 0.299 * r + 0.587 * g + 0.114 * b, 1);
  }
});

Deno.test("toGrey keeps every grey as it is", () => {
  const levels = Array.from({ length: 256 }, (_, level) => level);
  const data = rgba(levels, (level) => [level, level, level, 255]);
  assertEquals(greyOf(data), levels);
  assertEquals(greyOf(Float32Array.from(data, (value) => value / 255)), levels);
});

Deno.test("toGrey reads pixels that begin anywhere in memory", () => {
  for (const offset of [0, 1, 2, 3, 4]) {
    const data = new Uint8Array(offset + 16).subarray(offset);
    data.set(rgba([7, 7, 9, 7], (level) => [level, level, level, 255]));
    assertEquals(greyOf(data), [7, 7, 9, 7]);
  }
});

Deno.test("toGrey mixes with the backing by alpha", () => {
  const black = rgba([0, 64, 128, 255], (alpha) => [0, 0, 0, alpha]);
  assertEquals(greyOf(black), [255, 191, 127, 0]);
  const white = rgba([0, 64, 128, 255], (alpha) => [255, 255, 255, alpha]);
  assertEquals(greyOf(white), [0, 64, 128, 255]);
  // 255 − 155 · 5 / 255 = 251.96
  assertEquals(greyOf(rgba([5], (alpha) => [100, 100, 100, alpha])), [252]);
});

Deno.test("toGrey gives what is wholly transparent one level, whatever its colour", () => {
  const data = rgba([0, 50, 100, 255], (level) => [level, level, level, 0]);
  assertEquals(new Set(greyOf(data)).size, 1);
});

/** The backing for visible pixels of these levels and alphas. */
function backing(...visible: [level: number, alpha: number, count: number][]): number {
  const each = visible.flatMap(([level, alpha, count]) => Array(count).fill({ level, alpha }));
  const alphas = each.map(({ alpha }) => alpha);
  return backingLevel(
    Uint8Array.from(each, ({ level }) => level),
    rgba(alphas, (alpha) => [0, 0, 0, alpha]),
  );
}

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
