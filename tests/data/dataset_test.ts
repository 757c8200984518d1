import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { loadFashionMnist, loadMnist } from "../../src/data/catalog.ts";
import {
  checkDataset,
  checkLabels,
  type Dataset,
  normalizationOf,
  padDataset,
  splitDataset,
  takeDataset,
} from "../../src/data/dataset.ts";
import type { LeNetErrorCode } from "../../src/errors.ts";
import { type ImageShape, sizeOf } from "../../src/model/architecture.ts";
import { normalize } from "../../src/model/model.ts";
import { assertRejection } from "../assert_error.ts";
import { hasSharedData, sharedData } from "./shared_data.ts";

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
    await assertRejection(() => checkDataset({ ...numbered(4), ...wrong }), code, part);
  });
}

const imagesOf = ({ images, count }: Dataset): number[] =>
  Array.from({ length: count }, (_, n) => images[6 * n]);

for (const [name, act] of [["splitDataset", splitDataset], ["takeDataset", takeDataset]] as const) {
  Deno.test(`${name} refuses a number of images that is not a whole number from 1`, async () => {
    for (const count of [0, -1, 1.5, NaN, Infinity, "2" as unknown as number]) {
      await assertRejection(
        () => act(numbered(4), count),
        "option/invalid",
        `the number of images is ${count}, expected a whole number from 1`,
      );
    }
  });

  Deno.test(`${name} refuses a dataset that is damaged`, async () => {
    await assertRejection(
      () => act({ ...numbered(4), labels: new Uint8Array(3) }, 1),
      "data/mismatch",
      "it has 3 labels",
    );
  });
}

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

const WRONG_SIZES: [what: string, sides: [number, number], code: LeNetErrorCode, part: string][] = [
  [
    "a size with fewer rows",
    [3, 9],
    "data/mismatch",
    "the padded size is 3×9, expected at least the 4",
  ],
  [
    "a size with fewer columns",
    [9, 4],
    "data/mismatch",
    "the padded size is 9×4, expected at least",
  ],
  ["half a pixel", [9.5, 9], "option/invalid", "a side is 9.5, expected a whole number"],
  ["a side that is no number", [9, NaN], "option/invalid", "a side is NaN"],
];

for (const [what, [height, width], code, part] of WRONG_SIZES) {
  Deno.test(`padDataset refuses ${what}`, async () => {
    await assertRejection(() => padDataset(datasetOf([1, 4, 5], 2), height, width), code, part);
  });
}

const COLOURED = {
  name: "coloured",
  // Red 0 and 255 in turn, green ever the same, blue at random.
  images: Uint8Array.of(0, 255, 9, 9, 17, 3, 255, 0, 9, 9, 200, 41),
  labels: Uint8Array.of(0, 1),
  shape: [3, 1, 2],
  count: 2,
  classNames: ["a", "b"],
} as const;

for (
  const [folder, load, mean, std] of [
    ["mnist", loadMnist, 0.1307, 0.3081],
    ["fashion-mnist", loadFashionMnist, 0.2860, 0.3530],
  ] as const
) {
  Deno.test({
    name: `normalizationOf gives the published numbers of ${folder}`,
    ignore: !hasSharedData(folder),
    fn: async () => {
      const dataset = await load({ split: "train", directory: sharedData(folder) });
      const found = normalizationOf(dataset);
      assertAlmostEquals(found.mean[0], mean, 5e-5);
      assertAlmostEquals(found.std[0], std, 5e-5);
    },
  });
}

Deno.test("checkDataset gives a sound dataset back", () => {
  const dataset = numbered(4);
  assertEquals(checkDataset(dataset) === dataset, true);
});

Deno.test("checkDataset names a part that is missing or of another kind", async () => {
  const parts = {
    images: "are no Uint8Array, expected bytes from 0 to 255",
    labels: "are no Uint8Array, expected bytes from 0 to 255",
    shape: "is undefined, expected an array",
    classNames: "is undefined, expected an array",
  };
  for (const [part, problem] of Object.entries(parts)) {
    const dataset = { ...numbered(4), name: "mine", [part]: undefined } as unknown as Dataset;
    await assertRejection(
      () => checkDataset(dataset),
      "data/malformed",
      `Cannot use the dataset mine: its ${part} ${problem}`,
    );
  }
});

