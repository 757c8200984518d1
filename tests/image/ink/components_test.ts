import { assertEquals, assertGreater } from "@std/assert";
import fc from "fast-check";
import {
  boxAround,
  type Component,
  findComponents,
  findEnclosures,
  isBorder,
  isUprightBar,
  selectDigit,
} from "../../../src/image/ink/components.ts";
import { Random } from "../../../src/model/random.ts";
import { type Mask, maskOf, maskWhere } from "./drawing.ts";

/** The pixels of each piece, found pixel by pixel, each in order, the pieces in the order of their first pixels. */
function floodFill(mask: Uint8Array, width: number, height: number): number[][] {
  const left = mask.slice();
  const pieces: number[][] = [];
  for (let start = 0; start < left.length; start++) {
    if (left[start] === 0) continue;
    const piece = [start];
    left[start] = 0;
    for (const i of piece) {
      const [x, y] = [i % width, Math.floor(i / width)];
      for (let k = 0; k < 9; k++) {
        const [nx, ny] = [x - 1 + k % 3, y - 1 + Math.floor(k / 3)];
        if (nx < 0 || ny < 0 || nx >= width || ny >= height || left[ny * width + nx] === 0) {
          continue;
        }
        left[ny * width + nx] = 0;
        piece.push(ny * width + nx);
      }
    }
    pieces.push(piece.sort((a, b) => a - b));
  }
  return pieces;
}

/** The pixels of a piece, in the order of its runs. */
function pixelsOf({ runs }: Component, width: number): number[] {
  const pixels: number[] = [];
  for (let i = 0; i < runs.length; i += 3) {
    for (let x = runs[i + 1]; x < runs[i + 2]; x++) pixels.push(runs[i] * width + x);
  }
  return pixels;
}

/** A filled rectangle. */
type Block = readonly [left: number, top: number, width: number, height: number];

const isIn = (x: number, y: number, [left, top, width, height]: Block): boolean =>
  x >= left && y >= top && x < left + width && y < top + height;

/** A mask with filled rectangles. */
function blocks(width: number, height: number, blocks: readonly Block[]): Mask {
  return maskWhere(width, height, (x, y) => blocks.some((block) => isIn(x, y, block)));
}

/** The sides of a rectangle, so many pixels thick, as four blocks. */
function frame(left: number, top: number, width: number, height: number, thick: number): Block[] {
  return [
    [left, top, width, thick],
    [left, top + height - thick, width, thick],
    [left, top, thick, height],
    [left + width - thick, top, thick, height],
  ];
}

/** The boxes of the pieces that are selected, from the upper left. */
function selected({ data, width, height }: Mask): Block[] {
  return selectDigit(findComponents(data, width, height), width, height).digit
    .map(({ left, top, right, bottom }): Block => [left, top, right - left + 1, bottom - top + 1])
    .sort((a, b) => a[1] - b[1] || a[0] - b[0]);
}

/** A digit of one piece in a picture of 100×100. */
const DIGIT: Block = [40, 30, 20, 40];

Deno.test("findComponents finds the pieces that a flood fill finds, with their areas and boxes", () => {
  const side = fc.integer({ min: 1, max: 24 });
  const percent = fc.integer({ min: 0, max: 100 });
  fc.assert(
    fc.property(side, side, percent, fc.nat(), (width, height, percent, seed) => {
      const random = new Random(seed);
      const mask = Uint8Array.from(
        { length: width * height },
        () => 100 * random.next() < percent ? 1 : 0,
      );
      const before = mask.slice();
      const components = findComponents(mask, width, height);
      const pieces = floodFill(mask, width, height);
      assertEquals(components.map((component) => pixelsOf(component, width)), pieces);
      components.forEach(({ area, left, right, top, bottom }, k) => {
        const columns = pieces[k].map((i) => i % width);
        const rows = pieces[k].map((i) => Math.floor(i / width));
        assertEquals(area, pieces[k].length);
        assertEquals([left, right], [Math.min(...columns), Math.max(...columns)]);
        assertEquals([top, bottom], [Math.min(...rows), Math.max(...rows)]);
      });
      const areas = components.reduce((sum, { area }) => sum + area, 0);
      assertEquals(areas, mask.reduce((sum, ink) => sum + ink, 0));
      assertEquals(mask, before);
    }),
    { numRuns: 300 },
  );
});

