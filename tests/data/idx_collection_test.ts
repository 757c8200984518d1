import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { type IdxCollection, loadIdxCollection } from "../../src/data/idx.ts";
import type { LoadOptions } from "../../src/data/collection.ts";
import type { RemoteFile } from "../../src/data/download.ts";
import { sha256 } from "../../src/data/files.ts";
import { assertRejection } from "../assert_error.ts";
import { withEnvironment } from "./environment.ts";
import { gzip, idxFile } from "./idx_file.ts";
import { serve, withServer } from "./local_server.ts";
import { inTemporaryFolder, namesIn } from "./temporary_folder.ts";

/** The files of a collection with three images to learn from and one to be measured on. */
const PLAIN: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  "train-images-idx3-ubyte": idxFile([3, 1, 2], [1, 2, 3, 4, 5, 6]),
  "train-labels-idx1-ubyte": idxFile([3], [1, 0, 1]),
  "t10k-images-idx3-ubyte": idxFile([1, 1, 2], [7, 8]),
  "t10k-labels-idx1-ubyte": idxFile([1], [1]),
};

async function remote(name: string): Promise<RemoteFile> {
  const packed = gzip(PLAIN[name]);
  return { name: `${name}.gz`, bytes: packed.length, sha256: await sha256(packed) };
}

const TINY: IdxCollection = {
  name: "Tiny",
  folder: "tiny",
  classNames: ["even", "odd"],
  mirrors: [],
  files: {
    train: {
      images: await remote("train-images-idx3-ubyte"),
      labels: await remote("train-labels-idx1-ubyte"),
    },
    test: {
      images: await remote("t10k-images-idx3-ubyte"),
      labels: await remote("t10k-labels-idx1-ubyte"),
    },
  },
};

const SPELLINGS: [what: string, spell: (name: string) => string][] = [
  ["plain", (name) => name],
  ["packed", (name) => `${name}.gz`],
  ["plain, with a dot in their names", (name) => name.replace("-idx", ".idx")],
  ["packed, with a dot in their names", (name) => `${name.replace("-idx", ".idx")}.gz`],
];

/** Runs a test with a folder that holds the files under these names, some of them replaced. */
function inFolder(
  spell: (name: string) => string,
  others: Readonly<Record<string, Uint8Array>>,
  test: (directory: string) => Promise<void>,
): Promise<void> {
  return inTemporaryFolder(async (directory) => {
    for (const [name, bytes] of Object.entries({ ...PLAIN, ...others })) {
      const spelt = spell(name);
      await Deno.writeFile(join(directory, spelt), spelt.endsWith(".gz") ? gzip(bytes) : bytes);
    }
    await test(directory);
  });
}

const same = (name: string): string => name;

for (const [what, spell] of SPELLINGS) {
  Deno.test(`loadIdxCollection reads files that are ${what}`, async () => {
    await inFolder(spell, {}, async (directory) => {
      const checksum = async (name: string): Promise<[string, string]> => [
        spell(name),
        await sha256(await Deno.readFile(join(directory, spell(name)))),
      ];
      const train = await loadIdxCollection(TINY, { split: "train", directory });
      assertEquals({ ...train, images: [...train.images], labels: [...train.labels] }, {
        name: "Tiny train",
        images: [1, 2, 3, 4, 5, 6],
        labels: [1, 0, 1],
        shape: [1, 1, 2],
        count: 3,
        classNames: ["even", "odd"],
        checksums: Object.fromEntries([
          await checksum("train-images-idx3-ubyte"),
          await checksum("train-labels-idx1-ubyte"),
        ]),
      });
      const test = await loadIdxCollection(TINY, { split: "test", directory });
      assertEquals([test.name, test.count, [...test.images], [...test.labels]], [
        "Tiny test",
        1,
        [7, 8],
        [1],
      ]);
    });
  });
}

Deno.test("loadIdxCollection reads files of your own, whatever their checksums", async () => {
  const others = { "train-labels-idx1-ubyte": idxFile([3], [0, 0, 0]) };
  await inFolder(same, others, async (directory) => {
    const { labels } = await loadIdxCollection(TINY, { split: "train", directory });
    assertEquals([...labels], [0, 0, 0]);
  });
});

