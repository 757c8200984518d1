import { assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import fc from "fast-check";
import { enlargeWhole } from "../../../scripts/research/hard_set/pictures/hard_picture.ts";
import type { InkMap } from "../../../src/image/image.ts";
import { findInk, findInPieces, softInk } from "../../../src/image/ink/find_ink.ts";
import { strokeWidth } from "../../../src/image/ink/strokes.ts";
import { Random } from "../../../src/model/random.ts";
import { type Grey, greyOf } from "./drawing.ts";

/** A thing with a surface of many shades, wider than any stroke, on a ground of one tone. */
function thing(side: number, ground: number, seed: number): { grey: Grey; inside: Uint8Array } {
  const random = new Random(seed);
  const [half, tall] = [random.uniform(0.25, 0.45), random.uniform(0.3, 0.45)];
  const inside = new Uint8Array(side * side);
  const grey = greyOf(side, side, (x, y) => {
    const [u, v] = [(x + 0.5) / side - 0.5, (y + 0.5) / side - 0.5];
    if (Math.abs(u) > half || Math.abs(v) > tall) return ground;
    inside[y * side + x] = 1;
    // Darker towards the edges, as round things are, with folds.
    return 120 + 80 * Math.cos(2.2 * u / half) * 0.7 + 50 * Math.sin(v * 30) + 10 * random.normal();
  });
  return { grey, inside };
}

/** All ink of a picture, whatever it may be of. */
function inkIn(grey: Grey): InkMap | undefined {
  return findInPieces(
    grey,
    {},
    (found) => softInk(found, found.pieces, 5),
    (map) => strokeWidth(map) * 20 / Math.max(map.width, map.height),
  );
}

/** Which share of the thing is taken for ink. */
function shareOf({ grey, inside }: ReturnType<typeof thing>): number {
  const found = inkIn(grey);
  if (found === undefined) return 0;
  const { data } = found;
  let [ink, all] = [0, 0];
  for (let i = 0; i < inside.length; i++) {
    all += inside[i];
    if (inside[i] === 1 && data[i] > 0.1) ink++;
  }
  return ink / all;
}

Deno.test("findInPieces keeps a wide thing on black whole, not its outline, whatever its shades", () => {
  fc.assert(
    fc.property(fc.integer({ min: 70, max: 190 }), fc.nat(), (side, seed) => {
      assertGreater(shareOf(thing(side, 0, seed)), 0.9);
    }),
    { numRuns: 30 },
  );
});

Deno.test("findInPieces keeps a wide thing whole that reaches the border of a black picture", () => {
  const side = 120;
  const grey = greyOf(side, side, (x, y) => Math.abs(x - 60) < 35 ? 110 + 60 * Math.sin(y / 9) : 0);
  const found = findInk(grey);
  assertEquals([found?.box.width, found?.box.height], [69, side]);
  const ink = found?.map.data.reduce((sum, value) => sum + (value > 0.1 ? 1 : 0), 0) ?? 0;
  assertAlmostEquals(ink, 69 * side, 0.1 * 69 * side);
});

Deno.test("findInPieces keeps dark things on white whole rather than take a thread around them for a pen", () => {
  const random = new Random(4);
  let kept = 0;
  for (let n = 0; n < 12; n++) {
    // A coat with folds and a weave, as an image viewer enlarges it.
    const coat = new Uint8Array(784).map((_, i) => {
      const [across, y] = [Math.abs(i % 28 - 13.5), Math.floor(i / 28)];
      const isCoat = y > 1 && y < 26 && (across < 8 || across < 11 && y > 4 && y < 24);
      return isCoat ? 190 + 25 * Math.sin(y / 3) - 3 * across + 8 * random.normal() : 0;
    });
    const { data } = enlargeWhole(coat, 200, true);
    const found = inkIn(greyOf(200, 200, (x, y) => data[4 * (200 * y + x)]));
    let [ink, all] = [0, 0];
    for (let i = 0; i < 40_000; i++) {
      if (data[4 * i] > 200) continue;
      all++;
      if ((found?.data[i] ?? 0) > 0.1) ink++;
    }
    if (ink > 0.85 * all) kept++;
  }
  assertGreater(kept, 3);
});

Deno.test("findInPieces still sees a shadow on light paper for what it is, though the border is flat", () => {
  const side = 160;
  const isStroke = (x: number, y: number): boolean =>
    Math.abs(x - 80) < 6 && Math.abs(y - 80) < 50 || Math.abs(y - 36) < 6 && Math.abs(x - 70) < 16;
  const isShaded = (x: number, y: number): boolean => x > 25 && x < 135 && y > 12 && y < 148;
  const grey = greyOf(
    side,
    side,
    (x, y) => (isStroke(x, y) ? 40 : 225) * (isShaded(x, y) ? 0.6 : 1),
  );
  const found = findInk(grey);
  let strokes = 0;
  for (let i = 0; i < side * side; i++) if (isStroke(i % side, Math.floor(i / side))) strokes++;
  const ink = found?.map.data.reduce((sum, value) => sum + (value > 0.5 ? 1 : 0), 0) ?? 0;
  assertLess(Math.abs(ink - strokes), 0.15 * strokes);
});