Deno.test("findComponents joins over corners, and not over the ends of rows", () => {
  const corners = maskOf("#.. .#. ..#");
  assertEquals(findComponents(corners.data, 3, 3).length, 1);
  const ends = maskOf("..# #.. ..#");
  assertEquals(findComponents(ends.data, 3, 3).map(({ top }) => top), [0, 1, 2]);
});

Deno.test("findComponents joins arms that meet late", () => {
  const drawings = [
    "#.#.#.# #.#.#.# #######",
    "###### #....# #.##.# #.#..# #.####",
    "..###.. .#...#. #..#..# .#...#. ..###..",
    "#...# .#.#. ..#.. .#.#. #...#",
  ];
  for (const drawing of drawings) {
    const { data, width, height } = maskOf(drawing);
    const found = findComponents(data, width, height);
    assertEquals(found.map((piece) => pixelsOf(piece, width)), floodFill(data, width, height));
  }
  assertEquals(
    drawings.map((drawing) => {
      const { data, width, height } = maskOf(drawing);
      return findComponents(data, width, height).length;
    }),
    [1, 1, 2, 1],
  );
});

Deno.test("findComponents finds all ink as one piece, and none where there is none", () => {
  for (const [width, height] of [[1, 1], [1, 9], [9, 1], [30, 20]]) {
    const all = findComponents(new Uint8Array(width * height).fill(1), width, height);
    const box = { left: 0, right: width - 1, top: 0, bottom: height - 1 };
    const runs = Array.from({ length: height }, (_, y) => [y, 0, width]).flat();
    assertEquals(all, [{ area: width * height, ...box, runs }]);
    assertEquals(findComponents(new Uint8Array(width * height), width, height), []);
  }
});

Deno.test("findComponents takes a checkerboard of a million pixels apart without delay", () => {
  const mask = Uint8Array.from(
    { length: 1e6 },
    (_, i) => i % 2 === 0 && Math.floor(i / 1000) % 2 === 0 ? 1 : 0,
  );
  const start = performance.now();
  assertEquals(findComponents(mask, 1000, 1000).length, 250_000);
  assertEquals(performance.now() - start < 5_000, true);
});

Deno.test("selectDigit selects nothing where there is nothing", () => {
  assertEquals(selectDigit([], 10, 10), { digit: [], others: [] });
});

Deno.test("selectDigit selects the only piece, whatever and wherever it is", () => {
  const only: Block[] = [[0, 0, 1, 1], [40, 40, 1, 1], DIGIT, [0, 0, 100, 100], [0, 20, 100, 3]];
  for (const block of only) assertEquals(selected(blocks(100, 100, [block])), [block]);
  assertEquals(selected(blocks(100, 100, frame(10, 10, 80, 80, 2))), [[10, 10, 80, 80]]);
  assertEquals(selected(blocks(1, 1, [[0, 0, 1, 1]])), [[0, 0, 1, 1]]);
});

Deno.test("selectDigit leaves out specks, however near, and takes pieces that are no specks", () => {
  const speck: Block = [62, 40, 3, 5];
  const piece: Block = [62, 40, 5, 6];
  assertEquals(selected(blocks(100, 100, [DIGIT, speck])), [DIGIT]);
  assertEquals(selected(blocks(100, 100, [DIGIT, piece])), [DIGIT, piece]);
});

