import { assertGreaterOrEqual } from "@std/assert";
import { classifyDigit, readDigits } from "../../mod.ts";
import { Random } from "../../src/model/random.ts";
import { writeDigits, type Written } from "./drawing.ts";
import * as inputs from "./inputs.ts";
import * as pages from "./pages.ts";

/** Variants of each kind. */
const COUNT = 50;

/** How many of them are answered as expected, at least: 95 %. */
const LEAST = Math.ceil(0.95 * COUNT);

/**
 * What makes pages of a kind, and how many of them are answered as expected where these are fewer than of other kinds.
 */
type Kind = readonly [make: pages.MakePage, least?: number];

const WRITTEN = await writeDigits();

/** Counts variants that are answered as expected. Each digit that was written is picked equally often. */
async function count(
  isRight: (pick: pages.Pick, random: Random) => Promise<boolean>,
): Promise<number> {
  const random = new Random(3);
  let left: Written[] = [];
  const pick = (): Written => {
    if (left.length === 0) left = random.shuffle(WRITTEN.slice());
    return left.pop()!;
  };
  let right = 0;
  for (let n = 0; n < COUNT; n++) if (await isRight(pick, random)) right++;
  return right;
}

const INPUTS: Readonly<Record<string, inputs.Input>> = {
  "in files of 16 bits, however many are used": inputs.sixteenBits,
  "in numbers of any scale": inputs.scaledNumbers,
  "in masks of 0 and 1": inputs.masks,
  "of ink as faint as 5 of 255": inputs.faintInk,
  "of ink that differs from its paper in hue alone": inputs.hueAlone,
  "in JPEGs in CMYK and YCCK": inputs.cmyk,
  "in files with an EXIF orientation": inputs.oriented,
};

for (const [name, make] of Object.entries(INPUTS)) {
  Deno.test(`classifyDigit reads at least ${LEAST} of ${COUNT} digits ${name}`, async () => {
    const right = await count(async (pick, random) => {
      const digit = pick();
      return (await classifyDigit(make(digit, random))).digit === digit.label;
    });
    assertGreaterOrEqual(right, LEAST);
  });
}

const PAGES: Readonly<Record<string, Kind>> = {
  "of bold ink that covers most of the border": [pages.boldInk],
  "of 20 to 50 pixels on a large sheet": [pages.tinyDigit],
  "that are stretched": [pages.stretched, 47],
  "on paper through which print shows": [pages.showingThrough],
  "in circles, diamonds and boxes": [pages.enclosed],
  "with a full stop or a comma": [pages.punctuated],
  "with a dash": [pages.dashed],
};

for (const [name, [make, least = LEAST]] of Object.entries(PAGES)) {
  const promise = `classifyDigit reads at least ${least} of ${COUNT} digits ${name}`;
  Deno.test(promise, async () => {
    const right = await count(async (pick, random) => {
      const { image, text } = make(pick, random);
      return `${(await classifyDigit(image)).digit}` === text;
    });
    assertGreaterOrEqual(right, least);
  });
}

Deno.test(`classifyDigit finds several digits in at least ${LEAST} of ${COUNT} numbers, and how many`, async () => {
  const right = await count(async (pick, random) => {
    const { image, text } = pages.several(pick, random);
    const { reason, count } = await classifyDigit(image);
    return reason === "several-digits" && count === text.length;
  });
  assertGreaterOrEqual(right, LEAST);
});

const NUMBERS: Readonly<Record<string, Kind>> = {
  "over and under lines": [pages.underlinedNumber, 45],
  "in ovals and boxes": [pages.enclosedNumber],
  "in boxes of a form": [pages.formCells],
  "on squared paper": [pages.squaredNumber, 47],
  "with dots and commas": [pages.amount],
};

for (const [name, [make, least = LEAST]] of Object.entries(NUMBERS)) {
  const promise = `readDigits reads at least ${least} of ${COUNT} numbers ${name}`;
  Deno.test(promise, async () => {
    const right = await count(async (pick, random) => {
      const { image, text } = make(pick, random);
      return (await readDigits(image)).text === text;
    });
    assertGreaterOrEqual(right, least);
  });
}
