import { assertEquals, assertGreater, assertGreaterOrEqual, assertLess } from "@std/assert";
import {
  NOT_ONE_DIGIT_KINDS,
  type NotOneDigitKind,
  notOneDigitPicture,
} from "../../../../scripts/research/hard_set/pictures/page/digit_pieces.ts";
import type { RgbaPicture } from "../../../../scripts/research/hard_set/pictures/picture.ts";
import type { LabelledDigit } from "../../../../scripts/research/hard_set/pictures/strings.ts";
import { Random } from "../../../../src/model/random.ts";
import { brightnessOf, countPieces, digitAt, DIGITS } from "../digits.ts";

function make(kind: NotOneDigitKind, seed: number): { picture: RgbaPicture; drawn: number[] } {
  const random = new Random(seed);
  const drawn: number[] = [];
  const draw = (): LabelledDigit => {
    const n = random.integer(DIGITS.count);
    drawn.push(DIGITS.labels[n]);
    return { pixels: digitAt(n), label: DIGITS.labels[n] };
  };
  return { picture: notOneDigitPicture(kind, draw, random), drawn };
}

Deno.test("notOneDigitPicture gives opaque pictures, the same for the same random state", () => {
  for (const kind of NOT_ONE_DIGIT_KINDS) {
    for (let seed = 0; seed < 5; seed++) {
      const { picture } = make(kind, seed);
      const { data, width, height } = picture;
      assertEquals(make(kind, seed).picture, picture);
      assertEquals(data.length, 4 * width * height);
      assertEquals(data.every((value, i) => i % 4 < 3 || value === 255), true);
    }
  }
});

Deno.test("notOneDigitPicture draws two to eight digits as several, most of them apart", () => {
  let apart = 0;
  for (let seed = 0; seed < 40; seed++) {
    const { picture, drawn } = make("several", seed);
    assertEquals(drawn.length >= 2 && drawn.length <= 8, true);
    const grey = brightnessOf(picture);
    const isInk = (i: number): boolean => Math.abs(grey[i] - grey[0]) > 60;
    if (countPieces(isInk, picture.width, picture.height) >= drawn.length) apart++;
  }
  assertGreaterOrEqual(apart, 20);
  assertLess(apart, 40);
});

Deno.test("notOneDigitPicture makes no parts of digits whose parts are digits", () => {
  const used = new Set<number>();
  for (let seed = 0; seed < 60; seed++) {
    // The last digit drawn is the one that was cut.
    used.add(make("parts", seed).drawn.at(-1) ?? -1);
  }
  assertGreater(used.size, 3);
  for (const label of [1, 3, 7, 9]) assertEquals(used.has(label), false);
});
