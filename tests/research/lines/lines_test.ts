import { assertEquals, assertGreater, assertLessOrEqual, assertNotEquals } from "@std/assert";
import { renderSyntheticDigit } from "../../../src/data/synthetic/digits.ts";
import { NO_LABEL } from "../../../src/engine/trainer.ts";
import { Random } from "../../../src/model/random.ts";
import { LINE_HEIGHT } from "../../../src/reading/line_images.ts";
import {
  hasBar,
  type LabelledLine,
  labelledLines,
} from "../../../scripts/research/lines/line_dataset.ts";
import { linePicture } from "../../../scripts/research/lines/line_picture.ts";
import { drawBar, drawMark, type Mark } from "../../../scripts/research/lines/marks.ts";
import { makeStrips, STRIP_STEPS, STRIP_WIDTH } from "../../../scripts/research/lines/strips.ts";
import {
  type DrawDigit,
  writeLine,
  type WrittenLine,
} from "../../../scripts/research/lines/written_line.ts";
import { DIGITS, PHOTOS } from "../hard_set/digits.ts";

const MARKS: readonly Mark[] = [".", ",", ":", "-", "=", "~", "*", "#", "$", "(", ")", "/"];

/** Writes a line with drawn digits. */
function written(seed: number): WrittenLine {
  const random = new Random(seed);
  const draw: DrawDigit = (label) =>
    Uint8Array.from(renderSyntheticDigit(label, random), (ink) => Math.round(255 * ink));
  return writeLine(draw, random);
}

/** The first lines of a seed. */
function take(seed: number, count: number): LabelledLine[] {
  const lines = labelledLines({ digits: DIGITS, photos: PHOTOS }, seed);
  return Array.from({ length: count }, () => lines.next().value);
}

Deno.test("drawMark draws each mark with ink of its own", () => {
  const drawn = MARKS.map((mark) => drawMark(mark, new Random(1)));
  for (const pixels of drawn) {
    assertEquals(pixels.length, 784);
    assertGreater(Math.max(...pixels), 200);
  }
  assertEquals(new Set(drawn.map(String)).size, MARKS.length);
});

Deno.test("drawBar draws a bar as high as a digit, from a hairline to nearly half as wide", () => {
  const random = new Random(1);
  const widths = Array.from({ length: 60 }, () => {
    const pixels = drawBar(random);
    const inked = (
      pick: (i: number) => number,
    ): number[] => [...new Set([...pixels.keys()].filter((i) => pixels[i] > 127).map(pick))];
    const rows = inked((i) => Math.floor(i / 28));
    assertEquals([Math.min(...rows), Math.max(...rows)].map((y) => Math.abs(y - 14) <= 11), [
      true,
      true,
    ]);
    assertGreater(rows.length, 17);
    return inked((i) => i % 28).length;
  });
  assertLessOrEqual(Math.min(...widths), 3);
  assertGreater(Math.max(...widths), 7);
  assertLessOrEqual(Math.max(...widths), 11);
});

Deno.test("hasBar finds what is 12 pixels high and at most 7 wide, and nothing lower or wider", () => {
  const block = (high: number, wide: number): boolean => {
    const pixels = new Uint8Array(LINE_HEIGHT * 40);
    for (let y = 5; y < 5 + high; y++) pixels.fill(200, y * 40 + 10, y * 40 + 10 + wide);
    return hasBar({ pixels, width: 40 });
  };
  assertEquals([block(12, 7), block(11, 7), block(12, 8), block(20, 2)], [
    true,
    false,
    false,
    true,
  ]);
});