const MALFORMED: [what: string, wrong: object, part: string][] = [
  ["a number as a name", { name: 7 }, "its name is 7, expected a text"],
  ["an empty name", { name: "" }, "its name is an empty text, expected a text"],
  ["a symbol as a name", { name: Symbol("x") }, "its name is a symbol, expected"],
  ["no class names", { classNames: [] }, "its classNames is [], expected at least one name"],
  ["an empty class name", { classNames: ["a", "", "c"] }, "classNames is [a,an empty text,c]"],
  ["a hole in its class names", { classNames: ["a", , "c"] }, "classNames is [a,undefined,c]"],
  ["numbers as class names", { classNames: [0, 1, 2] }, "its classNames is [0,1,2], expected"],
  ["an unknown preparation", { preparation: "x" }, "is x, expected one of digit, picture"],
  ["null as preparation", { preparation: null }, "its preparation is null, expected one of"],
  ["null as checksums", { checksums: null }, "its checksums is null, expected an object of texts"],
  ["an array of checksums", { checksums: ["0a"] }, "its checksums is 0a, expected an object"],
  ["a map of checksums", { checksums: new Map() }, "its checksums is an object, expected"],
  [
    "a number as a checksum",
    { checksums: { file: 10 } },
    "its checksums has 10 for file, expected",
  ],
];

for (const [what, wrong, part] of MALFORMED) {
  Deno.test(`checkDataset refuses ${what}, before anything is trained`, async () => {
    const act = () => checkDataset({ ...numbered(4), ...wrong } as Dataset);
    await assertRejection(act, "data/malformed", part);
  });
}

Deno.test("checkDataset says what is no dataset", async () => {
  const refused: [unknown, string][] = [
    [{}, "Cannot use the dataset: its name is undefined, expected a text, in a dataset such as"],
    [[], "Cannot use the dataset: its name is undefined"],
    [Symbol("x"), "Cannot use the dataset: found a symbol, expected a dataset"],
  ];
  for (const [dataset, part] of refused) {
    await assertRejection(() => checkDataset(dataset as Dataset), "data/malformed", part);
  }
});

Deno.test("checkDataset accepts what a model file can hold, and fields that are undefined", () => {
  for (const preparation of ["digit", "picture", undefined]) {
    const dataset = {
      ...numbered(4),
      preparation,
      checksums: undefined,
      classNames: ["a", "a", "b"],
    };
    checkDataset(dataset as unknown as Dataset);
  }
});

Deno.test("checkDataset refuses sizes that are no numbers, and arrays that were given away", async () => {
  const given = numbered(4);
  structuredClone(given.images, { transfer: [given.images.buffer as ArrayBuffer] });
  const wrong: [dataset: unknown, part: string][] = [
    [given, "it has 0 pixel values, expected 24"],
    [{ ...numbered(4), count: Symbol("x") }, "it claims a symbol images of shape [2,1,3]"],
    [{ ...numbered(4), shape: [2, Symbol("x"), 3] }, "4 images of shape [2,a symbol,3]"],
    [{ ...numbered(4), shape: [2, Object.create(null), 3] }, "4 images of shape [2,an object,3]"],
  ];
  for (const [dataset, part] of wrong) {
    await assertRejection(() => checkDataset(dataset as Dataset), "data/mismatch", part);
  }
});

Deno.test("checkLabels names the first label that is too large", async () => {
  checkLabels(Uint8Array.of(0, 9, 5), 10, "read it");
  await assertRejection(
    () => checkLabels(Uint8Array.of(0, 9, 10, 200), 10, "read it"),
    "data/malformed",
    "Cannot read it: label 2 is 10, expected 0 to 9",
  );
});

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
    await assertRejection(
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

Deno.test("padDataset centres images in zeros", () => {
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

Deno.test("padDataset returns the same dataset when it has the size already", () => {
  const dataset = datasetOf([3, 4, 5], 2);
  assertEquals(padDataset(dataset, 4, 5) === dataset, true);
});

Deno.test("padDataset refuses a dataset whose parts do not fit", async () => {
  const dataset = { ...datasetOf([1, 4, 5], 2), count: 3 };
  await assertRejection(() => padDataset(dataset, 9, 9), "data/mismatch", "pixel values");
});

Deno.test("normalizationOf gives each channel mean 0 and standard deviation 1", () => {
  const normalization = normalizationOf(COLOURED);
  assertEquals([normalization.mean[0], normalization.std[0]], [0.5, 0.5]);
  assertEquals([normalization.mean[1], normalization.std[1]], [9 / 255, 1]);
  const values = Float32Array.from(COLOURED.images, (value) => value / 255);
  normalize(values, COLOURED.shape, normalization);
  const blue = [4, 5, 10, 11].map((i) => values[i]);
  assertAlmostEquals(blue.reduce((sum, value) => sum + value, 0), 0, 1e-6);
  assertAlmostEquals(blue.reduce((sum, value) => sum + value * value, 0), 4, 1e-5);
});
