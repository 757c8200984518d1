import { assertEquals, assertGreater, assertLess, assertNotEquals } from "@std/assert";
import {
  type LabelledInk,
  makeExample,
  makeLabelledInk,
  NON_DIGIT_CLASSES,
  NON_DIGIT_PARTS,
  nonDigitDataset,
  type Reader,
} from "../../../scripts/research/hard_set/non_digit_dataset.ts";
import { LeNet } from "../../../mod.ts";
import { NONE } from "../../../src/non_digit.ts";
import { DIGITS, PHOTOS } from "./digits.ts";

const SOURCES = { digits: DIGITS, photos: PHOTOS };

const { model } = await LeNet.load("digits");

/** A reader that takes everything for one digit. */
function readsAlways(digit: number): Reader {
  return {
    model,
    runner: {
      backend: "wasm",
      logits: (_, count) =>
        Promise.resolve(
          Float32Array.from({ length: 10 * count }, (_, i) => i % 10 === digit ? 9 : 0),
        ),
      [Symbol.dispose]() {},
    },
  };
}

function make(count: number, seed: number): Promise<LabelledInk[]> {
  return makeLabelledInk(SOURCES, readsAlways(3), count, seed, (done) => void reports.push(done));
}

const reports: number[] = [];

const INKS = await make(100, 2);

Deno.test("NON_DIGIT_PARTS add up to 1000 thousandths, with unique names and more digits than others", () => {
  const shares = NON_DIGIT_PARTS.map(({ share }) => share);
  assertEquals(shares.reduce((sum, share) => sum + share, 0), 1000);
  assertEquals(new Set(NON_DIGIT_PARTS.map(({ name }) => name)).size, NON_DIGIT_PARTS.length);
  let digits = 0;
  for (const part of NON_DIGIT_PARTS) {
    if (makeExample(part, 0, 0, SOURCES).label !== NONE) digits += part.share;
  }
  assertGreater(digits, 500);
  assertLess(digits, 700);
});

Deno.test("NON_DIGIT_PARTS hold few parts of digits, which are often digits themselves", () => {
  const share = NON_DIGIT_PARTS.find(({ name }) => name === "parts")?.share ?? 0;
  assertGreater(share, 0);
  assertLess(share, 11);
});

Deno.test("makeExample makes the same picture with the same arguments, and others with others", () => {
  for (const part of NON_DIGIT_PARTS) {
    const first = makeExample(part, 0, 0, SOURCES);
    assertEquals(makeExample(part, 0, 0, SOURCES).picture, first.picture, part.name);
    assertNotEquals(makeExample(part, 1, 0, SOURCES).picture, first.picture, part.name);
    assertNotEquals(makeExample(part, 0, 1, SOURCES).picture, first.picture, part.name);
  }
});

Deno.test("makeExample gives each part digits of every kind, or none", () => {
  for (const part of NON_DIGIT_PARTS) {
    const labels = new Set<number>();
    for (let n = 0; n < 8; n++) labels.add(makeExample(part, n, 5, SOURCES).label);
    if (labels.has(NONE)) assertEquals(labels, new Set([NONE]), part.name);
    else assertGreater(labels.size, 2, part.name);
  }
});

Deno.test("makeLabelledInk labels what is misread as none, or leaves it out where the ink is a digit's alone", () => {
  assertEquals(new Set(INKS.map(({ label }) => label)), new Set([3, NONE]));
  let at = 0;
  for (const part of NON_DIGIT_PARTS) {
    for (let n = 0; n < Math.round(part.share / 10); n++, at++) {
      const { label, isClean } = makeExample(part, n, 2, SOURCES);
      const labels = new Set(INKS.filter(({ picture }) => picture === at).map((ink) => ink.label));
      if (label === 3) assertEquals([...labels], [3], part.name);
      else if (label !== NONE && isClean) assertEquals(labels.size, 0, part.name);
      else assertEquals(labels.has(3), false, part.name);
    }
  }
});

Deno.test("makeLabelledInk keeps at most three hypotheses of digits and four of others, which differ", () => {
  for (const { picture } of INKS) {
    const same = INKS.filter((ink) => ink.picture === picture);
    assertLess(same.length, same.some(({ label }) => label !== NONE) ? 4 : 5);
    const found = new Set(same.map(({ hypothesis }) => hypothesis.found.join()));
    assertEquals(found.size, same.length);
  }
});

Deno.test("makeLabelledInk gives the same ink with the same seed", async () => {
  const first = await make(15, 6);
  assertEquals(await make(15, 6), first);
  assertNotEquals(await make(15, 7), first);
});

Deno.test("makeLabelledInk reports every hundred pictures", () => {
  assertEquals(reports, [100]);
});

Deno.test("nonDigitDataset holds both views of all ink in bytes, with its labels", () => {
  const { images, labels, shape, count, classNames } = nonDigitDataset(INKS, undefined);
  assertEquals([count, shape], [INKS.length, [2, 28, 28]]);
  assertEquals([...labels], INKS.map(({ label }) => label));
  assertEquals(classNames, NON_DIGIT_CLASSES);
  INKS.forEach(({ hypothesis: { found, pixels } }, n) => {
    [found, pixels].forEach((view, channel) => {
      const from = 784 * (2 * n + channel);
      assertEquals(
        images.subarray(from, from + 784),
        Uint8Array.from(view, (ink) => Math.round(255 * ink)),
      );
    });
  });
});
