import { assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import fc from "fast-check";
import type { InkMap } from "../../src/image/image.ts";
import { deskew, type DeskewedInk } from "../../src/reading/writing.ts";
import {
  copyInk,
  DIGIT_HEIGHT,
  LINE_HEIGHT,
  LINE_MARGIN,
  type LineImage,
  lineImages,
} from "../../src/reading/line_images.ts";
import { findWritings } from "../../src/reading/writing.ts";
import type { Grey } from "../image/ink/drawing.ts";
import { digitsAt, drawn } from "./digits.ts";
import { type Block, blocksOf, leftOf, pageOf, writingOf } from "./line.ts";

/** Columns and rows around the blocks of a writing. */
const AROUND = 20;

/** Blocks as a writing whose digits are so high, with room around. */
function writing(height: number, ...blocks: readonly Block[]): DeskewedInk {
  return blocksOf(
    blocks.map(([left, top, ...size]) => [left + AROUND, top + AROUND, ...size] as const),
    { height, room: AROUND },
  );
}

/** The only line of a writing. */
function lineOf(ink: DeskewedInk): LineImage {
  const lines = lineImages(ink);
  assertEquals(lines.length, 1);
  return lines[0];
}

/** The first and last row and column of a map with at least half the ink of a pixel. */
function boundsOf({ data, width }: InkMap): Record<"left" | "right" | "top" | "bottom", number> {
  const inked = [...data.keys()].filter((i) => data[i] >= 0.5);
  const columns = inked.map((i) => i % width);
  const rows = inked.map((i) => Math.floor(i / width));
  return {
    left: Math.min(...columns),
    right: Math.max(...columns),
    top: Math.min(...rows),
    bottom: Math.max(...rows),
  };
}

const sumOf = ({ data }: InkMap): number => data.reduce((sum, value) => sum + value, 0);

/** How much of the ink of a writing is in the image of its line. */
const shownOf = (ink: DeskewedInk, { map, scale }: LineImage): number =>
  sumOf(map) * scale * scale / sumOf(ink.map);

/** The lines of a picture. */
function linesOf(grey: Grey): LineImage[] {
  return lineImages(deskew(findWritings(pageOf(grey))[0]));
}

Deno.test("lineImages makes the digits of plain pictures of all sizes 22 pixels high, in 32 rows", () => {
  for (const height of [24, 40, 70, 130]) {
    const text = digitsAt("2580", { x: height, y: height, height });
    const [{ map }, ...others] = linesOf(drawn(6 * height, 3 * height, text));
    assertEquals([map.height, map.data.length, others], [LINE_HEIGHT, map.width * 32, []]);
    const { top, bottom } = boundsOf(map);
    assertAlmostEquals(bottom - top + 1, DIGIT_HEIGHT, 2);
    assertAlmostEquals((top + bottom + 1) / 2, LINE_HEIGHT / 2, 2);
  }
});

Deno.test("lineImages makes blocks 22 rows high exactly, in the middle, half a window from both ends", () => {
  for (const high of [22, 44, 110]) {
    const wide = high / 11 * 4;
    const ink = writing(high, [0, 0, wide, high], [3 * wide, 0, wide, high]);
    const { map, scale, left, top, pieces } = lineOf(ink);
    assertEquals(scale, high / DIGIT_HEIGHT);
    assertEquals([map.width, map.height, LINE_MARGIN], [16 + 32 + 16, 32, 16]);
    const right = LINE_MARGIN + 31;
    assertEquals(boundsOf(map), { left: LINE_MARGIN, right, top: 5, bottom: 26 });
    assertAlmostEquals(left, AROUND - LINE_MARGIN * scale, 1e-9);
    assertAlmostEquals(top, AROUND - 5 * scale, 1e-9);
    assertEquals(leftOf(pieces), [AROUND, AROUND + 3 * wide]);
  }
});

Deno.test("lineImages tells where its pixels are in the map", () => {
  const block = fc.tuple(fc.nat({ max: 30 }), fc.nat({ max: 5 }), fc.integer({ min: 3, max: 30 }));
  fc.assert(fc.property(fc.array(block, { minLength: 1, maxLength: 6 }), (drawn) => {
    let right = 0;
    const blocks = drawn.map(([gap, down, wide]) => {
      const left = right + gap + 2;
      right = left + wide;
      return [left, down, wide, 30] as const;
    });
    const ink = writing(30, ...blocks);
    const line = lineOf(ink);
    const { map, left, top, scale } = line;
    assertEquals([map.height, map.data.length], [LINE_HEIGHT, LINE_HEIGHT * map.width]);
    assertEquals(map.data.every((value) => value >= 0 && value <= 1 + 1e-6), true);
    assertAlmostEquals(shownOf(ink, line), 1, 1e-3);
    // The centre of the ink in the image, in the map, is that of the map.
    const centre = ({ data, width }: InkMap): [number, number] => {
      let [x, y] = [0, 0];
      data.forEach((value, i) => {
        x += value * (i % width + 0.5);
        y += value * (Math.floor(i / width) + 0.5);
      });
      return [x / sumOf({ data, width, height: 0 }), y / sumOf({ data, width, height: 0 })];
    };
    const [x, y] = centre(map);
    const [expectedX, expectedY] = centre(ink.map);
    assertAlmostEquals(left + x * scale, expectedX, 0.05);
    assertAlmostEquals(top + y * scale, expectedY, 0.05);
  }));
});

Deno.test("lineImages shows a tall 1 beside low zeros whole", () => {
  const zero = (left: number): Block => [left, 20, 20, 20];
  for (const high of [20, 26, 30, 40, 43]) {
    const ink = writing(20, zero(0), [30, 40 - high, 4, high], zero(40), zero(70));
    const line = lineOf(ink);
    assertAlmostEquals(shownOf(ink, line), 1, 1e-3);
    const { top, bottom } = boundsOf(line.map);
    assertEquals(top >= 0 && bottom < LINE_HEIGHT, true);
  }
});

Deno.test("lineImages makes digits less high where the highest is more than 1.3 times as high as most", () => {
  const heightOf = (high: number): number =>
    DIGIT_HEIGHT *
    lineOf(writing(40, [0, 10, 20, 40], [30, 50 - high, 10, high], [50, 10, 20, 40])).scale;
  assertAlmostEquals(heightOf(52), 40, 1e-9);
  assertAlmostEquals(heightOf(53), 53 / 1.3, 1e-9);
});

Deno.test("lineImages takes 5 % of the ink of a line, and no less, for a sign of how high digits are", () => {
  const five = [0, 15, 30, 45, 60].map((left): Block => [left, 31, 10, 38]);
  const scaled = (...more: readonly Block[]): number =>
    DIGIT_HEIGHT * lineOf(writing(38, ...five, [80, 0, 1, 100], ...more)).scale;
  // 100 of 2,000 pixels, and of 2,001.
  assertAlmostEquals(scaled(), 100 / 1.3, 1e-9);
  assertAlmostEquals(scaled([10, 50, 1, 1]), 38, 1e-9);
});

Deno.test("lineImages takes the height that most of the ink has, not most of the pieces", () => {
  const dots = [0, 10, 20, 30, 40].map((left): Block => [left, 12, 5, 16]);
  assertEquals(lineOf(writing(20, ...dots, [60, 0, 20, 40])).scale, 40 / DIGIT_HEIGHT);
  // Of two heights with half of the ink each, the lower one, unless the higher would not fit.
  assertEquals(lineOf(writing(40, [0, 5, 20, 40], [30, 0, 16, 50])).scale, 40 / DIGIT_HEIGHT);
});

Deno.test("lineImages looks at digits that touch in parts of 0.7 of their height", () => {
  // A low body as wide as told behind a high stem that is joined to it by a thin line.
  const scaled = (width: number): number =>
    DIGIT_HEIGHT *
    lineOf(writing(100, [0, 0, 10, 100], [0, 90, width, 10], [53, 50, width - 53, 50])).scale;
  // From 1½ parts on there are two.
  assertAlmostEquals(scaled(104), 100, 1e-9);
  assertAlmostEquals(scaled(105), 100 / 1.3, 1e-9);
});

Deno.test("lineImages moves the image to where digits are whole that stand higher than the rest", () => {
  // Most ink is low, and 5 % or less of it high.
  const low: Block[] = [[0, 20, 30, 40], [40, 20, 30, 40], [80, 20, 30, 40]];
  const scale = 40 / DIGIT_HEIGHT;
  const topOf = (high: Block): number => lineOf(writing(40, ...low, high)).top - AROUND;
  // 200 of 3,800 pixels reach above the image around the mean, and 160 of 3,760 do not count.
  assertAlmostEquals(topOf([115, 5, 5, 40]), 5, 1e-9);
  const mean = (3600 * 40 + 160 * 25) / 3760;
  assertAlmostEquals(topOf([115, 5, 4, 40]), Math.floor(mean - LINE_HEIGHT / 2 * scale), 1e-9);
});

Deno.test("lineImages puts the middle of the ink in the middle where digits are too far apart to be whole", () => {
  const scale = 40 / DIGIT_HEIGHT;
  const { top } = lineOf(writing(40, [0, 0, 20, 40], [30, 23, 20, 40]));
  assertAlmostEquals(top - AROUND, Math.floor(31.5 - LINE_HEIGHT / 2 * scale), 1e-9);
});

Deno.test("lineImages cuts two lines out in their order, each without ink of the other", () => {
  const [upper, lower] = [[0, 0, 10, 30], [20, 0, 10, 30]] as Block[];
  const below: Block[] = [[0, 36, 20, 30], [30, 36, 20, 30], [60, 36, 20, 30]];
  const ink = writing(30, ...below, upper, lower);
  const lines = lineImages(ink);
  assertEquals(lines.map(({ pieces }) => pieces.length), [2, 3]);
  const areas = lines.map(({ map, scale }) => sumOf(map) * scale * scale);
  assertAlmostEquals(areas[0], 600, 1);
  assertAlmostEquals(areas[1], 1800, 2);
  const text = (y: number) => digitsAt("38", { x: 40, y, height: 40 });
  const pictures = linesOf(drawn(220, 220, text(30), text(120)));
  assertEquals(pictures.length, 2);
  assertGreater(pictures[1].top, pictures[0].top + 80);
});

Deno.test("lineImages gives none for a writing without pieces", () => {
  assertEquals(lineImages({ ...writing(20, [0, 0, 5, 20]), pieces: [] }), []);
});

/** What is copied of a drawing in which `#` is ink and each other pixel has 0.2, as text. */
function copied(
  drawing: string,
  reach: number,
  area = { x: 0, y: 0, width: 7, height: 5 },
  first = 0,
): string[] {
  const { pieces, map, ...rest } = writingOf(drawing, 5);
  const soft = { ...map, data: map.data.map((value) => value === 0 ? 0.2 : value) };
  const copy = copyInk({ ...rest, pieces, map: soft, reach }, pieces.slice(first, first + 1), area);
  assertEquals([copy.width, copy.height], [area.width, area.height]);
  return Array.from(
    { length: area.height },
    (_, y) =>
      [...copy.data.subarray(y * area.width, (y + 1) * area.width)]
        .map((value) => value === 0 ? "." : value === 1 ? "#" : "+").join(""),
  );
}

const TWO_PIECES = `
.......
..#....
..##...
.......
.....##
`;

Deno.test("copyInk copies pieces with their soft edges, as far as these reach, and no others", () => {
  assertEquals(copied(TWO_PIECES, 0), [".......", "..#....", "..##...", ".......", "......."]);
  assertEquals(copied(TWO_PIECES, 1), [".+++...", ".+#++..", ".+##+..", ".++++..", "......."]);
  assertEquals(copied(TWO_PIECES, 1, undefined, 1), [
    ".......",
    ".......",
    ".......",
    "....+++",
    "....+##",
  ]);
});

Deno.test("copyInk leaves empty what is beyond the map, and out what is beyond the area", () => {
  const area = { x: -2, y: -1, width: 5, height: 4 };
  assertEquals(copied(TWO_PIECES, 1, area), [".....", "...++", "...+#", "...+#"]);
  const corner = { x: 5, y: 3, width: 4, height: 4 };
  assertEquals(copied(TWO_PIECES, 1, corner, 1), ["++..", "##..", "....", "...."]);
  assertEquals(copied(TWO_PIECES, 9, area), [".....", "..+++", "..++#", "..++#"]);
});

/** Rows of blocks as a writing in a picture of 1000 rows. */
function rowsAt(...rows: readonly (readonly [top: number, height: number])[]): DeskewedInk {
  const ink = blocksOf(
    rows.flatMap(([top, height]) => [0, 1, 2].map((n) => [80 * n + 10, top, 50, height] as const)),
    { height: 100, room: 0 },
  );
  return { ...ink, region: { x: 0, y: 0, width: 240, height: 1000 } };
}

const topsOf = (ink: DeskewedInk): number[] => lineImages(ink).map(({ pieces: [{ top }] }) => top);

Deno.test("lineImages leaves out rows that the upper or lower edge of the picture cuts", () => {
  assertEquals(topsOf(rowsAt([0, 60], [200, 100], [400, 100])), [200, 400]);
  assertEquals(topsOf(rowsAt([200, 100], [400, 100], [940, 60])), [200, 400]);
  assertEquals(topsOf(rowsAt([1, 60], [200, 100], [939, 60])), [1, 200, 939]);
});

Deno.test("lineImages keeps rows at the edge that are 0.85 times as high as the others, and what is alone", () => {
  assertEquals(topsOf(rowsAt([0, 85], [200, 100], [400, 100])), [0, 200, 400]);
  assertEquals(topsOf(rowsAt([0, 84], [200, 100], [400, 100])), [200, 400]);
  assertEquals(topsOf(rowsAt([0, 60], [940, 60])), [0, 940]);
});

Deno.test("lineImages takes a row for one at the edge where half of its ink is part of pieces there", () => {
  const tops = (heights: readonly (readonly [top: number, height: number])[]): number => {
    const ink = blocksOf([
      ...heights.map(([top, height], n) => [80 * n + 10, top, 50, height] as const),
      ...[0, 1, 2].map((n) => [80 * n + 10, 200, 50, 100] as const),
    ], { height: 100, room: 0 });
    return lineImages({ ...ink, region: { x: 0, y: 0, width: 240, height: 1000 } }).length;
  };
  assertEquals(tops([[0, 80], [2, 80]]), 1);
  assertEquals(tops([[0, 80], [2, 81]]), 2);
});

Deno.test("lineImages finds rows at the edge where the picture was made smaller and turned", () => {
  const ink = rowsAt([0, 60], [200, 100], [400, 100]);
  // Three pixels of the picture to one of the map, 30 to the right and 60 down.
  const inPicture = (x: number, y: number) => [30 + 3 * x, 60 + 3 * (y + x / 1000)] as const;
  const region = { x: 30, y: 60, width: 720, height: 3000 };
  assertEquals(topsOf({ ...ink, inPicture, region }), [200, 400]);
  assertEquals(topsOf({ ...ink, inPicture, region: { ...region, y: 56 } }), [0, 200, 400]);
});
