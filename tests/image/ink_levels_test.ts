import { assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import { findInkLevels, inkCurve } from "../../src/image/ink_levels.ts";
import { Random } from "../../src/model/random.ts";
import { drawGrey } from "./drawing.ts";

Deno.test("findInkLevels finds background, direction and full ink", () => {
  for (const [paper, ink] of [[255, 0], [0, 255], [200, 120], [90, 160], [128, 60]]) {
    const levels = findInkLevels(drawGrey({ paper, ink }))!;
    assertEquals(levels.background, paper);
    assertEquals(levels.direction, ink > paper ? 1 : -1);
    assertAlmostEquals(levels.full, Math.abs(ink - paper), 1);
    assertEquals(levels.floor, 0);
  }
});

Deno.test("findInkLevels finds them in a picture that is cropped to the ink", () => {
  const levels = findInkLevels(drawGrey({ width: 42, height: 57, x: 3.5, y: 3.5 }))!;
  assertEquals(levels, { background: 255, direction: -1, floor: 0, edge: 76.5, full: 255 });
});

Deno.test("findInkLevels does not take a shadow for noise", () => {
  const { data, width, height } = drawGrey();
  const shaded = data.map((value, i) => value * (1 - i % width / 250));
  const { floor, edge } = findInkLevels({ data: shaded, width, height })!;
  assertEquals([floor < 5, edge < 90], [true, true]);
});

Deno.test("findInkLevels finds ink that is a few pixels of a very large picture", () => {
  const data = new Uint8Array(1000 * 1000).fill(250);
  for (let i = 0; i < 40; i++) data[(300 + i) * 1000 + 500] = 30;
  assertEquals(findInkLevels({ data, width: 1000, height: 1000 })?.full, 220);
});

Deno.test("findInkLevels takes no account of a few stray pixels of the other direction", () => {
  const grey = drawGrey({ paper: 200, ink: 100 });
  for (let i = 0; i < 8; i++) grey.data[1000 + i] = i % 2 ? 255 : 0;
  const levels = findInkLevels(grey)!;
  assertEquals(levels.direction, -1);
  assertAlmostEquals(levels.full, 100, 1);
});

Deno.test("findInkLevels measures the noise and puts the edge of ink above it", () => {
  const random = new Random(3);
  const { data, width, height } = drawGrey({ paper: 200, ink: 50 });
  const noisy = Uint8ClampedArray.from(data, (value) => value + 12 * random.normal());
  const { floor, edge } = findInkLevels({ data: noisy, width, height })!;
  assertAlmostEquals(floor, 1.5 * 12, 4);
  assertGreater(edge, 4 * 12);
});

Deno.test("findInkLevels finds none where nothing stands out", () => {
  assertEquals(findInkLevels(drawGrey({ paper: 200, ink: 180 })), undefined);
  for (const level of [0, 9, 255]) {
    assertEquals(findInkLevels({ data: Uint8Array.of(level), width: 1, height: 1 }), undefined);
  }
  const { data, width, height } = drawGrey({ paper: 128, ink: 90 });
  const random = new Random(4);
  const noisy = Uint8ClampedArray.from(data, (value) => value + 15 * random.normal());
  assertEquals(findInkLevels({ data: noisy, width, height }), undefined);
});

Deno.test("inkCurve rises straight from the floor to full ink, in either direction", () => {
  const levels = { background: 200, floor: 10, edge: 50, full: 110 } as const;
  const dark = inkCurve({ ...levels, direction: -1 });
  assertEquals([255, 200, 190, 140, 90, 0].map((level) => dark[level]), [0, 0, 0, 0.5, 1, 1]);
  const light = inkCurve({ ...levels, background: 55, direction: 1 });
  assertEquals([0, 55, 65, 115, 165, 255].map((level) => light[level]), [0, 0, 0, 0.5, 1, 1]);
});
