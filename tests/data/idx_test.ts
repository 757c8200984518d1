import { assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import {
  decodeIdx,
  type IdxArray,
  idxDataset,
  type IdxDatasetParts,
  parseIdx,
} from "../../src/data/idx.ts";
import { LeNetError, type LeNetErrorCode } from "../../src/errors.ts";
import { sizeOf } from "../../src/model/architecture.ts";
import { assertRejection } from "../assert_error.ts";
import { gzip, idxFile } from "./idx_file.ts";

/** Two images of 2×3 pixels. */
const IMAGES = idxFile([2, 2, 3], Array.from({ length: 12 }, (_, i) => 20 * i));

const sizes = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 4 });

Deno.test("parseIdx reads the sizes, and the values without copying them", () => {
  const { shape, data } = parseIdx(IMAGES, "images");
  assertEquals(shape, [2, 2, 3]);
  assertEquals([...data], Array.from({ length: 12 }, (_, i) => 20 * i));
  assertEquals(data.buffer === IMAGES.buffer, true);
});

Deno.test("parseIdx and decodeIdx read whatever sizes and values are written, plain, packed, or amid other bytes", async () => {
  const files = sizes.chain((shape) => {
    const length = sizeOf(shape);
    return fc.tuple(
      fc.constant(shape),
      fc.uint8Array({ minLength: length, maxLength: length }),
      fc.nat({ max: 9 }),
    );
  });
  await fc.assert(fc.asyncProperty(files, async ([shape, values, offset]) => {
    const file = idxFile(shape, values);
    const amid = new Uint8Array(file.length + offset + 3).fill(7);
    amid.set(file, offset);
    const expected: [readonly number[], number[]] = [shape, [...values]];
    for (
      const read of [
        parseIdx(amid.subarray(offset, offset + file.length), "x"),
        await decodeIdx(file, "x"),
        await decodeIdx(gzip(file), "x"),
      ]
    ) {
      assertEquals([read.shape, [...read.data]], expected);
    }
  }));
});

Deno.test("parseIdx refuses a file that is cut off anywhere", async () => {
  for (let length = 0; length < IMAGES.length; length++) {
    const part = length < 4
      ? `it has ${length} bytes, expected a header of at least 8`
      : length < 16
      ? `it has ${length} bytes, expected a header of 16`
      : `it has ${length - 16} values, expected 12 for its sizes [2,2,3]`;
    await assertRejection(() => parseIdx(IMAGES.slice(0, length), "it"), "data/malformed", part);
  }
});

Deno.test("parseIdx refuses a file with more at its end", async () => {
  for (const more of [1, 2, 12, 1000]) {
    const file = new Uint8Array(IMAGES.length + more);
    file.set(IMAGES);
    await assertRejection(
      () => parseIdx(file, "it"),
      "data/malformed",
      `Cannot read it as IDX: it has ${12 + more} values, expected 12`,
    );
  }
});

Deno.test("parseIdx refuses a file whose sizes do not multiply out", async () => {
  for (const [at, size] of [[4, 1], [4, 3], [8, 0], [8, 4], [12, 2], [12, 255]]) {
    const file = IMAGES.slice();
    file[at + 3] = size;
    await assertRejection(
      () => parseIdx(file, "it"),
      "data/malformed",
      "it has 12 values, expected",
    );
  }
});

Deno.test("parseIdx refuses a wrong magic number", async () => {
  const wrong: [number[], string][] = [
    [[1, 0, 8, 3], "its magic number is 0x01000803, expected 0x000008"],
    [[0, 255, 8, 3], "its magic number is 0x00ff0803, expected 0x000008"],
    [[0x89, 0x50, 0x4e, 0x47], "its magic number is 0x89504e47"],
    [[0, 0, 9, 3], "its values have type 0x09, expected 0x08 (unsigned bytes)"],
    [[0, 0, 0x0d, 3], "its values have type 0x0d"],
    [[0, 0, 8, 0], "it has 0 dimensions, expected 1 to 4"],
    [[0, 0, 8, 5], "it has 5 dimensions"],
    [[0, 0, 8, 255], "it has 255 dimensions"],
  ];
  for (const [magic, part] of wrong) {
    const file = IMAGES.slice();
    file.set(magic);
    await assertRejection(() => parseIdx(file, "it"), "data/malformed", part);
  }
});

