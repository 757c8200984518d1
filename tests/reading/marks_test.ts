import { assertAlmostEquals, assertEquals } from "@std/assert";
import { boxAround, findComponents } from "../../src/image/ink/components.ts";
import { eraseMarks, traceLines, typicalHeight } from "../../src/reading/marks.ts";
import { inkIn, type Mask, maskWhere } from "../image/ink/drawing.ts";
import { piecesOf as blocksOf } from "./line.ts";
import { boxAt, digitsAt, inked, lineAt, ovalAt, type Stretch } from "./digits.ts";

const WIDTH = 400;

const HEIGHT = 160;

/** Pieces of so few pixels are specks. */
const SPECK = 20;

/** Digits 60 high, from 50 to 110. */
const digits = (text: string, x = 50, pitch = 60): Stretch[] =>
  digitsAt(text, { x, y: 50, height: 60, pen: 4, pitch });

const maskOf = (...strokes: Stretch[][]): Mask => inked(WIDTH, HEIGHT, ...strokes);

/** What is left of a drawing without marks, pieces by their left edge. */
function leftOver(
  ...strokes: Stretch[][]
): { isErased: boolean; boxes: ReturnType<typeof boxAround>[] } {
  const { data, width, height } = maskOf(...strokes);
  const isErased = eraseMarks(data, width, height, findComponents(data, width, height));
  const pieces = findComponents(data, width, height).filter(({ area }) => area > SPECK);
  return {
    isErased,
    boxes: pieces.map((piece) => boxAround([piece])).sort((a, b) => a.x - b.x),
  };
}

/** Whether marks are erased and digits are not, but for a few pixels where they touch. */
function isCleaned(text: Stretch[], ...marks: Stretch[][]): boolean {
  const written = maskOf(text).data;
  const { data, width, height } = maskOf(text, ...marks);
  const isErased = eraseMarks(data, width, height, findComponents(data, width, height));
  // Of the corners of a frame specks are left.
  for (const { area, runs } of findComponents(data, width, height)) {
    for (let r = 0; r < runs.length && area <= SPECK; r += 3) {
      data.fill(0, runs[r] * width + runs[r + 1], runs[r] * width + runs[r + 2]);
    }
  }
  const all = inkIn(written);
  const lost = inkIn(written.map((ink, i) => ink & ~data[i]));
  const left = inkIn(data.map((ink, i) => ink & ~written[i]));
  return isErased && lost <= 0.12 * all && left <= 0.05 * all;
}

/** Whether nothing of a drawing is erased. */
const isKept = (...strokes: Stretch[][]): boolean => !leftOver(...strokes).isErased;

/** Cells side by side from x on, as many as told. */
function cells(x: number, y: number, count: number, wide: number, high: number): Stretch[] {
  return [
    ...lineAt(x, y, x + count * wide, y),
    ...comb(x, y, count, wide, high),
  ];
}

/** The lower side and the teeth of cells. */
function comb(x: number, y: number, count: number, wide: number, high: number): Stretch[] {
  const teeth = Array.from(
    { length: count + 1 },
    (_, n) => lineAt(x + n * wide, y, x + n * wide, y + high),
  );
  return [...lineAt(x, y + high, x + count * wide, y + high), ...teeth.flat()];
}

/** The level lines of a mask in which the pixels told are ink. */
const linesWhere = (
  isInk: (x: number, y: number) => boolean,
  width = 200,
  height = 120,
): ReturnType<typeof traceLines> =>
  traceLines(maskWhere(width, height, isInk).data, width, height, 1, width);

Deno.test("traceLines follows lines that lean, and none that is steeper than 24°", () => {
  const found = (slope: number, width = 200): number =>
    linesWhere((x, y) => Math.abs(y - 60 - slope * (x - width / 2)) < 1.5)
      .filter(({ first, end }) => end - first > 190).length;
  assertEquals([-0.4, -0.1, 0, 0.1, 0.4].map((slope) => found(slope)), [1, 1, 1, 1, 1]);
  assertEquals([-0.46, 0.46].map((slope) => found(slope)), [0, 0]);
});

