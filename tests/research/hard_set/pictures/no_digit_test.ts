import { assertEquals, assertGreater, assertLess, assertNotEquals } from "@std/assert";
import { LETTERS, MARKS, SYMBOLS } from "../../../../scripts/research/hard_set/pictures/glyphs.ts";
import {
  NO_DIGIT_KINDS,
  noDigitPicture,
} from "../../../../scripts/research/hard_set/pictures/no_digit.ts";
import { Random } from "../../../../src/model/random.ts";
import { brightnessOf } from "../digits.ts";

/** The share of pixels whose brightness differs from that of the paper, which is in the corner. */
function inkShare(grey: Float32Array): number {
  return grey.filter((value) => Math.abs(value - grey[0]) > 60).length / grey.length;
}

Deno.test("noDigitPicture gives opaque pictures, the same for the same random state", () => {
  for (const kind of NO_DIGIT_KINDS) {
    for (let seed = 0; seed < 10; seed++) {
      const picture = noDigitPicture(kind, new Random(seed));
      assertEquals(noDigitPicture(kind, new Random(seed)), picture);
      assertNotEquals(noDigitPicture(kind, new Random(seed + 1)), picture);
      assertEquals(picture.data.length, 4 * picture.width * picture.height);
      assertEquals(picture.data.every((value, i) => i % 4 < 3 || value === 255), true);
    }
  }
});

Deno.test("noDigitPicture draws ink on all kinds but blank paper", () => {
  for (let seed = 0; seed < 40; seed++) {
    for (const kind of ["letters", "symbols", "scribbles"] as const) {
      const share = inkShare(brightnessOf(noDigitPicture(kind, new Random(seed))));
      assertGreater(share, 0.005);
      assertLess(share, 0.6);
    }
    // Light and grain change a sheet by little from one pixel to the next.
    const { data, width } = noDigitPicture("blank", new Random(seed));
    const grey = brightnessOf({ data, width, height: data.length / 4 / width });
    const steps = grey.map((value, i) => i % width === 0 ? 0 : Math.abs(value - grey[i - 1]));
    assertLess(steps.reduce((a, b) => a + b) / steps.length, 15);
  }
});

Deno.test("noDigitPicture draws lines and marks that stand out from the paper", () => {
  for (const kind of ["cells", "punctuation", "text"] as const) {
    for (let seed = 0; seed < 10; seed++) {
      const grey = brightnessOf(noDigitPicture(kind, new Random(seed)));
      // The paper is the median level: lines may reach the corner.
      const paper = grey.slice().sort()[grey.length >> 1];
      const contrast = grey.reduce((most, value) => Math.max(most, Math.abs(value - paper)), 0);
      assertGreater(contrast, 20);
    }
  }
});

Deno.test("LETTERS, SYMBOLS and MARKS have unique names, and strokes of at least two points", () => {
  for (const glyphs of [LETTERS, SYMBOLS, MARKS]) {
    assertEquals(new Set(glyphs.map(({ name }) => name)).size, glyphs.length);
    for (const { strokes, aspect } of glyphs) {
      assertGreater(aspect, 0.1);
      for (const stroke of strokes) assertGreater(stroke.length, 1);
      const [xs, ys] = [0, 1].map((axis) => strokes.flat().map((point) => point[axis]));
      for (const values of [xs, ys]) {
        assertEquals([Math.min(...values) >= 0, Math.max(...values) <= 1], [true, true]);
      }
    }
  }
});