Deno.test("selectDigit takes the bar of a 5 and the stroke of a 4, but nothing from further away", () => {
  const bar = (gap: number): Block => [62 + gap, 30, 16, 4];
  for (const gap of [0, 4, 9]) {
    const near = bar(gap);
    assertEquals(selected(blocks(100, 100, [DIGIT, near])), [DIGIT, near]);
  }
  for (const gap of [14, 18]) assertEquals(selected(blocks(100, 100, [DIGIT, bar(gap)])), [DIGIT]);
  const above: Block = [44, 14, 12, 6];
  const below: Block = [44, 79, 12, 6];
  assertEquals(selected(blocks(100, 100, [DIGIT, above, below])), [above, DIGIT, below]);
  assertEquals(selected(blocks(100, 100, [DIGIT, [10, 5, 20, 12]])), [DIGIT]);
});

Deno.test("selectDigit takes a broken line up piece by piece, in whatever order", () => {
  const dashes: Block[] = [10, 20, 30, 42, 55, 70].map((top) => [45, top, 5, 7]);
  dashes[2] = [45, 30, 6, 11];
  assertEquals(selected(blocks(100, 100, dashes)), dashes);
});

Deno.test("selectDigit prefers what is in the middle to what is no larger in a corner", () => {
  const [middle, corner]: Block[] = [[45, 45, 12, 12], [3, 3, 14, 12]];
  assertEquals(selected(blocks(100, 100, [middle, corner])), [middle]);
  const large: Block = [3, 3, 24, 24];
  assertEquals(selected(blocks(100, 100, [middle, large])), [large]);
});

Deno.test("selectDigit leaves out what the edge of the picture cuts: shadows, fingers, other digits", () => {
  const cut: Block[] = [[0, 20, 30, 50], [70, 0, 30, 50], [40, 75, 30, 25], [85, 20, 15, 60]];
  for (const block of cut) {
    assertEquals(selected(blocks(100, 100, [DIGIT, block])), [DIGIT]);
  }
  assertEquals(selected(blocks(100, 100, [DIGIT, [62, 0, 6, 38]])), [DIGIT]);
});

Deno.test("selectDigit takes what is cut where the digit is cut itself", () => {
  const [body, bar]: Block[] = [[0, 20, 40, 70], [42, 0, 44, 12]];
  assertEquals(selected(blocks(100, 100, [body, bar])), [bar, body]);
});

Deno.test("selectDigit leaves out the frame around a digit, at any distance", () => {
  for (const [left, top, width, height] of [[30, 20, 40, 60], [5, 5, 90, 90], [37, 27, 27, 46]]) {
    for (const thick of [1, 2]) {
      const framed = blocks(100, 100, [DIGIT, ...frame(left, top, width, height, thick)]);
      assertEquals(selected(framed), [DIGIT]);
    }
  }
  const double = [...frame(10, 10, 80, 80, 2), ...frame(20, 20, 60, 60, 2)];
  assertEquals(selected(blocks(100, 100, [DIGIT, ...double])), [DIGIT]);
});

Deno.test("selectDigit keeps a 0 around a dot, and a frame around dust", () => {
  const isRing = (x: number, y: number): boolean =>
    Math.abs(Math.hypot((x - 50) / 0.7, y - 50) - 35) < 5;
  const dotted = maskWhere(100, 100, (x, y) => isRing(x, y) || Math.hypot(x - 50, y - 50) < 7);
  const pieces = findComponents(dotted.data, 100, 100);
  const { digit: found } = selectDigit(pieces, 100, 100);
  assertEquals(pieces.length, 2);
  assertGreater(Math.max(...found.map(({ area }) => area)), 1000);
  const dusty = blocks(100, 100, [...frame(20, 20, 60, 60, 4), [50, 50, 3, 3]]);
  assertEquals(selected(dusty), [[20, 20, 60, 60]]);
});

/** A hollow 0, 70 high, and a disc in it. */
function dotted(radius: number, stretch = 1, notch = 0): Mask {
  return maskWhere(100, 100, (px, py) => {
    const [x, y] = [px - 50, py - 50];
    if (Math.abs(Math.hypot(x / 0.8, y) - 32.5) < 2.5) return true;
    return Math.hypot(x * stretch, y) <= radius && !(Math.abs(x) < notch && y < 0);
  });
}

