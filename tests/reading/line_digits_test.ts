import { assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import fc from "fast-check";
import {
  STRING_KINDS,
  type StringKind,
  stringPicture,
} from "../../scripts/research/hard_set/pictures/strings.ts";
import type { Box } from "../../src/image/image.ts";
import { Page } from "../../src/image/page.ts";
import { Random } from "../../src/model/random.ts";
import type { AlignedDigit } from "../../src/engine/ctc.ts";
import { deskew, type DeskewedInk } from "../../src/reading/writing.ts";
import { type DigitInk, digitInks } from "../../src/reading/line_images.ts";
import { type LineImage, lineImages } from "../../src/reading/line_images.ts";
import { findWritings } from "../../src/reading/writing.ts";
import { digitAt, DIGITS } from "../research/hard_set/digits.ts";
import { type Block, blocksOf } from "./line.ts";

/** Columns and rows around the blocks of a writing. */
const AROUND = 20;

/** The height of digits in a writing, which is that in the image of its line: one is as large as the other. */
const HIGH = 22;

/** Blocks as a writing, moved to the right and down. */
function writing(blocks: readonly Block[], reach = 1): DeskewedInk {
  const moved = blocks.map(([left, top, ...size]) =>
    [left + AROUND, top + AROUND, ...size] as const
  );
  return { ...blocksOf(moved, { height: HIGH, room: AROUND }), reach };
}

/** A digit whose steps are around a place in the map. */
function seenAt({ left, scale }: LineImage, x: number): AlignedDigit {
  const step = ((x - left) / scale - 16) / 4;
  return { first: step, end: step + 1 };
}

/** The ink of digits that are seen at some columns of blocks; boxes as the blocks are given. */
function inksAt(
  places: readonly number[],
  blocks: readonly Block[],
  reach = 1,
): readonly DigitInk[] {
  const ink = writing(blocks, reach);
  const [line, ...others] = lineImages(ink);
  assertEquals([line.scale, others.length], [1, 0]);
  const inks = digitInks(ink, line, places.map((x) => seenAt(line, x + AROUND)));
  return inks.map(({ box, ...rest }) => ({
    ...rest,
    box: { ...box, x: box.x - AROUND, y: box.y - AROUND },
  }));
}

function boxesAt(places: readonly number[], ...blocks: readonly Block[]): Box[] {
  return inksAt(places, blocks).map(({ box }) => box);
}

const asBox = ([x, y, width, height]: Block): Box => ({ x, y, width, height });

Deno.test("digitInks gives each digit the piece around which it was seen, with its soft edges", () => {
  const blocks: Block[] = [[0, 0, 10, 22], [20, 1, 12, 20], [40, 0, 9, 22]];
  const inks = inksAt([5, 26, 44], blocks);
  assertEquals(inks.map(({ box }) => box), blocks.map(asBox));
  for (const [n, { found, isCut }] of inks.entries()) {
    const { map, box } = found!;
    const [, , width, height] = blocks[n];
    assertEquals(isCut, false);
    // A pixel around the soft edge of one pixel.
    assertEquals(box, { x: 2, y: 2, width, height });
    assertEquals([map.width, map.height], [width + 4, height + 4]);
    assertEquals(map.data.reduce((sum, value) => sum + value, 0), width * height);
  }
});

Deno.test("digitInks gives a digit all its pieces, in whatever order they lie", () => {
  const flag: Block = [22, 0, 8, 3];
  assertEquals(boxesAt([5, 25], [0, 0, 10, 22], [20, 6, 8, 16], flag), [
    asBox([0, 0, 10, 22]),
    asBox([20, 0, 10, 22]),
  ]);
});

/** Where two bodies are cut that are joined from column 10 to 30 by a line which is so much thinner at some columns. */
function cutOf(thinner: number, from: number, to: number): number {
  const bodies: Block[] = [[0, 0, 10, 22], [30, 0, 10, 22]];
  const thin: Block = [from, 5, to - from, 10 - thinner];
  const inks = inksAt([5, 35], [...bodies, [10, 5, from - 10, 10], thin, [to, 5, 30 - to, 10]]);
  const [{ box: left, isCut }, { box: right }] = inks;
  assertEquals([isCut, left.x, left.width, right.width], [true, 0, right.x, 40 - right.x]);
  return right.x;
}

Deno.test("digitInks cuts digits that touch where there is less ink near their middle", () => {
  // At column 20 is the middle.
  assertEquals(cutOf(6, 22, 24), 22);
  assertEquals(cutOf(6, 17, 19), 18);
});

Deno.test("digitInks cuts a column aside where two pixels of ink are saved", () => {
  assertEquals([cutOf(7, 23, 25), cutOf(5, 23, 25)], [23, 20]);
  assertEquals([cutOf(3, 21, 25), cutOf(1, 21, 25)], [21, 20]);
});

Deno.test("digitInks takes a column with less than half a pixel of ink for empty", () => {
  const ink = writing([[0, 0, 10, 22], [10, 5, 20, 10], [30, 0, 10, 22]]);
  const cutWith = (column: number): number => {
    const [line] = lineImages(ink);
    const { data, width, height } = line.map;
    const faint = data.map((value, i) => i % width === 16 + 12 ? column / height : value);
    const own = { ...line, map: { data: faint, width, height } };
    return digitInks(ink, own, [5, 35].map((x) => seenAt(line, x + AROUND)))[1].box.x - AROUND;
  };
  assertEquals([cutWith(0.49), cutWith(0.51)], [12, 20]);
});

Deno.test("digitInks divides digits that do not touch where there is no ink, however far from their middle", () => {
  // A 1 beside a wide 0, which is hollow at the middle between both.
  const [one, zero] = inksAt([1, 20], [
    [0, 0, 3, 22],
    [6, 0, 4, 22],
    [10, 0, 20, 2],
    [10, 20, 20, 2],
    [30, 0, 4, 22],
  ]);
  assertEquals([one.isCut, zero.isCut], [false, false]);
  assertEquals([one.box, zero.box], [asBox([0, 0, 3, 22]), asBox([6, 0, 28, 22])]);
});

Deno.test("digitInks cuts in the middle between two places where all columns have as much ink", () => {
  const [left, right] = boxesAt([5, 35], [0, 0, 40, 22]);
  assertEquals([left, right], [asBox([0, 0, 20, 22]), asBox([20, 0, 20, 22])]);
});

Deno.test("digitInks gives a piece whole to the digit that has 0.85 of its ink, and cuts it otherwise", () => {
  // The body of a 5, whose arm reaches over the next digit.
  const inks = (arm: number) =>
    inksAt([10, 45], [[0, 0, 20, 22], [20, 0, arm, 2], [40, 6, 10, 16]]);
  // The border is at column 27: 454 of 534 pixels are before it, and of 536.
  const [whole, cut] = [inks(47), inks(48)];
  assertEquals(whole.map(({ isCut }) => isCut), [false, false]);
  assertEquals(whole.map(({ box }) => box), [asBox([0, 0, 67, 22]), asBox([40, 6, 10, 16])]);
  assertEquals(cut.map(({ isCut }) => isCut), [true, true]);
  assertEquals(cut[0].box.width < 30, true);
  assertEquals(cut[1].box, asBox([40, 6, 10, 16]));
});

Deno.test("digitInks leaves dots and dashes between digits out of all boxes", () => {
  const digits: Block[] = [[0, 0, 10, 22], [40, 0, 10, 22]];
  const marks: Block[] = [[15, 19, 3, 3], [20, 10, 12, 3], [24, 18, 4, 6], [34, 19, 3, 3]];
  for (const mark of marks) assertEquals(boxesAt([5, 45], ...digits, mark), digits.map(asBox));
});

Deno.test("digitInks takes what is 0.4 of a digit high for more than a mark beside it", () => {
  const widthOf = (high: number): number => boxesAt([5], [0, 0, 10, 22], [14, 6, 4, high])[0].width;
  assertEquals([widthOf(8), widthOf(9)], [10, 18]);
});

Deno.test("digitInks takes a low piece for a part of the digit that is above or below half of it", () => {
  const widthOf = (left: number): number =>
    boxesAt([5, 50], [0, 5, 10, 17], [left, 0, 8, 3], [40, 0, 20, 22])[0].width;
  assertEquals([widthOf(6), widthOf(7)], [14, 10]);
});

Deno.test("digitInks keeps low pieces where there are no higher ones", () => {
  const [first, second] = boxesAt([5, 21], [0, 0, 10, 22], [16, 8, 4, 4], [22, 8, 5, 4]);
  assertEquals(first, asBox([0, 0, 10, 22]));
  assertEquals(second, asBox([16, 8, 11, 4]));
});

Deno.test("digitInks gives a digit without ink a box where it was seen, and no ink", () => {
  const [seen, unseen] = inksAt([5, 60], [[0, 0, 10, 22]]);
  assertEquals([seen.box, seen.isCut], [asBox([0, 0, 10, 22]), false]);
  assertEquals([unseen.found, unseen.isCut], [undefined, false]);
  // Half as wide as high.
  assertAlmostEquals(unseen.box.x + unseen.box.width / 2, 60, 1);
  assertEquals([unseen.box.y, unseen.box.width, unseen.box.height], [0, 11, 22]);
});

Deno.test("digitInks gives no ink for no digits", () => {
  assertEquals(inksAt([], [[0, 0, 10, 22]]), []);
});

Deno.test("digitInks divides high ink among the digits, none twice and none lost", () => {
  const block = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 3, max: 40 }));
  fc.assert(fc.property(
    fc.array(block, { minLength: 1, maxLength: 5 }),
    fc.uniqueArray(fc.nat({ max: 39 }), { minLength: 1, maxLength: 8 }),
    (drawn, places) => {
      let right = 0;
      const blocks = drawn.map(([gap, width]): Block => {
        const left = right + gap;
        right = left + width;
        return [left, 0, width, HIGH];
      });
      const xs = places.sort((a, b) => a - b).map((place) => place / 40 * right);
      const inks = inksAt(xs, blocks, 0);
      assertEquals(inks.length, xs.length);
      const own = inks.reduce(
        (sum, { found }) => sum + (found?.map.data.reduce((sum, value) => sum + value, 0) ?? 0),
        0,
      );
      assertEquals(own, blocks.reduce((sum, [, , width]) => sum + width * HIGH, 0));
    },
  ));
});

interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The intersection of two boxes over their union. */
function overlap(a: Bounds, b: Bounds): number {
  const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (across <= 0 || down <= 0) return 0;
  const areaOf = ({ left, top, right, bottom }: Bounds): number => (right - left) * (bottom - top);
  return across * down / (areaOf(a) + areaOf(b) - across * down);
}

/** The bounds of a box of the map in the picture. */
function inPicture({ inPicture }: DeskewedInk, { x, y, width, height }: Box): Bounds {
  const corners = [[x, y], [x + width, y], [x, y + height], [x + width, y + height]]
    .map(([x, y]) => inPicture(x, y));
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  return {
    left: Math.min(...xs),
    right: Math.max(...xs),
    top: Math.min(...ys),
    bottom: Math.max(...ys),
  };
}

/** The column of the map at which a point of the picture is. */
function columnAt({ inPicture }: DeskewedInk, x: number, y: number): number {
  const [[x0, y0], [x1, y1], [x2, y2]] = [inPicture(0, 0), inPicture(1, 0), inPicture(0, 1)];
  const [a, b, c, d] = [x1 - x0, x2 - x0, y1 - y0, y2 - y0];
  return (d * (x - x0) - b * (y - y0)) / (a * d - b * c);
}

/** How the boxes of digits that are seen where they are overlap with the true ones. */
function overlapsIn(kind: StringKind, pictures: number): number[] {
  const overlaps: number[] = [];
  for (let seed = 0; seed < pictures; seed++) {
    const random = new Random(seed);
    const { picture, text, boxes } = stringPicture(kind, () => {
      const n = random.integer(DIGITS.count);
      return { pixels: digitAt(n), label: DIGITS.labels[n] };
    }, random);
    const [first] = findWritings(new Page({ ...picture, channels: 4 }));
    const ink = deskew(first);
    const lines = lineImages(ink);
    const texts = text.split("\n");
    if (lines.length !== texts.length) continue;
    let at = 0;
    for (const [n, line] of lines.entries()) {
      const own = boxes.slice(at, at += texts[n].length);
      const seen = own.map(({ left, right, top, bottom }) =>
        seenAt(line, columnAt(ink, (left + right) / 2, (top + bottom) / 2))
      );
      for (const [i, { box }] of digitInks(ink, line, seen).entries()) {
        overlaps.push(overlap(inPicture(ink, box), own[i]));
      }
    }
  }
  return overlaps;
}

for (const kind of STRING_KINDS) {
  Deno.test(`digitInks gives boxes that overlap with the true ones, in pictures of digits that are ${kind}`, () => {
    const overlaps = overlapsIn(kind, 20);
    assertGreater(overlaps.length, 60);
    const most = kind === "touching" ? 0.75 : 0.95;
    assertGreater(overlaps.filter((share) => share >= 0.6).length, most * overlaps.length);
  });
}
