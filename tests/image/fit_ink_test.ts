import { assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { fitInk } from "../../src/image/fit_ink.ts";
import type { InkMap } from "../../src/image/ink_map.ts";
import { inkOf, sumOf } from "./shapes.ts";

/** Ink in 255 steps. */
function picture(
  width: number,
  height: number,
  level: (x: number, y: number) => number,
): InkMap {
  return inkOf(width, height, (x, y) => level(x, y) / 255);
}

Deno.test("fitInk keeps ink of the right size as it is", () => {
  const ink = picture(40, 50, (x, y) => (x * 31 + y * 17) % 256);
  const { data, width, height } = fitInk(ink, { x: 7, y: 9, width: 13, height: 20 }, 20);
  assertEquals([width, height], [13, 20]);
  data.forEach((value, i) => {
    const [x, y] = [7 + i % 13, 9 + Math.floor(i / 13)];
    assertAlmostEquals(value, (x * 31 + y * 17) % 256 / 255, 1e-6);
  });
});

Deno.test("fitInk takes means of whole blocks when it divides", () => {
  const ink = picture(60, 80, (x, y) => (x * 7 + y * 3) % 256);
  const { data, width, height } = fitInk(ink, { x: 10, y: 15, width: 30, height: 60 }, 20);
  assertEquals([width, height], [10, 20]);
  data.forEach((value, i) => {
    let sum = 0;
    for (let k = 0; k < 9; k++) {
      const x = 10 + 3 * (i % 10) + k % 3;
      const y = 15 + 3 * Math.floor(i / 10) + Math.floor(k / 3);
      sum += (x * 7 + y * 3) % 256;
    }
    assertAlmostEquals(value, sum / 9 / 255, 1e-5);
  });
});

Deno.test("fitInk keeps the amount of ink in proportion, whatever the size", () => {
  const size = fc.integer({ min: 1, max: 90 });
  const side = fc.constantFrom(5, 20, 33, 80);
  fc.assert(fc.property(size, size, fc.nat(255), side, (width, height, seed, side) => {
    const level = (x: number, y: number): number => (x * 29 + y * y * 13 + seed) % 256;
    const padded = picture(
      width + 4,
      height + 4,
      (x, y) => x < 2 || y < 2 || x >= width + 2 || y >= height + 2 ? 0 : level(x, y),
    );
    const fitted = fitInk(padded, { x: 2, y: 2, width, height }, side);
    const scale = side / Math.max(width, height);
    assertEquals(fitted.width, Math.ceil(width * scale - 1e-9));
    assertEquals(fitted.height, Math.ceil(height * scale - 1e-9));
    assertEquals(fitted.data.length, fitted.width * fitted.height);
    const before = sumOf(padded.data);
    const after = sumOf(fitted.data);
    // Enlarging lets half a pixel fall over each edge.
    const tolerance = scale > 1 ? 0.5 * scale : 1e-4;
    assertLess(Math.abs(after - before * scale * scale), tolerance * Math.max(1, before * scale));
    for (const ink of fitted.data) assertEquals(ink >= 0 && ink <= 1.000001, true);
  }));
});

Deno.test("fitInk makes the longer side as long as is wanted, whatever it was", () => {
  for (const side of [1, 7, 20, 80]) {
    for (let length = 1; length <= 400; length++) {
      const [tall, wide] = [picture(1, length, () => 255), picture(length, 1, () => 255)];
      const upright = fitInk(tall, { x: 0, y: 0, width: 1, height: length }, side);
      const lying = fitInk(wide, { x: 0, y: 0, width: length, height: 1 }, side);
      assertEquals([upright.height, lying.width], [side, side], `${length}`);
    }
  }
});

Deno.test("fitInk enlarges without steps", () => {
  const ink = picture(5, 5, (x) => 50 * x);
  const { data, width } = fitInk(ink, { x: 0, y: 0, width: 5, height: 5 }, 20);
  const row = data.subarray(10 * width, 11 * width);
  for (let x = 3; x < 17; x++) assertAlmostEquals(row[x + 1] - row[x], 50 / 4 / 255, 1e-5);
});

Deno.test("fitInk takes what lies outside of the picture as background", () => {
  const { data } = fitInk(picture(2, 2, () => 255), { x: 0, y: 0, width: 2, height: 2 }, 20);
  assertAlmostEquals(data[0], 0.55 * 0.55, 1e-5);
  assertEquals(data[21 * 10], 1);
});

Deno.test("fitInk gives the same wherever in the picture the box is", () => {
  const level = (x: number, y: number): number => (x * 29 + y * 13) % 256;
  const at = (x: number, y: number): Float32Array =>
    fitInk(
      picture(400, 90, (px, py) => level(px - x + 99, py - y + 99)),
      { x, y, width: 33, height: 57 },
      20,
    ).data;
  const expected = at(3, 3);
  for (const [x, y] of [[0, 0], [97, 5], [301, 31]]) assertEquals(at(x, y), expected);
});

Deno.test("fitInk leaves the ink that it is given alone", () => {
  const ink = picture(31, 17, (x, y) => (x * 29 + y * 13) % 256);
  const before = ink.data.slice();
  for (const side of [5, 20, 31, 80]) {
    const fitted = fitInk(ink, { x: 0, y: 0, width: 31, height: 17 }, side);
    assertEquals(fitted.data.buffer === ink.data.buffer, false);
  }
  assertEquals(ink.data, before);
});
