import { assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { type Dataset, holdOut, repeatDataset } from "../../src/data/dataset.ts";
import { Random } from "../../src/model/random.ts";
import { assertError } from "../assert_error.ts";

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
