import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertNotEquals,
} from "@std/assert";
import { closeCrop } from "../../../../scripts/research/hard_set/pictures/learning/close_crop.ts";
import { styledDigit } from "../../../../scripts/research/hard_set/pictures/learning/styles.ts";
import { Random } from "../../../../src/model/random.ts";

Deno.test("closeCrop cuts a digit out closely, often with something beside it", () => {
  const random = new Random(2);
  let clean = 0;
  for (let n = 0; n < 60; n++) {
    const digit = styledDigit(n % 10, random);
    const { picture: { width, height }, isClean } = closeCrop(digit, () => digit, random);
    assertGreaterOrEqual(Math.min(width, height), 8);
    assertLess(Math.max(width, height), 260);
    if (isClean) clean++;
  }
  assertGreater(clean, 10);
  assertLess(clean, 40);
});

Deno.test("closeCrop gives the same picture with the same random numbers", () => {
  const make = (seed: number) => {
    const digit = styledDigit(7, new Random(1));
    return closeCrop(digit, () => digit, new Random(seed));
  };
  assertEquals(make(3), make(3));
  assertNotEquals(make(3), make(4));
});

Deno.test("styledDigit draws each digit centred in 28×28 pixels, in many ways", () => {
  const random = new Random(8);
  for (let label = 0; label < 10; label++) {
    const seen = new Set<string>();
    for (let n = 0; n < 10; n++) {
      const { pixels, label: drawn } = styledDigit(label, random);
      assertEquals([pixels.length, drawn], [784, label]);
      seen.add(pixels.join());
      const inked = (at: (i: number) => number): number[] =>
        Array.from(pixels, (value, i) => value > 127 ? at(i) : -1).filter((place) => place >= 0);
      for (const at of [(i: number) => i % 28, (i: number) => Math.floor(i / 28)]) {
        const places = inked(at);
        const middle = (Math.min(...places) + Math.max(...places)) / 2;
        assertAlmostEquals(middle, 13.5, 1.5, `a ${label}`);
      }
    }
    assertEquals(seen.size, 10);
  }
});
