import { assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import { classifyDigit, type DigitImage, LeNet, readDigits } from "../mod.ts";
import { makeTrial } from "../scripts/research/hard_set/measure.ts";
import { drawDigit, DRAWINGS } from "../scripts/research/hard_set/pictures/drawing.ts";
import {
  enlargeWhole,
  HARD_KINDS,
  hardPicture,
} from "../scripts/research/hard_set/pictures/hard_picture.ts";
import { noDigitPicture } from "../scripts/research/hard_set/pictures/no_digit.ts";
import { PAGE_KINDS } from "../scripts/research/hard_set/pictures/page/page_picture.ts";
import { stringPicture } from "../scripts/research/hard_set/pictures/strings.ts";
import { syntheticDigits } from "../src/data/synthetic/digits.ts";
import { Random } from "../src/model/random.ts";
import { greyOf } from "./image/ink/drawing.ts";
import { REASON_PICTURES, SEVERAL } from "./reason_pictures.ts";
import { digitAt, DIGITS } from "./research/hard_set/digits.ts";

/** Corners of one half of a thing that is the same on both sides, and of a shoe; 0 to 1, the middle at 0.5. */
const HALVES: Readonly<Record<string, readonly (readonly [x: number, y: number])[]>> = {
  shirt: [[0.5, 0.12], [0.38, 0.08], [0.2, 0.14], [0.02, 0.4], [0.14, 0.47], [0.25, 0.36], [
    0.25,
    0.93,
  ], [0.5, 0.93]],
  coat: [[0.5, 0.06], [0.4, 0.02], [0.24, 0.1], [0.08, 0.95], [0.2, 0.98], [0.29, 0.4], [
    0.28,
    0.98,
  ], [0.5, 0.98]],
  trousers: [[0.5, 0.03], [0.3, 0.03], [0.26, 0.98], [0.42, 0.98], [0.5, 0.3]],
  dress: [[0.5, 0.15], [0.4, 0.02], [0.34, 0.03], [0.34, 0.2], [0.4, 0.42], [0.25, 0.98], [
    0.5,
    0.98,
  ]],
  bag: [[0.5, 0.05], [0.34, 0.05], [0.3, 0.35], [0.05, 0.38], [0.1, 0.92], [0.5, 0.92]],
};

const SHOE: readonly (readonly [x: number, y: number])[] = [
  [0.03, 0.75],
  [0.03, 0.45],
  [0.2, 0.42],
  [0.32, 0.52],
  [0.55, 0.32],
  [0.7, 0.22],
  [0.95, 0.2],
  [0.97, 0.75],
];

/** A thing of 28×28 pixels, light on black, with folds and a seam. */
function article(name: string, random: Random): Uint8Array {
  const corners = name === "shoe"
    ? SHOE
    : [...HALVES[name], ...HALVES[name].map(([x, y]) => [1 - x, y] as const).reverse()];
  const light = random.uniform(0.6, 1);
  const folds = random.uniform(0.05, 0.3);
  const pace = random.uniform(0.4, 1.2);
  const seam = random.next() < 0.5 ? random.uniform(0.2, 0.7) : 0;
  const pixels = new Uint8Array(784);
  for (let i = 0; i < 784; i++) {
    let covered = 0;
    for (let k = 0; k < 9; k++) {
      const x = (i % 28 + (k % 3 + 0.5) / 3) / 28;
      const y = (Math.floor(i / 28) + (Math.floor(k / 3) + 0.5) / 3) / 28;
      if (isInside(corners, x, y)) covered++;
    }
    const shade = 1 - folds * (0.5 + 0.5 * Math.sin(pace * (i % 28)));
    const onSeam = Math.abs(i % 28 - 13.5) < 1 ? 1 - seam : 1;
    pixels[i] = 255 * light * shade * onSeam * covered / 9;
  }
  return pixels;
}

function isInside(corners: readonly (readonly [number, number])[], x: number, y: number): boolean {
  let inside = false;
  corners.forEach(([ax, ay], n) => {
    const [bx, by] = corners[(n + 1) % corners.length];
    if ((ay > y) !== (by > y) && x < ax + (y - ay) * (bx - ax) / (by - ay)) inside = !inside;
  });
  return inside;
}

const ARTICLES = [...Object.keys(HALVES), "shoe"];

const sample = (digit: number): Promise<Uint8Array> =>
  Deno.readFile(new URL(`../scripts/samples/${digit}.png`, import.meta.url));

Deno.test("classifyDigit refuses clothes, shoes and bags of 28×28 pixels", async () => {
  const random = new Random(1);
  for (const name of ARTICLES) {
    let refused = 0;
    for (let n = 0; n < 10; n++) {
      const { digit, reason } = await classifyDigit(article(name, random));
      if (digit === null) refused++;
      assertEquals(reason !== null, digit === null);
    }
    assertGreater(refused, 5, name);
  }
});

Deno.test("classifyDigit refuses enlarged clothes, shoes and bags, light on black and dark on white", async () => {
  const random = new Random(2);
  for (const isDark of [false, true]) {
    let refused = 0;
    for (const name of ARTICLES) {
      for (let n = 0; n < 5; n++) {
        const { digit } = await classifyDigit(enlargeWhole(article(name, random), 200, isDark));
        if (digit === null) refused++;
      }
    }
    assertGreater(refused, 22, isDark ? "dark" : "light");
  }
});

Deno.test("classifyDigit finds no digit in noise", async () => {
  const random = new Random(3);
  let taken = 0;
  for (let n = 0; n < 60; n++) {
    if ((await classifyDigit(noDigitPicture("static", random))).digit !== null) taken++;
  }
  assertLess(taken, 7);
});

Deno.test("classifyDigit takes digits for digits that are enlarged, damaged, and drawn thin and thick", async () => {
  const { images, count } = syntheticDigits({ count: 40, seed: 12 });
  const random = new Random(4);
  let refused = 0;
  for (let n = 0; n < count; n++) {
    const digit = images.subarray(784 * n, 784 * (n + 1));
    for (
      const picture of [
        hardPicture(digit, "enlarged", random),
        hardPicture(digit, "mixed", random),
        drawDigit(n % 10, "one-pixel", random),
        drawDigit(n % 10, "marker", random),
      ]
    ) {
      if ((await classifyDigit(picture)).reason !== null) refused++;
    }
  }
  assertLess(refused, 6);
});

Deno.test("LeNet.classify takes ink less for a digit when it cannot tell which", async () => {
  using sure = await LeNet.load("digits", { backend: "wasm" });
  const { model } = sure;
  // The same network, that says of nothing what it is.
  const metadata = { ...model.metadata, temperature: 1000 };
  using doubtful = await LeNet.load({ ...model, metadata }, { backend: "wasm" });
  const letter = noDigitPicture("letters", new Random(6));
  const { digitProbability } = await sure.classify(letter);
  assertGreater(digitProbability ?? 0, 0);
  const [blank, doubted] = await doubtful.classifyAll([new Float32Array(784), letter]);
  assertEquals(blank.reason, "no-ink");
  assertLess(doubted.digitProbability ?? 1, digitProbability ?? 0);
});

for (const [reason, picture] of Object.entries(REASON_PICTURES)) {
  Deno.test(`classifyDigit gives the reason ${reason}, and neither digit nor confidence`, async () => {
    const { digit, className, confidence, count, ...answer } = await classifyDigit(picture);
    assertEquals([digit, className, confidence, answer.reason], [null, null, 0, reason]);
    assertEquals(count, reason === "several-digits" ? SEVERAL.text.length : undefined);
    const hasInk = reason !== "no-ink" && reason !== "too-faint";
    assertEquals(answer.digitProbability !== null, hasInk);
    assertAlmostEquals(sumOf(answer.probabilities), hasInk ? 1 : 0, 1e-5);
  });
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

Deno.test("classifyDigit takes all ink for one digit with reject 0, and says how likely it is one", async () => {
  for (const [reason, picture] of Object.entries(REASON_PICTURES)) {
    const refused = await classifyDigit(picture);
    const taken = await classifyDigit(picture, { reject: 0 });
    assertEquals([taken.probabilities, taken.digitProbability], [
      refused.probabilities,
      refused.digitProbability,
    ]);
    if (reason === "no-ink" || reason === "too-faint") {
      assertEquals(taken, refused);
    } else {
      const best = Math.max(...taken.probabilities);
      assertEquals([taken.reason, taken.confidence], [null, best]);
      assertEquals(taken.digit, taken.probabilities.indexOf(best));
      assertEquals("count" in taken, false);
    }
  }
});

Deno.test("classifyDigit accepts ink that is as likely a digit as reject says, and none that is less", async () => {
  const picture = REASON_PICTURES["not-a-digit"];
  const { digitProbability } = await classifyDigit(picture);
  const accepted = await classifyDigit(picture, { reject: digitProbability! });
  assertEquals(accepted.reason, null);
  const refused = await classifyDigit(picture, { reject: digitProbability! + 1e-9 });
  assertEquals(refused.reason, "not-a-digit");
});

Deno.test("classifyDigit calls ink of less than 6 pixels too small, and no other", async () => {
  const reasonFor = async (side: number): Promise<string | null> => {
    const picture = greyOf(
      60,
      60,
      (x, y) => x >= 30 && x < 30 + side && y >= 30 && y < 30 + side ? 0 : 255,
    );
    return (await classifyDigit(picture)).reason;
  };
  assertEquals([await reasonFor(5), await reasonFor(6)], ["too-small", "not-a-digit"]);
});

Deno.test("classifyDigit counts most digits of lines", async () => {
  const random = new Random(9);
  const draw = (): { pixels: Uint8Array; label: number } => {
    const n = random.integer(DIGITS.count);
    return { pixels: digitAt(n), label: DIGITS.labels[n] };
  };
  let right = 0;
  for (let n = 0; n < 10; n++) {
    const { picture, text } = stringPicture(n % 2 === 0 ? "separated" : "lines", draw, random);
    const { reason, count } = await classifyDigit(picture);
    if (reason === "several-digits" && count === text.replaceAll("\n", "").length) right++;
  }
  assertGreater(right, 7);
});

Deno.test("classifyDigit explains all hypotheses, the most likely digit first, without another answer", async () => {
  for (const picture of [...Object.values(REASON_PICTURES), await sample(7)]) {
    const { steps = [], hypotheses = [], ...answer } = await classifyDigit(picture, {
      explain: true,
    });
    assertEquals(answer, await classifyDigit(picture));
    const [best] = hypotheses;
    assertEquals(steps[0].name, "brightness");
    assertEquals(steps.slice(1), best?.steps ?? []);
    assertEquals(best === undefined, answer.digitProbability === null);
    if (best === undefined) continue;
    assertEquals(best.digitProbability, answer.digitProbability);
    assertEquals(best.digit, answer.probabilities.indexOf(Math.max(...answer.probabilities)));
    const likely = hypotheses.map(({ digitProbability }) => digitProbability!);
    assertEquals(likely, likely.toSorted((a, b) => b - a));
    for (const { digit, steps } of hypotheses) {
      const { name, values } = steps[steps.length - 1];
      assertEquals([name, (await classifyDigit(values)).digit], ["input", digit]);
    }
  }
});

Deno.test("classifyDigit has one hypothesis where there is no doubt, and several where there is", async () => {
  const namesFor = async (picture: DigitImage): Promise<string[]> => {
    const { hypotheses = [] } = await classifyDigit(picture, { explain: true });
    return hypotheses.map(({ name }) => name);
  };
  assertEquals(await namesFor(await sample(7)), ["own"]);
  const names = await namesFor(REASON_PICTURES["not-a-digit"]);
  assertGreater(names.length, 1);
  assertEquals(names.includes("own"), true);
});

Deno.test("classifyDigit estimates no digitProbability for pictures framed as MNIST's and for other classes", async () => {
  const { steps = [] } = await classifyDigit(await sample(7), { explain: true });
  const known = await classifyDigit(steps[steps.length - 1].values);
  assertEquals([known.digit, known.digitProbability], [7, null]);
  const { model } = await LeNet.load();
  const classNames = [..."abcdefghij"];
  using letters = await LeNet.load({ ...model, metadata: { ...model.metadata, classNames } });
  const answer = await letters.classify(REASON_PICTURES["several-digits"], { explain: true });
  assertEquals([answer.reason, answer.digitProbability], [null, null]);
  assertEquals(answer.hypotheses?.length, 1);
});

for (const kind of [...HARD_KINDS, ...DRAWINGS, ...PAGE_KINDS]) {
  Deno.test(`readDigits reads one digit as classifyDigit does: ${kind}`, async () => {
    for (let n = 0; n < 3; n++) {
      const { image } = makeTrial(kind, n, 3, { digits: DIGITS, clothing: undefined, seed: 2 });
      const { digit, className, confidence, reason, count } = await classifyDigit(image);
      const { text, digits } = await readDigits(image);
      if (digit === null) {
        if (reason === "several-digits") assertEquals(digits.length >= count!, true);
        else assertEquals(digits.length === 1, false);
        continue;
      }
      const [{ box, ...only }] = digits;
      assertEquals([text, digits.length], [className, 1]);
      assertEquals(only, { digit, className, confidence, line: 0 });
      assertGreater(Math.min(box.width, box.height), 0);
    }
  });
}