Deno.test("findEnclosures takes a 0 with a dot for no enclosure, as large as 0.35 of it", () => {
  // The 0 is 55 wide, and the dot of radius 9 is 19 wide.
  assertEquals([8, 9, 10].map((radius) => enclosures(dotted(radius)).length), [0, 0, 1]);
  // What has a notch or is slender is no dot, nor is a square.
  assertEquals(enclosures(dotted(9, 1, 2)).length, 1);
  assertEquals([1.45, 1.55].map((stretch) => enclosures(dotted(9, stretch)).length), [0, 1]);
  const filled = (corner: number): Mask =>
    maskWhere(100, 100, (x, y) => {
      const depth = Math.max(Math.abs(x - 50), Math.abs(y - 50));
      if (Math.abs(depth - 37) < 2) return true;
      return depth <= 10 && Math.abs(x - 50) + Math.abs(y - 50) <= 20 - corner;
    });
  assertEquals([0, 4, 6, 10].map((corner) => enclosures(filled(corner)).length), [1, 1, 0, 1]);
});

Deno.test("selectDigit leaves out a broken underline", () => {
  const dashes: Block[] = [20, 42, 64].map((left) => [left, 84, 16, 4]);
  assertEquals(selected(blocks(100, 100, [WIDE, ...dashes])), [WIDE]);
  assertEquals(isTaken(blocks(100, 100, [WIDE, dashes[1]])), true);
});

Deno.test("selectDigit takes nothing that is near to an underline alone", () => {
  const line: Block = [10, 74, 80, 3];
  const far: Block = [85, 40, 8, 25];
  const mask = blocks(100, 100, [DIGIT, line, far]);
  assertEquals(selected(mask), [DIGIT]);
  const { digit, others } = selectDigit(findComponents(mask.data, 100, 100), 100, 100);
  assertEquals([digit.length, others.length], [1, 1]);
});

/** A digit that is 40 wide and 60 high, and a level bar of a length and a thickness, from its middle. */
function barred(top: number, length: number, thick: number): Mask {
  return blocks(100, 100, [WIDE, [50 - (length >> 1), top, length, thick]]);
}

const WIDE: Block = [30, 20, 40, 60];

/** Whether the bar is taken for a part of the digit. */
const isTaken = (mask: Mask): boolean => selected(mask).length === 2;

Deno.test("selectDigit leaves out an underline, from half of the digit's width on", () => {
  assertEquals(isTaken(barred(84, 19, 4)), true);
  for (const length of [20, 40, 80]) assertEquals(selected(barred(84, length, 4)), [WIDE]);
});

Deno.test("selectDigit leaves out an overline that is longer than the flag of a 5", () => {
  for (const length of [19, 30, 45]) assertEquals(isTaken(barred(10, length, 4)), true);
  for (const length of [46, 70]) assertEquals(selected(barred(10, length, 4)), [WIDE]);
});

Deno.test("selectDigit leaves out an overline as long as half of the width where it is further away", () => {
  // Over an eighth of the height of the digit is 8 rows.
  assertEquals(isTaken(barred(10, 20, 4)), true);
  assertEquals(isTaken(barred(9, 19, 4)), true);
  assertEquals(selected(barred(9, 20, 4)), [WIDE]);
});

Deno.test("selectDigit takes what is less than four times as long as thick for a part of the digit", () => {
  assertEquals(isTaken(barred(84, 40, 11)), true);
  assertEquals(isTaken(barred(84, 40, 10)), false);
});

