import { assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { fitInk } from "../../src/image/fit_ink.ts";
import type { GreyImage } from "../../src/image/grey_image.ts";

/** Light ink on black. */
const CURVE = new Float32Array(256).map((_, level) => level / 255);

function picture(
  width: number,
  height: number,
  level: (x: number, y: number) => number,
): GreyImage {
  const data = Uint8Array.from(
    { length: width * height },
    (_, i) => level(i % width, Math.floor(i / width)),
  );
  return { data, width, height };
}

Deno.test("fitInk keeps ink of the right size as it is", () => {
  const grey = picture(40, 50, (x, y) => (x * 31 + y * 17) % 256);
  const { data, width, height } = fitInk(grey, CURVE, { x: 7, y: 9, width: 13, height: 20 });
  assertEquals([width, height], [13, 20]);
  data.forEach((ink, i) => {
    const [x, y] = [7 + i % 13, 9 + Math.floor(i / 13)];
    assertAlmostEquals(ink, (x * 31 + y * 17) % 256 / 255, 1e-6);
  });
});

Deno.test("fitInk takes means of whole blocks when it divides", () => {
  const grey = picture(60, 80, (x, y) => (x * 7 + y * 3) % 256);
  const { data, width, height } = fitInk(grey, CURVE, { x: 10, y: 15, width: 30, height: 60 });
  assertEquals([width, height], [10, 20]);
  data.forEach((ink, i) => {
    let sum = 0;
    for (let k = 0; k < 9; k++) {
      const x = 10 + 3 * (i % 10) + k % 3;
      const y = 15 + 3 * Math.floor(i / 10) + Math.floor(k / 3);
      sum += (x * 7 + y * 3) % 256;
    }
    assertAlmostEquals(ink, sum / 9 / 255, 1e-5);
  });
});

Deno.test("fitInk keeps the amount of ink in proportion, whatever the size", () => {
  const side = fc.integer({ min: 1, max: 90 });
  fc.assert(fc.property(side, side, fc.nat(255), (width, height, seed) => {
    const level = (x: number, y: number): number => (x * 29 + y * y * 13 + seed) % 256;
    const padded = picture(
      width + 4,
      height + 4,
      (x, y) => x < 2 || y < 2 || x >= width + 2 || y >= height + 2 ? 0 : level(x, y),
    );
    const fitted = fitInk(padded, CURVE, { x: 2, y: 2, width, height });
    const scale = 20 / Math.max(width, height);
    assertEquals(fitted.width, Math.ceil(width * scale - 1e-9));
    assertEquals(fitted.height, Math.ceil(height * scale - 1e-9));
    const before = Array.from(padded.data).reduce((sum, value) => sum + value / 255, 0);
    const after = fitted.data.reduce((sum, ink) => sum + ink, 0);
    // Enlarging lets half a pixel fall over each edge.
    const tolerance = scale > 1 ? 0.5 * scale : 1e-4;
    assertLess(Math.abs(after - before * scale * scale), tolerance * Math.max(1, before * scale));
    for (const ink of fitted.data) assertEquals(ink >= 0 && ink <= 1.000001, true);
  }));
});

Deno.test("fitInk makes the longer side 20 pixels, whatever it was", () => {
  for (let side = 1; side <= 400; side++) {
    const fitted = fitInk(picture(1, side, () => 255), CURVE, {
      x: 0,
      y: 0,
      width: 1,
      height: side,
    });
    assertEquals(fitted.height, 20, `${side}`);
  }
});

Deno.test("fitInk enlarges without steps", () => {
  const grey = picture(5, 5, (x) => 50 * x);
  const { data, width } = fitInk(grey, CURVE, { x: 0, y: 0, width: 5, height: 5 });
  const row = data.subarray(10 * width, 11 * width);
  for (let x = 3; x < 17; x++) assertAlmostEquals(row[x + 1] - row[x], 50 / 4 / 255, 1e-5);
});

Deno.test("fitInk takes what lies outside of the picture as background", () => {
  const { data } = fitInk(picture(2, 2, () => 255), CURVE, { x: 0, y: 0, width: 2, height: 2 });
  assertAlmostEquals(data[0], 0.55 * 0.55, 1e-5);
  assertEquals(data[21 * 10], 1);
});

Deno.test("fitInk gives the same wherever in the picture the box is", () => {
  const level = (x: number, y: number): number => (x * 29 + y * 13) % 256;
  const at = (x: number, y: number): Float32Array =>
    fitInk(picture(400, 90, (px, py) => level(px - x + 99, py - y + 99)), CURVE, {
      x,
      y,
      width: 33,
      height: 57,
    }).data;
  const expected = at(3, 3);
  for (const [x, y] of [[0, 0], [97, 5], [301, 31]]) assertEquals(at(x, y), expected);
});
