import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
} from "@std/assert";
import fc from "fast-check";
import {
  drawDigit,
  type Drawing,
  DRAWINGS,
  drawPixelLines,
  fitPaths,
  mousePath,
  pathBounds,
  writeStrokes,
} from "../../../../scripts/research/hard_set/pictures/drawing.ts";
import type { RgbaPicture } from "../../../../scripts/research/hard_set/pictures/picture.ts";
import { Random } from "../../../../src/model/random.ts";
import { countPieces } from "../digits.ts";

const drawings = (drawing: Drawing): RgbaPicture[] =>
  Array.from({ length: 60 }, (_, n) => drawDigit(n % 10, drawing, new Random(n)));

/** How different from the corner each pixel is, alpha included, 0 to 255. */
function inkOf({ data }: RgbaPicture): Uint8Array {
  return Uint8Array.from({ length: data.length / 4 }, (_, i) => {
    const away = [0, 1, 2, 3].map((c) => Math.abs(data[4 * i + c] - data[c]));
    return data[3] === 0 ? data[4 * i + 3] : Math.max(...away);
  });
}

Deno.test("drawDigit gives canvases of 100 to 600 pixels, some of them transparent", () => {
  for (const drawing of DRAWINGS) {
    const all = drawings(drawing);
    for (const { width, height } of all) {
      for (const side of [width, height]) {
        assertGreaterOrEqual(side, 80);
        assertLessOrEqual(side, 600);
      }
    }
    const transparent = all.filter(({ data }) => data[3] === 0);
    assertGreater(transparent.length, 10);
    assertLess(transparent.length, 50);
    assertEquals(drawDigit(3, drawing, new Random(1)), drawDigit(3, drawing, new Random(1)));
  }
});

Deno.test("drawDigit draws lines one pixel wide, or markers of 8 to 14 % of the digit", () => {
  /** Ink over the length of its outline says how wide a line is. */
  const widthOf = (picture: RgbaPicture): number => {
    const ink = inkOf(picture);
    const { width } = picture;
    let [area, edges] = [0, 0];
    ink.forEach((value, i) => {
      area += value / 255;
      edges += Math.hypot(value - (ink[i + 1] ?? 0), value - (ink[i + width] ?? 0)) / 255;
    });
    return 2 * area / edges;
  };
  const thin = drawings("one-pixel").map(widthOf);
  assertLess(Math.max(...thin), 1.5);
  const thick = drawings("marker").map((picture) =>
    widthOf(picture) / Math.min(picture.width, picture.height)
  );
  assertGreater(Math.min(...thick), 0.025);
  assertLess(Math.max(...thick), 0.13);
});

Deno.test("drawPixelLines draws one connected pixel for each step along the longer axis", () => {
  const end = fc.nat(19);
  fc.assert(fc.property(end, end, end, end, (x0, y0, x1, y1) => {
    const canvas = new Float32Array(400);
    drawPixelLines([[x0 + 0.5, y0 + 0.5, x1 + 0.5, y1 + 0.5]], canvas, 20);
    const count = canvas.filter((value) => value === 1).length;
    assertEquals(count, Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0)) + 1);
    assertEquals([canvas[y0 * 20 + x0], canvas[y1 * 20 + x1]], [1, 1]);
    assertEquals(countPieces((i) => canvas[i] === 1, 20, 20), 1);
  }));
});

Deno.test("mousePath gives pixel centres near the line, with both of its ends", () => {
  const path = Array.from(
    { length: 60 },
    (_, i) => i % 2 === 0 ? 2 * i : 50 + 20 * Math.sin(i / 9),
  );
  for (let seed = 0; seed < 20; seed++) {
    const told = mousePath(path, new Random(seed));
    assertEquals(told.every((value) => value % 1 === 0.5), true);
    assertLess(Math.abs(told[0] - path[0]), 3);
    assertLess(Math.abs(told[told.length - 2] - path[path.length - 2]), 3);
    assertLessOrEqual(told.length, path.length);
  }
});

Deno.test("fitPaths scales the longer side to the given length, at the given corner", () => {
  const written = writeStrokes([[[0, 0], [0.5, 1], [1, 0]], [[0, 1], [1, 1]]], 0.8, new Random(1));
  const { left, top, right, bottom } = pathBounds(fitPaths(written, 40, 7, 9));
  assertAlmostEquals(left, 7, 1e-6);
  assertAlmostEquals(top, 9, 1e-6);
  assertAlmostEquals(Math.max(right - left, bottom - top), 40, 1e-6);
});