Deno.test("selectDigit takes what leans by more than 15° for a part of the digit", () => {
  const leaning = (rise: number): Mask =>
    maskWhere(100, 100, (x, y) => {
      const top = 83 + Math.round(rise * (x - 30) / 39);
      return isIn(x, y, WIDE) || x >= 30 && x < 70 && y >= top && y < top + 3;
    });
  assertEquals([11, -11].map((rise) => isTaken(leaning(rise))), [false, false]);
  assertEquals(isTaken(leaning(12)), true);
});

Deno.test("selectDigit keeps bars beside the digit, and bars alone", () => {
  assertEquals(isTaken(blocks(120, 100, [WIDE, [75, 40, 30, 5]])), true);
  const equals: Block[] = [[30, 40, 40, 6], [30, 52, 40, 6]];
  assertEquals(selected(blocks(100, 100, equals)), equals);
});

Deno.test("selectDigit leaves out dashes beside the digit, from an eighth of its height away", () => {
  const dash = (left: number, top = 45): Mask => blocks(120, 100, [WIDE, [left, top, 20, 5]]);
  assertEquals([77, 78].map((left) => isTaken(dash(left))), [true, false]);
  assertEquals([4, 3].map((left) => isTaken(dash(left))), [true, false]);
  assertEquals(selected(dash(78)), [WIDE]);
  // Near the top it is the flag of a 5 that came off.
  assertEquals([33, 34].map((top) => isTaken(dash(80, top))), [true, false]);
});

Deno.test("selectDigit keeps dashes in a row, and the bar of a 7 that broke over its foot", () => {
  const row: Block[] = [[10, 48, 20, 4], [35, 48, 20, 4], [60, 48, 20, 4]];
  assertEquals(selected(blocks(100, 100, row)), row);
  const seven: Block[] = [[58, 22, 7, 17], [40, 42, 24, 4], [48, 50, 7, 34]];
  assertEquals(selected(blocks(100, 100, seven)), seven);
});

/** How many pieces may be digits, of a digit that is 40 high with strokes of 20, and a bar. */
function digitsBeside(bar: Block): number {
  const { data } = blocks(100, 100, [DIGIT, bar]);
  const { digit, others } = selectDigit(findComponents(data, 100, 100), 100, 100);
  return digit.length + others.length;
}

Deno.test("selectDigit leaves out thin lines beside a digit that are higher than it", () => {
  assertEquals([digitsBeside([66, 28, 4, 45]), digitsBeside([66, 28, 4, 46])], [2, 1]);
  assertEquals([digitsBeside([20, 28, 4, 45]), digitsBeside([20, 28, 4, 46])], [2, 1]);
  // Above it there is no cell.
  assertEquals(digitsBeside([50, 2, 1, 26]), 2);
});

Deno.test("selectDigit keeps upright lines that are about as thick as the strokes of a digit: a 1", () => {
  assertEquals([digitsBeside([65, 20, 15, 64]), digitsBeside([65, 20, 16, 64])], [1, 2]);
});

Deno.test("isUprightBar holds for one stroke, not for a slender loop with two in a tenth of its rows", () => {
  const is = (open: number): boolean => {
    const { data } = maskWhere(
      100,
      100,
      (x, y) => isIn(x, y, [50, 20, 12, 60]) && !isIn(x, y, [55, 25, 2, open]),
    );
    return isUprightBar(findComponents(data, 100, 100)[0]);
  };
  assertEquals([0, 6, 7].map(is), [true, true, false]);
});

Deno.test("selectDigit leaves out lines beside a digit with a fifth of their ink, not beside a speck", () => {
  // The line has 240 pixels.
  const beside = (height: number): number => {
    const { data } = blocks(100, 100, [[40, 40, 6, height], [70, 15, 4, 60]]);
    const { digit, others } = selectDigit(findComponents(data, 100, 100), 100, 100);
    return digit.length + others.length;
  };
  assertEquals([beside(7), beside(8)], [2, 1]);
});

