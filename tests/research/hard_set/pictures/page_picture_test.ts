import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
} from "@std/assert";
import { pathBounds } from "../../../../scripts/research/hard_set/pictures/drawing.ts";
import { pictureRandom } from "../../../../scripts/research/hard_set/pictures/hard_picture.ts";
import type { Bounds } from "../../../../scripts/research/hard_set/pictures/homography.ts";
import {
  type Surroundings,
  writeDigit,
} from "../../../../scripts/research/hard_set/pictures/page/page.ts";
import {
  PAGE_KINDS,
  type PageKind,
  pagePicture,
  SURROUNDINGS,
} from "../../../../scripts/research/hard_set/pictures/page/page_picture.ts";
import type { RgbaPicture } from "../../../../scripts/research/hard_set/pictures/picture.ts";
import { Random } from "../../../../src/model/random.ts";
import { digitAt, DIGITS } from "../digits.ts";

const digit = (n: number) => ({ pixels: digitAt(n), label: DIGITS.labels[n] });

const pictures = (kind: PageKind, count: number): RgbaPicture[] =>
  Array.from({ length: count }, (_, n) => pagePicture(digit(n), kind, pictureRandom(kind, n, 1)));

/** The median brightness of the green channel, which is that of the paper. */
function paperOf({ data }: RgbaPicture): number {
  const greens = Uint8Array.from(
    { length: 999 },
    (_, n) => data[4 * Math.floor(n * data.length / 4 / 999) + 1],
  );
  return greens.sort()[499];
}

Deno.test("pagePicture gives opaque pictures of every kind, the same for the same random state", () => {
  for (const kind of PAGE_KINDS) {
    const [once, again] = [pictures(kind, 2), pictures(kind, 2)];
    once.forEach(({ data, width, height }, n) => {
      assertEquals([width, height], [again[n].width, again[n].height]);
      assertEquals(data.every((value, i) => value === again[n].data[i]), true);
      assertEquals(data.length, 4 * width * height);
      assertEquals(data.every((value, i) => i % 4 < 3 || value === 255), true);
    });
    const [one, other] = [0, 1].map((n) => pagePicture(digit(n), kind, new Random(4)));
    assertEquals(one.data.every((value, i) => value === other.data[i]), false);
  }
});

Deno.test("pagePicture has both polarities of every kind", () => {
  for (const kind of PAGE_KINDS) {
    const dark = pictures(kind, 16).filter((picture) => paperOf(picture) < 128).length;
    assertGreater(dark, 0);
    assertLess(dark, 16);
  }
});

Deno.test("pagePicture keeps pages small, but for tiny digits, which are on large sheets", () => {
  for (const kind of PAGE_KINDS) {
    const sides = pictures(kind, 12).map(({ width, height }) => Math.max(width, height));
    if (kind === "tiny") assertGreaterOrEqual(Math.min(...sides), 480);
    else assertLessOrEqual(Math.max(...sides), kind === "screenshot" ? 1020 : 641);
  }
});

Deno.test("pagePicture makes some tiny digits on an A4 scan, and on a photo of 12 megapixels", () => {
  for (const [n, side] of [[35, 3508], [36, 3000]]) {
    assertEquals(pagePicture(digit(n), "tiny", pictureRandom("tiny", n, 1)).height, side);
  }
});

/** Digits as they are written, which take long to make. */
const WRITINGS = Array.from({ length: 200 }, (_, n) => {
  const { pixels, label } = digit(n % 50);
  return writeDigit(pixels, label, new Random(n));
});

/** Surroundings of a kind around each of the digits. */
function surroundings(kind: keyof typeof SURROUNDINGS): { around: Surroundings; width: number }[] {
  return WRITINGS.map((writing, n) => {
    return { around: SURROUNDINGS[kind](writing, new Random(n)), width: writing.width };
  });
}

const KINDS = Object.keys(SURROUNDINGS) as (keyof typeof SURROUNDINGS)[];

/** The bounding box of all lines. */
function boundsOf({ drawn, printed }: Surroundings): Bounds {
  return pathBounds([...drawn, ...printed].map(({ path }) => path));
}

Deno.test("SURROUNDINGS show the digit whole, whatever is around it", () => {
  for (const kind of KINDS) {
    for (const { around: { view }, width } of surroundings(kind)) {
      // A page is turned by at most 3°, which moves the edge of a digit by less.
      const least = 0.06;
      assertLess(view.left, -least, kind);
      assertLess(view.top, -least, kind);
      assertGreater(view.right, width + least, kind);
      assertGreater(view.bottom, 1 + least, kind);
    }
  }
});

Deno.test("SURROUNDINGS have lines of the ink's colour and printed ones, faint and dark", () => {
  for (const kind of KINDS) {
    const all = surroundings(kind).map(({ around }) => around);
    for (const { drawn, printed } of all) assertGreater(drawn.length + printed.length, 0);
    const strengths = all.filter(({ printed }) => printed.length > 0).map(({ strength }) =>
      strength
    );
    assertLess(Math.min(...strengths), 0.3);
    assertGreater(Math.max(...strengths), 0.9);
    if (kind !== "standing-on-rule") {
      assertGreater(all.filter(({ drawn }) => drawn.length > 0).length, 50);
    }
  }
});

Deno.test("SURROUNDINGS end inside the picture but for rules, combs, and frames that it cuts", () => {
  const cut = (kind: keyof typeof SURROUNDINGS): number =>
    surroundings(kind).filter(({ around }) => {
      const { left, top, right, bottom } = boundsOf(around);
      const { view } = around;
      return left < view.left || top < view.top || right > view.right || bottom > view.bottom;
    }).length;
  assertEquals([cut("underlined"), cut("standing-on-rule")], [0, 200]);
  // Of a line that runs past its beginning, a little may be cut.
  assertLess(cut("circled"), 10);
  assertGreater(cut("boxed"), 60);
  assertLess(cut("boxed"), 140);
  assertGreater(cut("combed"), 140);
});

Deno.test("boxed lets some frames touch the digit, and circled some enclosures", () => {
  for (const kind of ["boxed", "circled"] as const) {
    const touching = surroundings(kind).filter(({ around: { drawn, printed }, width }) =>
      [...drawn, ...printed].some(({ path, thickness }) =>
        path.some((x, i) =>
          i % 2 === 0 && x > -thickness && x < width + thickness &&
          path[i + 1] > -thickness && path[i + 1] < 1 + thickness
        )
      )
    ).length;
    assertGreater(touching, 10, kind);
    assertLess(touching, 120, kind);
  }
});

Deno.test("writeDigit measures the stroke width, and has thinner and thicker pens", () => {
  // A bar of 4 × 20 pixels, and a ring as tall.
  const bar = new Uint8Array(784);
  for (let y = 4; y < 24; y++) bar.fill(255, 28 * y + 12, 28 * y + 16);
  const ring = new Uint8Array(784);
  for (let i = 0; i < 784; i++) {
    const away = Math.hypot(i % 28 - 13.5, Math.floor(i / 28) - 13.5);
    if (away > 6 && away < 10) ring[i] = 255;
  }
  for (const pixels of [bar, ring]) {
    const strokes = Array.from(
      { length: 20 },
      (_, n) => writeDigit(pixels, 1, new Random(n)).stroke,
    ).sort((a, b) => a - b);
    assertAlmostEquals(strokes[10], 0.2, 0.03);
    assertLess(strokes[0], 0.17);
    assertGreater(strokes[19], 0.23);
  }
});
