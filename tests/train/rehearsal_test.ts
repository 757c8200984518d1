import { assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { changeThickness } from "../../src/data/augment/warps.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { syntheticDigits } from "../../src/data/synthetic/digits.ts";
import { referenceRunner } from "../../src/engine/reference.ts";
import { initialize } from "../../src/model/initialize.ts";
import type { Model } from "../../src/model/model.ts";
import { Random } from "../../src/model/random.ts";
import type { Architecture } from "../../src/model/architecture.ts";
import { type Batch, batches } from "../../src/train/batches.ts";
import { countDigits, handOf, Rehearsal } from "../../src/train/rehearsal.ts";
import { takeOfClass, takePerClass } from "../bench/take_per_class.ts";

const SMALL: Architecture = {
  name: "small",
  input: [1, 28, 28],
  layers: [{ kind: "flatten" }, { kind: "dense", name: "fc1", units: 10 }],
  classes: 10,
};

const MODEL: Model = {
  architecture: SMALL,
  parameters: initialize(SMALL, { seed: 1 }),
  metadata: {
    classNames: [..."0123456789"],
    normalization: { mean: [0.1], std: [0.3] },
    temperature: 1,
  },
};

const PLAIN = { augment: null, normalization: MODEL.metadata.normalization };

Deno.test("countDigits is the smallest multiple of the batch size from 700", () => {
  assertEquals([1, 64, 350, 699, 700, 701].map(countDigits), [700, 704, 700, 1398, 700, 701]);
});

Deno.test("Rehearsal suits grey inputs of at least 28×28, and no others", () => {
  const suits = (...input: [number, number, number]): boolean =>
    Rehearsal.suits({ ...SMALL, input });
  assertEquals([suits(1, 28, 28), suits(1, 28, 40), suits(1, 32, 32)], [true, true, true]);
  assertEquals([suits(1, 27, 28), suits(1, 28, 27), suits(3, 32, 32)], [false, false, false]);
});

/** Digits that lean by as many pixels sideways for each pixel up. */
function slanted(digits: Dataset, slant: number): Dataset {
  const images = digits.images.map((_, index) => {
    const [y, x] = [Math.floor(index / 28) % 28, index % 28];
    const from = Math.round(x - slant * (13.5 - y));
    return from < 0 || from >= 28 ? 0 : digits.images[index - x + from];
  });
  return { ...digits, images };
}

const slantOf = (digits: Dataset, samples: Dataset): number => handOf(digits, samples).slant;

const DIGITS = syntheticDigits({ count: 1000, seed: 2 });

Deno.test("handOf finds no slant in the same digits, and that of slanted ones", () => {
  assertEquals(slantOf(DIGITS, DIGITS), 0);
  for (const slant of [-0.6, -0.3, 0.3, 0.6]) {
    // A hundred times as many samples as the usual slant counts for.
    const found = slantOf(DIGITS, slanted(DIGITS, slant)) * 1010 / 1000;
    assertAlmostEquals(found, slant, 0.04);
  }
});

Deno.test("handOf compares each class with its own", () => {
  // Most digits are ones, which lean less than others by their shape.
  const ones = takeOfClass(DIGITS, 1, 100);
  assertEquals(slantOf(DIGITS, ones), 0);
});

Deno.test("handOf takes a few samples for less than many", () => {
  const hand = slanted(DIGITS, 0.5);
  const [one, ten] = [1, 10].map((count) => slantOf(DIGITS, takePerClass(hand, count)));
  // 10 samples of 10 + 10, and 100 of 100 + 10.
  assertAlmostEquals(one, 0.25, 0.08);
  assertAlmostEquals(ten, 0.45, 0.08);
});

Deno.test("handOf finds a slant of 1 at most", () => {
  // Large, so that the steps of its pixels do not count, and as if there were many.
  const side = 301;
  const line = (lean: number): Dataset => ({
    ...DIGITS,
    shape: [1, side, side],
    images: Uint8Array.from({ length: side * side }, (_, i) => {
      const [y, x] = [150 - Math.floor(i / side), i % side - 150];
      return Math.abs(y) < 100 && Math.round(lean * y) === x ? 255 : 0;
    }),
    labels: new Uint8Array(1),
    count: 100_000,
  });
  for (const sign of [1, -1]) {
    assertAlmostEquals(slantOf(line(0), line(sign * 0.99)), sign * 0.99, 0.005);
    assertEquals(slantOf(line(0), line(sign * 1.01)), sign);
  }
});

/** Digits with thicker or thinner strokes: see {@linkcode changeThickness}. */
function withPen(digits: Dataset, amount: number): Dataset {
  const images = digits.images.slice();
  const scratch = new Float32Array(784);
  for (let start = 0; start < images.length; start += 784) {
    const image = Float32Array.from(images.subarray(start, start + 784));
    changeThickness(image, 28, 28, amount, scratch);
    images.set(image, start);
  }
  return { ...digits, images };
}

Deno.test("handOf finds how thick the pen of samples is", () => {
  for (const amount of [-0.9, -0.4, 0, 0.4, 0.9]) {
    const found = handOf(DIGITS, withPen(DIGITS, amount)).thickness * 1010 / 1000;
    assertAlmostEquals(found, amount, 0.03);
  }
});

Deno.test("handOf finds a thickness of 1 at most", () => {
  const [thin, thick] = [-1, 1].map((amount) => withPen(DIGITS, amount));
  const many = (digits: Dataset): Dataset => ({ ...digits, count: 100_000 });
  assertAlmostEquals(handOf(DIGITS, many(withPen(DIGITS, 0.99))).thickness, 0.99, 0.005);
  assertAlmostEquals(handOf(DIGITS, many(withPen(DIGITS, -0.99))).thickness, -0.99, 0.005);
  assertEquals(handOf(DIGITS, many(withPen(thick, 0.1))).thickness, 1);
  assertEquals(handOf(DIGITS, many(withPen(thin, -0.1))).thickness, -1);
});

Deno.test("handOf finds the usual hand in samples without ink", () => {
  assertEquals(handOf(DIGITS, { ...DIGITS, images: new Uint8Array(784_000) }), {
    slant: 0,
    thickness: 0,
  });
});

Deno.test("Rehearsal writes every fourth digit in the hand of the samples, and none for a network of other classes", async () => {
  const hand = withPen(slanted(DIGITS, 0.5), 0.5);
  const first = async (samples: Dataset, classNames: readonly string[]): Promise<Batch> => {
    const model = { ...MODEL, metadata: { ...MODEL.metadata, classNames } };
    using rehearsal = await Rehearsal.prepare("wasm", model, samples, 5, new Random(2));
    const fresh = batches(samples, { ...PLAIN, batchSize: 4 }, new Random(1));
    for await (const { inputs, labels, targets } of rehearsal.join(fresh)) {
      return { inputs: inputs.slice(4 * 784), labels, targets: targets!.slice() };
    }
    throw new Error("no batch");
  };
  const { classNames } = MODEL.metadata;
  const shoes = [...classNames.slice(1), "shoe"];
  const [upright, leaning] = [await first(hand, shoes), await first(hand, classNames)];
  const image = ({ inputs }: Batch, n: number): Float32Array =>
    inputs.slice(n * 784, (n + 1) * 784);
  for (const n of [1, 2, 3]) assertEquals(image(leaning, n), image(upright, n));
  for (const n of [0, 4]) {
    const ink = (batch: Batch): Dataset => ({
      ...DIGITS,
      // The normalization of the network undone.
      images: Uint8Array.from(image(batch, n), (value) => Math.round((value * 0.3 + 0.1) * 255)),
      labels: Uint8Array.of(0),
      count: 1,
    });
    const { slant, thickness } = handOf(ink(upright), ink(leaning));
    // One sample counts for an eleventh.
    assertAlmostEquals(slant * 11, 0.5, 0.1);
    assertAlmostEquals(thickness * 11, 0.5, 0.1);
  }
  // They keep the answers to the upright ones.
  assertEquals(leaning.targets, upright.targets);
});

Deno.test("Rehearsal repeats its digits, with the same targets, when all have been seen", async () => {
  const fresh = Array.from({ length: 5 }, () => ({
    inputs: new Float32Array(784),
    labels: new Uint8Array(1),
  }));
  using rehearsal = await Rehearsal.prepare("wasm", MODEL, DIGITS, 350, new Random(2));
  const seen: string[] = [];
  for await (const { inputs, targets } of rehearsal.join(fresh)) {
    seen.push(`${inputs.slice(784).join()} ${targets!.join()}`);
  }
  assertEquals([seen[2], seen[3], seen[4]], [seen[0], seen[1], seen[0]]);
  assertNotEquals(seen[0], seen[1]);
});

Deno.test("Rehearsal adds as many digits to each batch, with the logits of the old network as targets", async () => {
  const samples = syntheticDigits({ count: 10, seed: 3 });
  const fresh = (): Batch[] =>
    [...batches(samples, { ...PLAIN, batchSize: 4 }, new Random(1))].map((batch) => ({
      ...batch,
      inputs: batch.inputs.slice(),
    }));
  using rehearsal = await Rehearsal.prepare("wasm", MODEL, samples, 4, new Random(2));
  using old = referenceRunner(SMALL, MODEL.parameters);
  const plain = fresh();
  const seen = new Set<string>();
  let n = 0;
  for await (const { inputs, labels, targets } of rehearsal.join(fresh())) {
    const { inputs: first, labels: own } = plain[n++];
    assertEquals(inputs.slice(0, first.length), first);
    assertEquals(labels, own);
    // The last batch has two samples, and four digits as all others.
    const digits = inputs.slice(first.length);
    assertEquals(digits.length, 4 * 784);
    const expected = await old.logits(digits, 4);
    targets!.forEach((value, i) => {
      // The others are written in the hand of the samples, with the targets of the usual one.
      if (i >= 10) assertAlmostEquals(value, expected[i], 1e-4);
    });
    assertEquals(targets!.length, 4 * 10);
    seen.add(digits.join());
  }
  assertEquals([n, seen.size], [3, 3]);
  assertNotEquals(plain[0].inputs.length, plain[2].inputs.length);
});