Deno.test("isBorder holds for what lies along nine tenths of an edge and is at most an eighth deep", () => {
  const is = ([left, top, width, height]: Block): boolean => {
    const [piece] = findComponents(blocks(100, 100, [[left, top, width, height]]).data, 100, 100);
    return isBorder(piece, 100, 100);
  };
  const turned = ([left, top, width, height]: Block): Block[] => [
    [left, top, width, height],
    [100 - left - width, top, width, height],
    [top, left, height, width],
    [top, 100 - left - width, height, width],
  ];
  const cases: [Block, boolean][] = [
    [[0, 0, 3, 100], true],
    [[0, 5, 12, 90], true],
    [[0, 5, 12, 89], false],
    [[0, 5, 13, 90], false],
    [[1, 5, 12, 90], false],
  ];
  for (const [block, expected] of cases) {
    for (const one of turned(block)) assertEquals(is(one), expected, `${one}`);
  }
  assertEquals(is([0, 0, 100, 100]), false);
});

Deno.test("selectDigit leaves out a shadow along an edge, unless there is nothing else", () => {
  const shadow: Block = [0, 0, 12, 100];
  const speck: Block = [50, 50, 3, 3];
  assertEquals(selected(blocks(100, 100, [shadow, speck])), [speck]);
  const along: Block[] = [[0, 0, 100, 5], [0, 95, 100, 5]];
  assertEquals(selected(blocks(100, 100, along)), [along[0]]);
});

Deno.test("selectDigit gives what else may be a digit, but neither marks nor shadows", () => {
  const seven: Block = [80, 32, 12, 38];
  const marks = [...frame(3, 3, 94, 94, 2), [38, 74, 24, 3] as const];
  const { data } = blocks(100, 100, [DIGIT, seven, ...marks]);
  const { digit, others } = selectDigit(findComponents(data, 100, 100), 100, 100);
  const boxOf = ({ left, top, right, bottom }: Component): Block => [
    left,
    top,
    right - left + 1,
    bottom - top + 1,
  ];
  assertEquals(digit.map(boxOf), [DIGIT]);
  assertEquals(others.map(boxOf), [seven]);
});

/** The boxes of what is drawn around others. */
function enclosures({ data, width, height }: Mask): Block[] {
  return [...findEnclosures(findComponents(data, width, height), width, height)]
    .map((piece) => {
      const { x, y, width, height } = boxAround([piece]);
      return [x, y, width, height];
    });
}

/** Lines around a point, two pixels thick: how far from their middle a point is. */
const OUTLINES: Readonly<Record<string, (x: number, y: number) => number>> = {
  "a circle": (x, y) => Math.hypot(x, y) - 44,
  "an oval": (x, y) => Math.hypot(x / 1.6, y) * 1.3 - 44,
  "a diamond": (x, y) => (Math.abs(x) + Math.abs(y)) * 0.7 - 33,
  "a frame": (x, y) => Math.max(Math.abs(x), Math.abs(y) * 0.9) - 40,
  "a triangle": (x, y) => Math.max(y - 30, (2 * Math.abs(x) - y) * 0.45 - 26),
};

Deno.test("findEnclosures finds what is drawn around a digit, whatever its shape", () => {
  for (const [name, outline] of Object.entries(OUTLINES)) {
    const mask = maskWhere(
      160,
      130,
      (x, y) => Math.abs(outline(x - 80, y - 70)) < 1.2 || isIn(x, y, [70, 55, 20, 32]),
    );
    const [found, ...more] = enclosures(mask);
    assertEquals(more, [], name);
    assertGreater(found?.[2] ?? 0, 60, name);
    assertEquals(selected(mask), [[70, 55, 20, 32]], name);
  }
});

Deno.test("findEnclosures finds one that is open, as far as six tenths of each side are there", () => {
  // The right side goes down so many rows beside the 40 rows of the digit.
  const open = (rows: number): Mask =>
    blocks(100, 100, [
      DIGIT,
      ...frame(20, 10, 60, 80, 2).slice(0, 3),
      [78, 10, 2, 20 + rows],
    ]);
  assertEquals(enclosures(open(24)).length, 1);
  assertEquals(enclosures(open(23)).length, 0);
  const openUpwards = blocks(100, 100, [DIGIT, ...frame(20, 10, 60, 80, 2).slice(1)]);
  assertEquals(enclosures(openUpwards), []);
});

