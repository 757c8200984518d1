import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { checkDataset, type Dataset } from "../../src/data/dataset.ts";
import { padDataset } from "../../src/data/pad_dataset.ts";
import type { ImageShape } from "../../src/model/architecture.ts";
import type { LeNetErrorCode } from "../../src/model/error.ts";
import { sizeOf } from "../../src/model/shapes.ts";
import { assertError } from "./assert_error.ts";

function datasetOf(shape: ImageShape, count: number): Dataset {
  return {
    name: "steps",
    images: Uint8Array.from({ length: count * sizeOf(shape) }, (_, i) => 1 + i % 255),
    labels: Uint8Array.from({ length: count }, (_, n) => n % 2),
    shape,
    count,
    classNames: ["a", "b"],
    preparation: "picture",
    checksums: { file: "0a" },
  };
}

Deno.test("padDataset puts images in the middle of a field of zeros", () => {
  const padded = padDataset(datasetOf([1, 1, 2], 2), 3, 4);
  assertEquals([...padded.images], [
    ...[0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0],
    ...[0, 0, 0, 0, 0, 3, 4, 0, 0, 0, 0, 0],
  ]);
});

Deno.test("padDataset puts the odd pixel to the right and below", () => {
  assertEquals([...padDataset(datasetOf([1, 1, 1], 1), 2, 4).images], [0, 1, 0, 0, 0, 0, 0, 0]);
});

Deno.test("padDataset moves every channel alike, and keeps everything but images and shape", () => {
  const size = (most: number) => fc.integer({ min: 1, max: most });
  fc.assert(
    fc.property(
      fc.tuple(size(3), size(5), size(5)),
      size(3),
      fc.nat(4),
      fc.nat(4),
      (shape, count, more, wider) => {
        const dataset = datasetOf(shape, count);
        const [channels, rows, columns] = shape;
        const [height, width] = [rows + more, columns + wider];
        const padded = checkDataset(padDataset(dataset, height, width));
        const { images, shape: grown, ...rest } = padded;
        const { images: before, shape: _, ...restBefore } = dataset;
        assertEquals([grown, rest], [[channels, height, width], restBefore]);
        const [top, left] = [Math.floor(more / 2), Math.floor(wider / 2)];
        images.forEach((value, i) => {
          const [x, y] = [i % width - left, Math.floor(i / width) % height - top];
          const map = Math.floor(i / width / height);
          const isInside = x >= 0 && x < columns && y >= 0 && y < rows;
          assertEquals(value, isInside ? before[(map * rows + y) * columns + x] : 0);
        });
      },
    ),
  );
});

Deno.test("padDataset gives a dataset that has the field's size already as it is", () => {
  const dataset = datasetOf([3, 4, 5], 2);
  assertEquals(padDataset(dataset, 4, 5) === dataset, true);
});

const WRONG: [what: string, sides: [number, number], code: LeNetErrorCode, part: string][] = [
  ["a field with fewer rows", [3, 9], "data/mismatch", "the field is 3×9, expected at least the 4"],
  ["a field with fewer columns", [9, 4], "data/mismatch", "the field is 9×4, expected at least"],
  ["half a pixel", [9.5, 9], "option/invalid", "a side of the field is 9.5, expected a whole"],
  ["a side that is no number", [9, NaN], "option/invalid", "a side of the field is NaN"],
];

for (const [what, [height, width], code, part] of WRONG) {
  Deno.test(`padDataset refuses ${what}`, async () => {
    await assertError(() => padDataset(datasetOf([1, 4, 5], 2), height, width), code, part);
  });
}

Deno.test("padDataset refuses a dataset whose parts do not fit", async () => {
  const dataset = { ...datasetOf([1, 4, 5], 2), count: 3 };
  await assertError(() => padDataset(dataset, 9, 9), "data/mismatch", "pixel values");
});