Deno.test("traceLines follows an upright line as it does a level one", () => {
  const { data, width, height } = maskWhere(120, 200, (x) => Math.abs(x - 60) < 1.5);
  const [line, ...others] = traceLines(data, height, width, width, 1);
  assertEquals([line.first, line.end, line.middles[100], others.length], [0, 200, 60, 0]);
});

Deno.test("traceLines takes what is 16 pixels long for a line, and nothing shorter", () => {
  for (const [length, count] of [[15, 0], [16, 1]]) {
    assertEquals(linesWhere((x, y) => y === 60 && x >= 20 && x < 20 + length).length, count);
  }
});

Deno.test("traceLines takes what is 8 times as long as thick for a line, and nothing shorter", () => {
  for (const [length, count] of [[39, 0], [40, 1]]) {
    const isBar = (x: number, y: number): boolean =>
      y >= 60 && y < 65 && x >= 20 && x < 20 + length;
    assertEquals(linesWhere(isBar).length, count);
  }
});

Deno.test("traceLines follows lines up to a twelfth of the shorter side thick", () => {
  for (const [thick, count] of [[10, 1], [11, 0]]) {
    assertEquals(linesWhere((_, y) => y >= 50 && y < 50 + thick).length, count);
  }
});

Deno.test("traceLines goes on over a gap of a quarter of the line so far", () => {
  for (const [gap, ends] of [[20, [200]], [21, [100, 200]]] as [number, number[]][]) {
    const lines = linesWhere((x, y) => y === 60 && x >= 20 && (x < 100 || x >= 100 + gap));
    assertEquals(lines.map(({ end }) => end), ends);
    assertAlmostEquals(lines[0].covered, gap === 20 ? 160 / 180 : 1);
  }
});

Deno.test("traceLines leaves a stroke that crosses a line, and says how thick the line is", () => {
  const [line] = linesWhere((x, y) => y >= 60 && y < 63 || x >= 90 && x < 96 && y >= 20 && y < 110);
  assertEquals([line.first, line.end, line.thickness, line.covered], [0, 200, 3, 1]);
  for (let x = 0; x < 200; x++) {
    const isCrossed = x >= 90 && x < 96;
    assertEquals([line.tops[x], line.bottoms[x]].map((y) => y >= 60), [true, true]);
    assertEquals(line.bottoms[x] - line.tops[x], isCrossed ? 0 : 3);
  }
});

Deno.test("traceLines is not led away by a stroke that leaves the line", () => {
  const lines = linesWhere((x, y) =>
    y >= 60 && y < 62 && (x < 100 || x >= 112) || Math.abs(y - 61 + (x - 100)) < 1.5 && x >= 99
  );
  assertEquals(lines.some(({ first, end }) => first === 0 && end === 200), true);
});

Deno.test("eraseMarks erases an underline, apart from the digits, touching them and leaning", () => {
  for (const [left, right] of [[125, 125], [111, 111], [118, 130], [130, 118], [107, 115]]) {
    assertEquals(isCleaned(digits("3725"), lineAt(30, left, 310, right)), true);
  }
});

Deno.test("eraseMarks erases two underlines, and one as thick as the pen", () => {
  const twice = [...lineAt(30, 120, 310, 120), ...lineAt(30, 128, 310, 128)];
  assertEquals(isCleaned(digits("3725"), twice), true);
  assertEquals(isCleaned(digits("3725"), lineAt(30, 124, 310, 124, 6)), true);
});

Deno.test("eraseMarks erases an overline, apart from the digits and touching them", () => {
  for (const y of [40, 49]) {
    assertEquals(isCleaned(digits("3825"), lineAt(15, y, 330, y)), true);
  }
});