Deno.test("parseIdx takes no memory for what a header only claims", async () => {
  const before = Deno.memoryUsage().external;
  for (const shape of [[2 ** 32 - 1], [60_000, 28, 28], new Array(4).fill(2 ** 32 - 1)]) {
    await assertRejection(
      () => parseIdx(idxFile(shape, [1, 2, 3]), "it"),
      "data/malformed",
      `it has 3 values, expected ${sizeOf(shape)} for its sizes [${shape}]`,
    );
  }
  assertLess(Deno.memoryUsage().external - before, 1e6);
});

Deno.test("parseIdx throws nothing but LeNetError, whatever bytes it is given", () => {
  const head = fc.uint8Array({ maxLength: 6 }).map((bytes) => [0, 0, 8, ...bytes]);
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 40 }), head), (bytes) => {
      try {
        const { shape, data } = parseIdx(new Uint8Array(bytes), "it");
        assertEquals(data.length, sizeOf(shape));
      } catch (error) {
        assertEquals(error instanceof LeNetError && error.code, "data/malformed");
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("decodeIdx refuses gzip data that is cut off anywhere", async () => {
  const packed = gzip(IMAGES);
  for (let length = 0; length < packed.length; length++) {
    await assertRejection(
      () => decodeIdx(packed.slice(0, length), "images.gz"),
      "data/malformed",
      "images.gz",
    );
  }
});

Deno.test("decodeIdx refuses a damaged file inside of sound gzip data", async () => {
  await assertRejection(
    () => decodeIdx(gzip(IMAGES.slice(0, -1)), "images.gz"),
    "data/malformed",
    "Cannot read images.gz as IDX: it has 11 values, expected 12",
  );
});

const PARTS: IdxDatasetParts = {
  name: "tiny",
  images: parseIdx(IMAGES, "images"),
  labels: { shape: [2], data: Uint8Array.of(9, 0) },
  classNames: Array.from({ length: 10 }, (_, n) => String(n)),
};

Deno.test("idxDataset puts images and labels together without copying them", () => {
  const dataset = idxDataset({ ...PARTS, checksums: { images: "0a" } });
  assertEquals(dataset, {
    name: "tiny",
    images: PARTS.images.data,
    labels: PARTS.labels.data,
    shape: [1, 2, 3],
    count: 2,
    classNames: PARTS.classNames,
    checksums: { images: "0a" },
  });
  assertEquals(dataset.images === PARTS.images.data, true);
  assertEquals("checksums" in idxDataset(PARTS), false);
});

Deno.test("idxDataset takes images of several channels", () => {
  const images = { ...PARTS.images, shape: [2, 3, 2, 1] };
  assertEquals(idxDataset({ ...PARTS, images }).shape, [3, 2, 1]);
});

const array = (shape: number[], values: number[] = []): IdxArray => ({
  shape,
  data: Uint8Array.from({ length: sizeOf(shape) }, (_, i) => values[i] ?? 0),
});

const WRONG: [string, Partial<IdxDatasetParts>, LeNetErrorCode, string][] = [
  ["fewer labels", { labels: array([1]) }, "data/mismatch", "it has 2 images and 1 labels"],
  ["more labels", { labels: array([3]) }, "data/mismatch", "it has 2 images and 3 labels"],
  [
    "a label above 9",
    { labels: array([2], [3, 10]) },
    "data/malformed",
    "label 1 is 10, expected 0 to 9",
  ],
  ["labels for images", { images: array([2]) }, "data/malformed", "images have the sizes [2]"],
  ["rows for images", { images: array([2, 6]) }, "data/malformed", "images have the sizes [2,6]"],
  ["images of no pixels", { images: array([2, 0, 3]) }, "data/malformed", "the sizes [2,0,3]"],
  ["images for labels", { labels: array([2, 1]) }, "data/malformed", "labels have the sizes [2,1]"],
  [
    "no images at all",
    { images: array([0, 28, 28]), labels: array([0]) },
    "data/empty",
    "it has 0 images, expected at least 1",
  ],
];

for (const [what, parts, code, message] of WRONG) {
  Deno.test(`idxDataset refuses ${what}`, async () => {
    await assertRejection(() => idxDataset({ ...PARTS, ...parts }), code, message);
  });
}
