import { assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import {
  type LabelledDigit,
  STRING_KINDS,
  type StringKind,
  type StringPicture,
  stringPicture,
} from "../../../../scripts/research/hard_set/pictures/strings.ts";
import { Random } from "../../../../src/model/random.ts";
import { brightnessOf, countPieces, digitAt, DIGITS } from "../digits.ts";

function make(kind: StringKind, seed: number): StringPicture & { drawn: number[] } {
  const random = new Random(seed);
  const drawn: number[] = [];
  const draw = (): LabelledDigit => {
    const n = random.integer(DIGITS.count);
    drawn.push(DIGITS.labels[n]);
    return { pixels: digitAt(n), label: DIGITS.labels[n] };
  };
  return { ...stringPicture(kind, draw, random), drawn };
}

const strings = (kind: StringKind, count = 30) =>
  Array.from({ length: count }, (_, seed) => make(kind, seed));

function isInkOf({ picture }: StringPicture): (i: number) => boolean {
  const grey = brightnessOf(picture);
  return (i) => Math.abs(grey[i] - grey[0]) > 60;
}

Deno.test("stringPicture gives the text in reading order, a line feed between lines", () => {
  for (const kind of STRING_KINDS) {
    const [{ isInkOf: _, ...one }, { isInkOf: __, ...same }] = [make(kind, 1), make(kind, 1)];
    assertEquals(one, same);
    for (const { text, drawn, boxes } of strings(kind)) {
      assertEquals(text.replaceAll("\n", ""), drawn.join(""));
      assertEquals(boxes.length, drawn.length);
      const lines = text.split("\n");
      if (kind === "lines") assertEquals(lines.length === 2 || lines.length === 3, true);
      else assertEquals(lines.length, 1);
      for (const line of lines) assertEquals(line.length >= 2 && line.length <= 8, true);
    }
  }
});

Deno.test("stringPicture gives tight bounding boxes of the ink", () => {
  for (const kind of STRING_KINDS) {
    for (const string of strings(kind, 10)) {
      const { picture: { width, height }, boxes } = string;
      const isInk = isInkOf(string);
      for (let i = 0; i < width * height; i++) {
        if (!isInk(i)) continue;
        const [x, y] = [i % width + 0.5, Math.floor(i / width) + 0.5];
        const inside = boxes.some(({ left, top, right, bottom }) =>
          x > left - 1.5 && x < right + 1.5 && y > top - 1.5 && y < bottom + 1.5
        );
        assertEquals(inside, true);
      }
      const xs = Array.from({ length: width * height }, (_, i) => i).filter(isInk)
        .map((i) => i % width);
      assertAlmostEquals(Math.min(...xs), Math.min(...boxes.map(({ left }) => left)), 2.5);
      assertAlmostEquals(Math.max(...xs), Math.max(...boxes.map(({ right }) => right)), 2.5);
    }
  }
});

Deno.test("stringPicture keeps separate digits apart, and lets nearly all touching ones meet", () => {
  const pieces = (string: StringPicture): number =>
    countPieces(isInkOf(string), string.picture.width, string.picture.height);
  for (const string of strings("separated")) {
    // A digit may be in several pieces, but no piece holds two digits.
    assertEquals(pieces(string) >= string.boxes.length, true);
  }
  const touching = strings("touching");
  const met = touching.reduce((sum, string) => sum + string.boxes.length - pieces(string), 0);
  const pairs = touching.reduce((sum, { boxes }) => sum + boxes.length - 1, 0);
  assertGreater(met, 0.8 * pairs);
});

Deno.test("stringPicture has both polarities, and digits of 20 to 200 pixels", () => {
  const all = strings("separated", 60);
  const dark = all.filter(({ picture }) => brightnessOf(picture)[0] < 128).length;
  assertGreater(dark, 15);
  assertLess(dark, 45);
  const heights = all.map(({ boxes }) => Math.max(...boxes.map(({ top, bottom }) => bottom - top)));
  assertLess(Math.min(...heights), 30);
  assertGreater(Math.max(...heights), 150);
  assertLess(Math.max(...heights), 270);
});

Deno.test("stringPicture attributes ink to its digit", () => {
  const picture = make("separated", 3);
  const isInk = isInkOf(picture);
  const { width, height } = picture.picture;
  let [known, all] = [0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!isInk(y * width + x)) continue;
      all++;
      const owners = picture.boxes.map((_, n) => n)
        .filter((n) => picture.isInkOf(n, x + 0.5, y + 0.5));
      if (owners.length !== 1) continue;
      const { left, right, top, bottom } = picture.boxes[owners[0]];
      if (x + 1 > left && x < right && y + 1 > top && y < bottom) known++;
    }
  }
  // Soft edges are ink to the eye, but outside of the outline.
  assertGreater(known, 0.8 * all);
});