Deno.test("findEnclosures asks for nothing where the edge of the picture cuts", () => {
  const cut = (left: number): Mask =>
    blocks(100, 100, [
      [left + 10, 30, 20, 40],
      [left, 10, 60, 2],
      [left, 88, 60, 2],
      [left + 58, 10, 2, 80],
    ]);
  assertEquals(enclosures(cut(0)), [[0, 10, 60, 80]]);
  assertEquals(enclosures(cut(1)), []);
  const turned = ({ data }: Mask, at: (x: number, y: number) => number): Mask =>
    maskWhere(100, 100, (x, y) => data[at(x, y)] === 1);
  for (const left of [0, 1]) {
    const count = left === 0 ? 1 : 0;
    assertEquals(enclosures(turned(cut(left), (x, y) => 100 * y + 99 - x)).length, count);
    assertEquals(enclosures(turned(cut(left), (x, y) => 100 * x + y)).length, count);
    assertEquals(enclosures(turned(cut(left), (x, y) => 100 * x + 99 - y)).length, count);
  }
});

Deno.test("findEnclosures finds them from a quarter of their size on that is written in them", () => {
  const around = (inner: Block): number =>
    enclosures(blocks(100, 100, [inner, ...frame(10, 10, 80, 80, 2)])).length;
  assertEquals(around([40, 40, 20, 5]), 1);
  assertEquals(around([40, 40, 19, 5]), 0);
  assertEquals(around([40, 40, 5, 20]), 1);
  assertEquals(around([40, 40, 5, 19]), 0);
});

Deno.test("findEnclosures finds them from a twentieth of their ink on that is written in them", () => {
  // The frame has 924 pixels.
  const around = (length: number): number =>
    enclosures(blocks(100, 100, [[20, 50, length, 1], ...frame(10, 10, 80, 80, 3)])).length;
  assertEquals([around(46), around(47)], [0, 1]);
});

Deno.test("findEnclosures finds what fills at most half of its box", () => {
  // 700 and 816 of 1,600 pixels.
  const around = (thick: number): number =>
    enclosures(blocks(100, 100, [[44, 44, 12, 12], ...frame(30, 30, 40, 40, thick)])).length;
  assertEquals([around(5), around(6)], [1, 0]);
});

Deno.test("findEnclosures finds both of two frames, and none around what lies beside them", () => {
  const double = [...frame(10, 10, 80, 80, 2), ...frame(20, 20, 60, 60, 2)];
  assertEquals(enclosures(blocks(100, 100, [DIGIT, ...double])).length, 2);
  assertEquals(enclosures(blocks(100, 100, [[2, 40, 5, 20], ...frame(10, 10, 80, 80, 2)])), []);
  assertEquals(enclosures(blocks(100, 100, [DIGIT])), []);
});

Deno.test("selectDigit selects some of the pieces, each once, wherever there are any", () => {
  const coordinate = fc.nat(40);
  const length = fc.integer({ min: 1, max: 15 });
  const block = fc.tuple(coordinate, coordinate, length, length);
  fc.assert(
    fc.property(fc.array(block, { minLength: 1, maxLength: 12 }), (drawn) => {
      const { data, width, height } = blocks(41, 41, drawn);
      const pieces: Component[] = findComponents(data, width, height);
      const before = structuredClone(pieces);
      const { digit, others } = selectDigit(pieces, width, height);
      assertGreater(digit.length, 0);
      const found = [...digit, ...others];
      assertEquals(new Set(found).size, found.length);
      for (const piece of found) assertEquals(pieces.includes(piece), true);
      assertEquals(pieces, before);
    }),
    { numRuns: 200 },
  );
});
