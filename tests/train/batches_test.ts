import { assertEquals, assertLessOrEqual, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import type { Dataset } from "../../src/data/dataset.ts";
import { Random } from "../../src/model/random.ts";
import { batches, holdOut, repeatDataset } from "../../src/train/batches.ts";
import { assertError } from "../assert_error.ts";
import { bars } from "./tiny.ts";

const PLAIN = { batchSize: 16, augment: null, normalization: { mean: [0], std: [1] } };

function rows(seed: number): string[] {
  return [...batches(bars(50), PLAIN, new Random(seed))].flatMap(({ inputs, labels }) => {
    return Array.from(labels, (label, n) => `${label}: ${inputs.subarray(n * 64, n * 64 + 64)}`);
  });
}

/** Images of one pixel that tells which is which. */
function numbered(labels: readonly number[]): Dataset {
  return {
    name: "numbers",
    images: Uint8Array.from(labels.keys()),
    labels: Uint8Array.from(labels),
    shape: [1, 1, 1],
    count: labels.length,
    classNames: ["a", "b", "c", "d"],
  };
}

const LABELS = fc.array(fc.nat(3), { minLength: 2, maxLength: 200 });

Deno.test("batches show every image once with its own label, in an order that the seed decides", () => {
  const { images, labels } = bars(50);
  const expected = Array.from(labels, (label, n) => {
    const pixels = Float32Array.from(images.subarray(n * 64, n * 64 + 64), (value) => value / 255);
    return `${label}: ${pixels}`;
  });
  // The inputs are only valid until the next batch, so they are read one batch at a time.
  const seen: string[] = [];
  for (const { inputs, labels } of batches(bars(50), PLAIN, new Random(1))) {
    labels.forEach((label, n) => seen.push(`${label}: ${inputs.subarray(n * 64, n * 64 + 64)}`));
  }
  assertNotEquals(seen, expected);
  assertEquals([...seen].sort(), [...expected].sort());
  assertNotEquals(rows(1), rows(2));
});

Deno.test("batches end with the images that are left over", () => {
  const sizes = [...batches(bars(50), PLAIN, new Random(1))].map(({ labels }) => labels.length);
  assertEquals(sizes, [16, 16, 16, 2]);
});

Deno.test("batches are normalized", () => {
  const normalization = { mean: [0.5], std: [0.25] };
  const [{ inputs }] = batches(bars(1), { ...PLAIN, normalization }, new Random(1));
  const [pixel] = bars(1).images;
  assertEquals(inputs[0], Math.fround((Math.fround(pixel / 255) - 0.5) / 0.25));
});

Deno.test("holdOut sets aside as many images as it is told, of each class its share, and loses none", () => {
  fc.assert(
    fc.property(
      LABELS,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(),
      (labels, share, seed) => {
        const count = 1 + Math.floor(share * (labels.length - 2));
        const { train, validation } = holdOut(numbered(labels), count, new Random(seed));
        assertEquals(validation.count, count);
        const images = [...train.images, ...validation.images];
        assertEquals(images.toSorted((a, b) => a - b), [...labels.keys()]);
        assertEquals([...train.labels, ...validation.labels], images.map((image) => labels[image]));
        for (let label = 0; label < 4; label++) {
          const total = labels.filter((other) => other === label).length;
          const aside = validation.labels.filter((other) => other === label).length;
          assertLessOrEqual(Math.abs(aside - total * count / labels.length), 2);
        }
      },
    ),
  );
});

Deno.test("holdOut takes others by another seed, and the same by the same", () => {
  const labels = Array.from({ length: 100 }, (_, n) => Math.floor(n / 25));
  const aside = (seed: number): string =>
    String(holdOut(numbered(labels), 20, new Random(seed)).validation.images);
  assertEquals(aside(1), aside(1));
  assertEquals(new Set([1, 2, 3].map(aside)).size, 3);
});

Deno.test("holdOut sets aside from one image to all but one, and refuses none or all", () => {
  const dataset = numbered([0, 1, 2, 3, 0]);
  for (const count of [1, 4]) {
    const { train, validation } = holdOut(dataset, count, new Random(0));
    assertEquals([train.count, validation.count], [5 - count, count]);
  }
  assertError(() => holdOut(dataset, 0, new Random(0)), "option/invalid", "is 0, expected a whole");
  assertError(() => holdOut(dataset, 5, new Random(0)), "data/empty", "expected at most 4");
});

Deno.test("repeatDataset gives all images again and again, and the same dataset for once", () => {
  const dataset = numbered([3, 1]);
  assertEquals(repeatDataset(dataset, 1) === dataset, true);
  const { images, labels, count } = repeatDataset(dataset, 3);
  assertEquals([count, [...images], [...labels]], [6, [0, 1, 0, 1, 0, 1], [3, 1, 3, 1, 3, 1]]);
});