Deno.test("eraseMarks erases a line by itself from 1.3 heights of a digit on", () => {
  // The line is beside the digits, not under them; the drawn digits are 64 high.
  for (const [length, isErased] of [[80, false], [86, true]] as const) {
    const { isErased: found } = leftOver(digits("68"), lineAt(200, 80, 200 + length, 80));
    assertEquals(found, isErased);
  }
});

Deno.test("eraseMarks erases an underline that touches digits where it goes beyond them on both sides", () => {
  const text = digits("69");
  const { x, width } = boxAround(piecesOf(text));
  for (const [beyond, isErased] of [[7, false], [11, true]] as const) {
    const line = lineAt(x - beyond, 111, x + width - 1 + beyond, 111);
    assertEquals(leftOver(text, line).isErased, isErased);
  }
});

Deno.test("eraseMarks erases an underline that touches digits where it goes far beyond them on one side", () => {
  const text = digits("69");
  const { x, width } = boxAround(piecesOf(text));
  for (const [beyond, isErased] of [[34, false], [42, true]] as const) {
    const line = lineAt(x + 3, 111, x + width - 1 + beyond, 111);
    assertEquals(leftOver(text, line).isErased, isErased);
  }
});

Deno.test("eraseMarks keeps the bars of digits that join them", () => {
  const bars = lineAt(54, 51, 170, 51, 4);
  assertEquals(isKept(digits("77"), bars), true);
  assertEquals(isKept(digits("777"), lineAt(52, 51, 200, 51, 4)), true);
  assertEquals(isKept(digits("55"), lineAt(62, 51, 150, 51, 4)), true);
  assertEquals(isKept(digits("75"), lineAt(52, 51, 150, 51, 4)), true);
  assertEquals(isKept(digits("44", 50, 40)), true);
  assertEquals(isKept(digits("22", 50, 40)), true);
});

Deno.test("eraseMarks erases an overline that touches digits only where it goes further than their bars", () => {
  const text = digits("69");
  const { x, width } = boxAround(piecesOf(text));
  for (const [beyond, isErased] of [[22, false], [29, true]] as const) {
    const line = lineAt(x - beyond, 49, x + width - 1 + beyond, 49);
    assertEquals(leftOver(text, line).isErased, isErased);
  }
});

Deno.test("eraseMarks erases an overline that touches digits and goes far beyond them on one side", () => {
  const text = digits("69");
  const { x, width } = boxAround(piecesOf(text));
  for (const [beyond, isErased] of [[52, false], [64, true]] as const) {
    const line = lineAt(x + 3, 49, x + width - 1 + beyond, 49);
    assertEquals(leftOver(text, line).isErased, isErased);
  }
});

Deno.test("eraseMarks takes a line through digits for a bar where they reach far below it", () => {
  const text = digits("69");
  const { x, width } = boxAround(piecesOf(text));
  // 15 beyond on both sides: enough for an underline, too little for a bar.
  for (const [y, isErased] of [[96, false], [104, true]] as const) {
    const line = lineAt(x - 15, y, x + width + 14, y);
    assertEquals(leftOver(text, line).isErased, isErased);
  }
});

Deno.test("eraseMarks erases a line under each digit, and keeps one that is short or far below", () => {
  const under = (y: number, length: number): Stretch[] =>
    [0, 1, 2].flatMap((n) => lineAt(54 + 60 * n, y, 54 + 60 * n + length, y));
  assertEquals(isCleaned(digits("368"), under(120, 40)), true);
  assertEquals(isKept(digits("368"), under(120, 26)), true);
  assertEquals(isKept(digits("368"), under(147, 40)), true);
});

Deno.test("eraseMarks keeps the flag of a 5 that is apart, and erases a longer line over a digit", () => {
  const [wide] = leftOver(digits("6")).boxes;
  for (const [length, isErased] of [[1.05, false], [1.25, true]] as const) {
    const line = lineAt(wide.x, 44, wide.x + length * wide.width, 44);
    assertEquals(leftOver(digits("6"), line).isErased, isErased);
  }
  // Further above it is no flag.
  for (const [y, isErased] of [[43, false], [38, true]] as const) {
    const line = lineAt(wide.x, y, wide.x + 0.9 * wide.width, y);
    assertEquals(leftOver(digits("6"), line).isErased, isErased);
  }
});

