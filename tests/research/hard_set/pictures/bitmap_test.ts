import { assertEquals, assertGreater, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import { bitmapDigit } from "../../../../scripts/research/hard_set/pictures/learning/bitmap.ts";
import { Random } from "../../../../src/model/random.ts";
import { digitAt, DIGITS } from "../digits.ts";

const RANDOM = new Random(5);

const PICTURES = Array.from({ length: 100 }, (_, n) => {
  const label = DIGITS.labels[n % DIGITS.count];
  return bitmapDigit({ pixels: digitAt(n % DIGITS.count), label }, RANDOM);
});

Deno.test("bitmapDigit makes small pictures, many of which have two colours", () => {
  let bilevel = 0;
  for (const { data, width, height } of PICTURES) {
    assertEquals([16, 20, 24, 32, 40].includes(height), true);
    assertLessOrEqual(width, height);
    assertGreaterOrEqual(width, 4);
    const greys = new Set(data.filter((_, i) => i % 4 === 0));
    if (greys.size === 2) bilevel++;
  }
  assertGreater(bilevel, 50);
  assertGreater(100 - bilevel, 20);
});

Deno.test("bitmapDigit fills the picture from top to bottom", () => {
  for (const { data, width, height } of PICTURES) {
    // The paper is light or dark; ink is what is on the other side of the middle.
    const corners = [0, width - 1, (height - 1) * width, height * width - 1].map((i) =>
      data[4 * i]
    );
    const isDark = corners.filter((value) => value < 128).length > 2;
    const rows = Array.from(
      { length: height },
      (_, y) =>
        Array.from({ length: width }, (_, x) => data[4 * (y * width + x)] > 127 === isDark)
          .includes(true),
    );
    assertGreater(rows.filter(Boolean).length, 0.8 * height);
  }
});

Deno.test("bitmapDigit gives the same picture with the same random numbers", () => {
  const digit = { pixels: digitAt(3), label: DIGITS.labels[3] };
  assertEquals(bitmapDigit(digit, new Random(1)), bitmapDigit(digit, new Random(1)));
});