Deno.test("writeLine writes one to nine digits, a glyph for each and for each mark", () => {
  const lines = Array.from({ length: 200 }, (_, seed) => written(seed));
  for (const { glyphs, text } of lines) {
    assertEquals(/^\d{1,9}$/.test(text), true);
    assertEquals(glyphs.length >= text.length, true);
  }
  const lengths = new Set(lines.map(({ text }) => text.length));
  assertEquals([...lengths].sort(), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assertGreater(lines.filter(({ glyphs, text }) => glyphs.length > text.length).length, 20);
  assertGreater(lines.filter(({ inCells }) => inCells).length, 5);
  assertEquals(written(7), written(7));
});

Deno.test("linePicture shows the whole of its lines, the same for the same numbers", () => {
  for (let seed = 0; seed < 20; seed++) {
    const lines = [written(seed), written(seed + 1)].slice(0, 1 + seed % 2);
    const picture = linePicture(lines, new Random(seed));
    assertEquals(picture.data.length, 4 * picture.width * picture.height);
    assertEquals(linePicture(lines, new Random(seed)), picture);
    const grey = picture.data.filter((_, i) => i % 4 === 0);
    assertGreater(Math.max(...grey) - Math.min(...grey), 40);
  }
});

Deno.test("labelledLines gives the same lines for the same seed, with digits and without", () => {
  const lines = take(1, 60);
  assertEquals(take(1, 60), lines);
  assertNotEquals(take(2, 60), lines);
  for (const { pixels, width, text } of lines) {
    assertEquals(pixels.length, LINE_HEIGHT * width);
    assertGreater(Math.max(...pixels), 20);
    assertEquals(/^\d*$/.test(text), true);
  }
  const nothing = lines.filter(({ text }) => text === "");
  assertEquals(nothing.some(hasBar), false);
  const { length: empty } = nothing;
  assertGreater(empty, 0);
  assertLessOrEqual(empty, 30);
});

/** A line of one level of ink. */
const plain = (text: string, width: number, ink = 200): LabelledLine => ({
  text,
  width,
  pixels: new Uint8Array(LINE_HEIGHT * width).fill(ink),
});

/** The digits of each strip. */
function textsOf(labels: Uint8Array): string[] {
  return Array.from(
    { length: labels.length / STRIP_STEPS },
    (_, n) =>
      [...labels.subarray(n * STRIP_STEPS, (n + 1) * STRIP_STEPS)]
        .filter((label) => label !== NO_LABEL).join(""),
  );
}

Deno.test("makeStrips lays lines side by side, with their digits in order", () => {
  const lines = [plain("12", 60), plain("", 50), plain("345", 90), plain("6", STRIP_WIDTH)];
  const { inputs, labels } = makeStrips(lines, 40, new Random(1));
  assertEquals(inputs.length, 40 * LINE_HEIGHT * STRIP_WIDTH);
  assertEquals(labels.length, 40 * STRIP_STEPS);
  const texts = textsOf(labels);
  for (const text of texts) assertEquals(/^(12|345|6)*$/.test(text), true, text);
  // The widest line fills a strip of its own, and is drawn as often as others.
  assertGreater(texts.filter((text) => text === "6").length, 4);
  assertEquals(inputs.every((ink) => ink >= 0 && ink <= 1), true);
  // What follows the digits is filled up.
  labels.forEach((label, i) => {
    if (label === NO_LABEL || i % STRIP_STEPS === 0) return;
    assertNotEquals(labels[i - 1], NO_LABEL);
  });
});

Deno.test("makeStrips gives a strip no more digits than half of its steps", () => {
  const lines = [plain("1".repeat(12), 33)];
  const texts = textsOf(makeStrips(lines, 5, new Random(2)).labels);
  assertEquals(texts, Array(5).fill("1".repeat(24)));
});

Deno.test("makeStrips gives the same strips for the same numbers alone", () => {
  const lines = [plain("12", 60), plain("34", 70)];
  assertEquals(makeStrips(lines, 4, new Random(3)), makeStrips(lines, 4, new Random(3)));
  assertNotEquals(makeStrips(lines, 4, new Random(4)), makeStrips(lines, 4, new Random(3)));
});