Deno.test("eraseMarks erases a box and an oval around the number, also where digits touch them", () => {
  assertEquals(isCleaned(digits("3825"), boxAt(30, 30, 300, 100)), true);
  assertEquals(isCleaned(digits("3825"), ovalAt(5, 10, 340, 140)), true);
  assertEquals(isCleaned(digits("3825"), boxAt(30, 30, 300, 81)), true);
});

Deno.test("eraseMarks erases a box around each digit", () => {
  const boxes = [0, 1, 2, 3].flatMap((n) => boxAt(42 + 60 * n, 38, 54, 84));
  assertEquals(isCleaned(digits("3825"), boxes), true);
  // The others are empty.
  assertEquals(isCleaned(digits("3"), boxes), true);
});

Deno.test("eraseMarks erases cells whose frames touch, and what is written in them stays where it touches", () => {
  assertEquals(isCleaned(digits("3825"), cells(42, 38, 4, 60, 84)), true);
  assertEquals(isCleaned(digits("3825"), cells(42, 38, 4, 60, 73)), true);
  assertEquals(isCleaned(digits("3"), cells(42, 38, 4, 60, 84)), true);
  assertEquals(isCleaned(digits("1101", 70), cells(42, 38, 4, 60, 84)), true);
});

Deno.test("eraseMarks erases cells that the picture cuts", () => {
  assertEquals(isCleaned(digits("38254"), cells(-18, 38, 8, 60, 84)), true);
});

Deno.test("eraseMarks erases a comb, whatever the height of its teeth", () => {
  for (const high of [25, 45, 80]) {
    assertEquals(isCleaned(digits("3825"), comb(42, 122 - high, 4, 60, high)), true);
  }
});

Deno.test("eraseMarks takes for the sides of a frame what is equally long, equally upright and whole", () => {
  const sides = (right: Stretch[]): boolean => {
    // A line that touches a digit and does not go beyond it, with a side at each end.
    const text = digits("383", 60);
    const { isErased } = leftOver(text, lineAt(50, 111, 230, 111), lineAt(50, 31, 50, 111), right);
    return isErased;
  };
  const whole = lineAt(230, 31, 230, 111);
  assertEquals(sides(whole), true);
  assertEquals(sides(lineAt(230, 38, 230, 111)), true);
  assertEquals(sides(lineAt(230, 45, 230, 111)), false);
  assertEquals(sides(lineAt(233, 31, 230, 111)), true);
  assertEquals(sides(lineAt(238, 31, 230, 111)), false);
});

Deno.test("eraseMarks keeps lines that nothing is written between or beside", () => {
  for (const marks of [boxAt(50, 40, 60, 80), boxAt(50, 40, 200, 80), lineAt(20, 80, 300, 80)]) {
    assertEquals(isKept(marks), true);
  }
});

Deno.test("eraseMarks keeps digits that stand by themselves", () => {
  for (const text of ["01234", "56789", "11111", "77777", "44444", "2222"]) {
    assertEquals(isKept(digits(text)), true);
  }
});

/** The pieces of a drawing. */
function piecesOf(...strokes: Stretch[][]): ReturnType<typeof findComponents> {
  const { data, width, height } = maskOf(...strokes);
  return findComponents(data, width, height);
}

Deno.test("typicalHeight is that of most of the ink: specks do not count for much", () => {
  const digits = [[0, 10, 8, 19], [20, 10, 8, 20], [40, 10, 8, 21]] as const;
  const specks = Array.from({ length: 10 }, (_, n) => [4 * n, 50, 1, 1] as const);
  assertEquals(typicalHeight(blocksOf(digits)), 20);
  assertEquals(typicalHeight(blocksOf([...digits, ...specks])), 20);
  assertEquals(typicalHeight(blocksOf([[0, 0, 3, 7]])), 7);
});
