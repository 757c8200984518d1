import { assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import fc from "fast-check";
import { classifyDigit, LeNet } from "../mod.ts";
import { drawDigit } from "../scripts/research/hard_set/pictures/drawing.ts";
import { enlargeWhole, hardPicture } from "../scripts/research/hard_set/pictures/hard_picture.ts";
import { noDigitPicture } from "../scripts/research/hard_set/pictures/no_digit.ts";
import { syntheticDigits } from "../src/data/synthetic/digits.ts";
import { Random } from "../src/model/random.ts";
import { judge, weighReading } from "../src/classification.ts";

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

const chance = fc.double({ min: 0, max: 1, noNaN: true });

const logits = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), {
  minLength: 10,
  maxLength: 10,
});

Deno.test("classifyDigit refuses clothes, shoes and bags of 28×28 pixels", async () => {
  const random = new Random(1);
  for (const name of ARTICLES) {
    let refused = 0;
    for (let n = 0; n < 10; n++) {
      const { digit, reason } = await classifyDigit(article(name, random));
      if (digit === null) refused++;
      assertEquals(reason === "not-a-digit", digit === null);
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

Deno.test("judge says for each picture how likely it is a digit, in their order", async () => {
  const { images } = syntheticDigits({ count: 1, seed: 5 });
  const digit = Float32Array.from(images.subarray(0, 784), (byte) => byte / 255);
  const square = new Float32Array(784).map((_, i) =>
    i % 28 > 3 && i % 28 < 24 && i > 28 * 4 && i < 28 * 24 ? 0.9 : 0
  );
  const both = await judge([digit, square, digit]);
  assertEquals(both.length, 3);
  assertEquals(both[0], both[2]);
  assertGreater(both[0], 0.5);
  assertLess(both[1], 0.1);
  assertEquals(await judge([]), []);
  for (const chance of both) assertEquals(chance >= 0 && chance <= 1, true);
});

Deno.test("weighReading leaves what the judge says where the reading is sure", () => {
  const sure = [0, 0, 30, 0, 0, 0, 0, 0, 0, 0];
  for (const digitProbability of [0, 0.004, 0.5, 1]) {
    assertAlmostEquals(weighReading(digitProbability, sure, 1), digitProbability, 1e-12);
  }
});

Deno.test("weighReading takes less for a digit the more doubt there is, whatever the classes' order", () => {
  const of = (best: number, at: number): number => {
    return weighReading(0.3, Array.from({ length: 10 }, (_, k) => k === at ? best : 0), 1);
  };
  for (const best of [1, 3, 5, 8]) {
    assertLess(of(best, 2), of(best + 1, 2));
    assertEquals(of(best, 2), of(best, 9));
  }
  assertLess(of(0, 0), 0.01);
});

Deno.test("weighReading divides logits by the temperature", () => {
  fc.assert(fc.property(chance, logits, (digitProbability, some) => {
    assertAlmostEquals(
      weighReading(digitProbability, some, 2),
      weighReading(digitProbability, some.map((logit) => logit / 2), 1),
      1e-12,
    );
  }));
});

Deno.test("weighReading gives a probability that is at most the judge's", () => {
  fc.assert(fc.property(chance, logits, (digitProbability, some) => {
    const weighed = weighReading(digitProbability, some, 1);
    assertEquals(weighed >= 0 && weighed <= digitProbability + 1e-12, true, `${weighed}`);
  }));
});
