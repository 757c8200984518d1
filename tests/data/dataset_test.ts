import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  checkDataset,
  checkLabels,
  type Dataset,
  splitDataset,
  takeDataset,
} from "../../src/data/dataset.ts";
import type { LeNetErrorCode } from "../../src/model/error.ts";
import { assertError } from "./assert_error.ts";

/** Images of two channels, one row and three columns, all pixels of an image alike. */
function numbered(count: number): Dataset {
  return {
    name: "numbered",
    images: Uint8Array.from({ length: 6 * count }, (_, i) => Math.floor(i / 6)),
    labels: Uint8Array.from({ length: count }, (_, n) => n % 3),
    shape: [2, 1, 3],
    count,
    classNames: ["a", "b", "c"],
    checksums: { file: "0a" },
  };
}

Deno.test("checkDataset gives a sound dataset back", () => {
  const dataset = numbered(4);
  assertEquals(checkDataset(dataset) === dataset, true);
});

const WRONG: [what: string, wrong: Partial<Dataset>, code: LeNetErrorCode, part: string][] = [
  ["no images", { count: 0 }, "data/empty", "it has 0 images, expected at least 1"],
  ["half an image", { count: 1.5 }, "data/mismatch", "it claims 1.5 images of shape [2,1,3]"],
  ["fewer than no images", { count: -1 }, "data/mismatch", "it claims -1 images"],
  ["a side of 0", { shape: [2, 0, 3] }, "data/mismatch", "images of shape [2,0,3]"],
  ["a side that is no number", { shape: [2, NaN, 3] }, "data/mismatch", "[2,NaN,3]"],
  ["a shape of two sizes", { shape: [2, 3] as never }, "data/mismatch", "its shape is [2,3]"],
  ["another shape", { shape: [1, 2, 4] }, "data/mismatch", "24 pixel values, expected 32 (4 of"],
  ["another count", { count: 3 }, "data/mismatch", "it has 24 pixel values, expected 18"],
  ["too few labels", { labels: new Uint8Array(3) }, "data/mismatch", "3 labels, expected 4"],
  ["too many labels", { labels: new Uint8Array(5) }, "data/mismatch", "5 labels, expected 4"],
  [
    "a label without a class",
    { classNames: ["a", "b"] },
    "data/malformed",
    "label 2 is 2, expected 0 to 1",
  ],
];

for (const [what, wrong, code, part] of WRONG) {
  Deno.test(`checkDataset refuses ${what}`, async () => {
    await assertError(() => checkDataset({ ...numbered(4), ...wrong }), code, part);
  });
}

Deno.test("checkLabels names the first label that is too large", async () => {
  checkLabels(Uint8Array.of(0, 9, 5), 10, "read it");
  await assertError(
    () => checkLabels(Uint8Array.of(0, 9, 10, 200), 10, "read it"),
    "data/malformed",
    "Cannot read it: label 2 is 10, expected 0 to 9",
  );
});

const imagesOf = ({ images, count }: Dataset): number[] =>
  Array.from({ length: count }, (_, n) => images[6 * n]);

Deno.test("splitDataset sets the last images aside, in views of the same memory", () => {
  const sizes = fc.integer({ min: 2, max: 200 })
    .chain((count) => fc.tuple(fc.constant(count), fc.integer({ min: 1, max: count - 1 })));
  fc.assert(fc.property(sizes, ([count, validationCount]) => {
    const whole = numbered(count);
    const { train, validation } = splitDataset(whole, validationCount);
    assertEquals([train.count, validation.count], [count - validationCount, validationCount]);
    for (const part of [train, validation]) {
      checkDataset(part);
      assertEquals(part.images.buffer === whole.images.buffer, true);
      assertEquals(part.labels.buffer === whole.labels.buffer, true);
      assertEquals([part.name, part.classNames, part.checksums, part.shape], [
        whole.name,
        whole.classNames,
        whole.checksums,
        whole.shape,
      ]);
    }
    assertEquals([...imagesOf(train), ...imagesOf(validation)], imagesOf(whole));
    assertEquals([...train.labels, ...validation.labels], [...whole.labels]);
  }));
});

Deno.test("splitDataset refuses to leave nothing to train on", async () => {
  for (const count of [4, 5]) {
    await assertError(
      () => splitDataset(numbered(4), count),
      "data/empty",
      `${count} of its 4 images are for validation, expected at most 3`,
    );
  }
});

Deno.test("takeDataset keeps the first images, all of them when there are fewer", () => {
  const whole = numbered(5);
  for (
    const [limit, kept] of [[1, [0]], [3, [0, 1, 2]], [5, [0, 1, 2, 3, 4]], [9, [
      0,
      1,
      2,
      3,
      4,
    ]]] as const
  ) {
    const taken = checkDataset(takeDataset(whole, limit));
    assertEquals(imagesOf(taken), [...kept]);
    assertEquals(taken.images.buffer === whole.images.buffer, true);
  }
});

Deno.test("takeDataset takes the first images of a view", () => {
  const { validation } = splitDataset(numbered(5), 3);
  assertEquals(imagesOf(takeDataset(validation, 2)), [2, 3]);
});

for (const [name, act] of [["splitDataset", splitDataset], ["takeDataset", takeDataset]] as const) {
  Deno.test(`${name} refuses a number of images that is not a whole number from 1`, async () => {
    for (const count of [0, -1, 1.5, NaN, Infinity, "2" as unknown as number]) {
      await assertError(
        () => act(numbered(4), count),
        "option/invalid",
        `the number of images is ${count}, expected a whole number from 1`,
      );
    }
  });

  Deno.test(`${name} refuses a dataset that is damaged`, async () => {
    await assertError(
      () => act({ ...numbered(4), labels: new Uint8Array(3) }, 1),
      "data/mismatch",
      "it has 3 labels",
    );
  });
}