Deno.test("loadIdxCollection says so when the folder or a file is missing", async () => {
  await inFolder(same, {}, async (directory) => {
    const options = { split: "train", directory } as const;
    const none = join(directory, "none");
    await assertRejection(
      () => loadIdxCollection(TINY, { ...options, directory: none }),
      "file/missing",
      `Cannot load Tiny from ${none}: the folder does not exist, expected one of ` +
        "train-images-idx3-ubyte.gz, train-images-idx3-ubyte, " +
        "train-images.idx3-ubyte.gz, train-images.idx3-ubyte",
    );
    const file = join(directory, "t10k-labels-idx1-ubyte");
    await assertRejection(
      () => loadIdxCollection(TINY, { ...options, directory: file }),
      "file/missing",
      "it has no such file, expected one of train-images",
    );
    await Deno.remove(join(directory, "train-labels-idx1-ubyte"));
    await assertRejection(
      () => loadIdxCollection(TINY, options),
      "file/missing",
      "it has no such file, expected one of train-labels",
    );
    await Deno.mkdir(join(directory, "train-labels-idx1-ubyte"));
    await assertRejection(
      () => loadIdxCollection(TINY, options),
      "file/unreadable",
      "it is a folder",
    );
  });
});

const DAMAGED: [
  string,
  Record<string, Uint8Array>,
  "data/malformed" | "data/mismatch" | "data/empty",
  string,
][] = [
  [
    "images that are cut off",
    { "train-images-idx3-ubyte": PLAIN["train-images-idx3-ubyte"].slice(0, -1) },
    "data/malformed",
    "train-images-idx3-ubyte as IDX: it has 5 values, expected 6",
  ],
  [
    "fewer labels than images",
    { "train-labels-idx1-ubyte": idxFile([2], [0, 1]) },
    "data/mismatch",
    "Cannot load the dataset Tiny train: it has 3 images and 2 labels",
  ],
  [
    "a label without a class",
    { "train-labels-idx1-ubyte": idxFile([3], [0, 1, 2]) },
    "data/malformed",
    "Cannot load the dataset Tiny train: label 2 is 2, expected 0 to 1",
  ],
  [
    "labels in the place of images",
    { "train-images-idx3-ubyte": PLAIN["train-labels-idx1-ubyte"] },
    "data/malformed",
    "its images have the sizes [3], expected [count, height, width]",
  ],
  [
    "files without images",
    {
      "train-images-idx3-ubyte": idxFile([0, 28, 28], []),
      "train-labels-idx1-ubyte": idxFile([0], []),
    },
    "data/empty",
    "it has 0 images",
  ],
];

for (const [what, others, code, part] of DAMAGED) {
  Deno.test(`loadIdxCollection refuses ${what}`, async () => {
    await inFolder(
      same,
      others,
      (directory) =>
        assertRejection(() => loadIdxCollection(TINY, { split: "train", directory }), code, part),
    );
  });
}

Deno.test("loadIdxCollection downloads the published files once, into the cache folder", async () => {
  const answer = (request: Request): Response => {
    const name = new URL(request.url).pathname.slice(1).replace(/\.gz$/, "");
    return serve(gzip(PLAIN[name]), request);
  };
  await withServer(
    answer,
    ({ url, asked }) =>
      inTemporaryFolder((cache) =>
        withEnvironment({ LENET_CACHE: cache }, async () => {
          const files: string[] = [];
          const load = (): ReturnType<typeof loadIdxCollection> =>
            loadIdxCollection({ ...TINY, mirrors: [url] }, {
              split: "test",
              onProgress: ({ file }) => void files.push(file),
            });
          const { images, checksums } = await load();
          assertEquals([...images], [7, 8]);
          const { images: first, labels: second } = TINY.files.test;
          assertEquals(checksums, { [first.name]: first.sha256, [second.name]: second.sha256 });
          assertEquals(files, [first.name, second.name]);
          assertEquals(await namesIn(join(cache, "tiny")), [first.name, second.name]);
          assertEquals([...(await load()).images], [7, 8]);
          assertEquals(asked.length, 2);
        })
      ),
  );
});

Deno.test("loadIdxCollection refuses other splits and options", async () => {
  const wrong: [unknown, "option/invalid" | "option/unknown", string][] = [
    [
      { split: "validation" },
      "option/invalid",
      "the split is validation, expected one of train, test",
    ],
    [{}, "option/invalid", "the split is undefined"],
    [undefined, "option/invalid", "the options are undefined, expected an object"],
    [
      { split: "train", dir: "here" },
      "option/unknown",
      "there is no option dir, expected split, directory",
    ],
    [{ split: "train", idleTimeout: 0 }, "option/invalid", "idleTimeout is 0"],
  ];
  await withEnvironment({ LENET_CACHE: "unused" }, async () => {
    for (const [options, code, part] of wrong) {
      await assertRejection(() => loadIdxCollection(TINY, options as LoadOptions), code, part);
    }
  });
});

Deno.test("loadIdxCollection stops when it is aborted", async () => {
  await inFolder(same, {}, (directory) =>
    assertRejection(
      () => loadIdxCollection(TINY, { split: "train", directory, signal: AbortSignal.abort() }),
      "aborted",
      "Cannot load Tiny: the caller aborted it",
    ));
});
