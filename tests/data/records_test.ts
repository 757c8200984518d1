import { assertEquals } from "@std/assert";
import { dirname, join } from "node:path";
import { loadRecordCollection, type RecordCollection } from "../../src/data/records.ts";
import type { LoadOptions } from "../../src/data/collection.ts";
import { checkDataset } from "../../src/data/dataset.ts";
import { sha256 } from "../../src/data/files.ts";
import type { LeNetErrorCode } from "../../src/errors.ts";
import { assertRejection } from "../assert_error.ts";
import { withEnvironment } from "./environment.ts";
import { gzip } from "./idx_file.ts";
import { serve, withServer } from "./local_server.ts";
import { recordFile } from "./record_file.ts";
import { tarFile } from "./tar_file.ts";
import { inTemporaryFolder, namesIn } from "./temporary_folder.ts";

/** Two files with three images to learn from, one with an image to be measured on; 3×1×2 values each. */
const PLAIN: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  "one.bin": recordFile([2, 0], 6),
  "two.bin": recordFile([1], 6),
  "test.bin": recordFile([2], 6),
};

type Files = Readonly<Record<string, Uint8Array>>;

/** The archive of these files, in an order that is not theirs. */
function archiveOf(files: Files): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(files).map(([name, bytes]) => ({ name: `tiny/${name}`, bytes }));
  return gzip(tarFile([{ name: "tiny/", type: "5" }, ...entries.reverse()]));
}

const ARCHIVE = archiveOf(PLAIN);

const TINY: RecordCollection = {
  name: "Tiny",
  folder: "tiny-folder",
  classNames: ["a", "b", "c"],
  preparation: "picture",
  mirrors: [],
  shape: [3, 1, 2],
  archive: { name: "tiny.tar.gz", bytes: ARCHIVE.length, sha256: await sha256(ARCHIVE) },
  archiveFolder: "tiny",
  files: { train: ["one.bin", "two.bin"], test: ["test.bin"] },
  maxRecords: 4,
};

/** Runs a test with a folder that holds these files. */
function inFolder(files: Files, test: (directory: string) => Promise<void>): Promise<void> {
  return inTemporaryFolder(async (directory) => {
    for (const [name, bytes] of Object.entries(files)) {
      await Deno.mkdir(dirname(join(directory, name)), { recursive: true });
      await Deno.writeFile(join(directory, name), bytes);
    }
    await test(directory);
  });
}

/** The same files under other names, packed where the name says so. */
function spelt(files: Files, spell: (name: string) => string): Record<string, Uint8Array> {
  return Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => {
      const other = spell(name);
      return [other, other.endsWith(".gz") ? gzip(bytes) : bytes];
    }),
  );
}

const FOLDERS: [what: string, files: Files][] = [
  ["files", PLAIN],
  ["packed files", spelt(PLAIN, (name) => `${name}.gz`)],
  ["files in the archive's folder", spelt(PLAIN, (name) => `tiny/${name}`)],
  ["packed files in the archive's folder", spelt(PLAIN, (name) => `tiny/${name}.gz`)],
  ["files of both kinds", spelt(PLAIN, (name) => name === "two.bin" ? `tiny/${name}.gz` : name)],
  ["the archive", { "tiny.tar.gz": ARCHIVE }],
];

for (const [what, files] of FOLDERS) {
  Deno.test(`loadRecordCollection reads a folder with ${what}`, async () => {
    await inFolder(files, async (directory) => {
      const train = checkDataset(await loadRecordCollection(TINY, { split: "train", directory }));
      const used = Object.entries(files).filter(([name]) => !name.includes("test"));
      const checksums = await Promise.all(
        used.map(async ([name, bytes]) =>
          [name.replace("tiny/", ""), await sha256(new Uint8Array(bytes))] as const
        ),
      );
      assertEquals(train, {
        name: "Tiny train",
        images: Uint8Array.from([
          ...PLAIN["one.bin"].subarray(1, 7),
          ...PLAIN["one.bin"].subarray(8),
          ...PLAIN["two.bin"].subarray(1),
        ]),
        labels: Uint8Array.of(2, 0, 1),
        shape: [3, 1, 2],
        count: 3,
        classNames: ["a", "b", "c"],
        preparation: "picture",
        checksums: Object.fromEntries(checksums),
      });
      const test = checkDataset(await loadRecordCollection(TINY, { split: "test", directory }));
      assertEquals([test.name, test.labels, test.images], [
        "Tiny test",
        Uint8Array.of(2),
        PLAIN["test.bin"].slice(1),
      ]);
    });
  });
}

Deno.test("loadRecordCollection says so when the folder or a file is missing", async () => {
  await inFolder(PLAIN, async (directory) => {
    const none = join(directory, "none");
    await assertRejection(
      () => loadRecordCollection(TINY, { split: "train", directory: none }),
      "file/missing",
      `Cannot load Tiny from ${none}: the folder does not exist, expected one of ` +
        "one.bin, one.bin.gz, tiny/one.bin, tiny/one.bin.gz, tiny.tar.gz",
    );
    await Deno.remove(join(directory, "two.bin"));
    await assertRejection(
      () => loadRecordCollection(TINY, { split: "train", directory }),
      "file/missing",
      "it has no such file, expected one of two.bin, two.bin.gz, tiny/two.bin, tiny/two.bin.gz",
    );
  });
});

Deno.test("loadRecordCollection takes as many records as a file may have, in a folder and in an archive", async () => {
  const files = { ...PLAIN, "two.bin": recordFile([0, 1, 2, 0], 6) };
  for (
    const stored of [
      files,
      { "tiny.tar.gz": archiveOf(files) },
      spelt(files, (name) => `${name}.gz`),
    ]
  ) {
    await inFolder(stored, async (directory) => {
      const { labels } = await loadRecordCollection(TINY, { split: "train", directory });
      assertEquals([...labels], [2, 0, 0, 1, 2, 0]);
    });
  }
});

const DAMAGED: [what: string, others: Files, part: string][] = [
  [
    "a label without a class",
    { "two.bin": recordFile([255], 6) },
    "two.bin: label 0 is 255, expected 0 to 2",
  ],
  [
    "a label just above the classes",
    { "one.bin": recordFile([0, 3], 6) },
    "one.bin: label 1 is 3, expected 0 to 2",
  ],
  ["an empty file", { "two.bin": new Uint8Array() }, "it has 0 bytes, expected a multiple of 7"],
  [
    "more records than a file may have",
    { "two.bin": recordFile([0, 0, 0, 0, 0], 6) },
    "it has 35 bytes, expected a multiple of 7 from 7 to 28",
  ],
];

for (const [what, others, part] of DAMAGED) {
  Deno.test(`loadRecordCollection refuses ${what}, in a folder and in an archive`, async () => {
    const files = { ...PLAIN, ...others };
    const [name] = Object.keys(others);
    await inFolder(files, async (directory) => {
      const load = () => loadRecordCollection(TINY, { split: "train", directory });
      await assertRejection(load, "data/malformed", part);
      await assertRejection(load, "data/malformed", `Cannot read ${join(directory, name)}`);
    });
    await inFolder({ "tiny.tar.gz": archiveOf(files) }, async (directory) => {
      const load = () => loadRecordCollection(TINY, { split: "train", directory });
      const isTooLarge = others[name].length > 28;
      await assertRejection(
        load,
        "data/malformed",
        isTooLarge ? `${name}: it has more than 28 bytes` : part.replace(/^\w+\.bin: /, ""),
      );
    });
  });
}

Deno.test("loadRecordCollection refuses a file that is cut off within a record", async () => {
  for (let length = 1; length < 14; length++) {
    if (length === 7) continue;
    await inFolder(
      { ...PLAIN, "one.bin": PLAIN["one.bin"].slice(0, length) },
      (directory) =>
        assertRejection(
          () => loadRecordCollection(TINY, { split: "train", directory }),
          "data/malformed",
          `one.bin as records of Tiny: it has ${length} bytes, expected a multiple of 7 from 7 to 28`,
        ),
    );
  }
});

const BAD_PACKING: [what: string, files: Files, part: string][] = [
  [
    "a packed file that unpacks to too much",
    { ...PLAIN, "one.bin": gzip(new Uint8Array(10_000_000)) },
    "it has more than 28 bytes",
  ],
  [
    "a packed file that is cut off",
    { ...PLAIN, "one.bin": gzip(PLAIN["one.bin"]).slice(0, -3) },
    "its gzip data is truncated or damaged",
  ],
  [
    "an archive that lacks a file",
    { "tiny.tar.gz": archiveOf({ "one.bin": PLAIN["one.bin"] }) },
    "two.bin is missing in it, expected one.bin, two.bin",
  ],
  [
    "an archive that is cut off",
    { "tiny.tar.gz": ARCHIVE.slice(0, 100) },
    "its gzip or tar data is truncated or damaged",
  ],
  [
    "an archive that is something else",
    { "tiny.tar.gz": PLAIN["one.bin"] },
    "its gzip or tar data is truncated or damaged",
  ],
];

for (const [what, files, part] of BAD_PACKING) {
  Deno.test(`loadRecordCollection refuses ${what}`, async () => {
    await inFolder(
      files,
      (directory) =>
        assertRejection(
          () => loadRecordCollection(TINY, { split: "train", directory }),
          "data/malformed",
          part,
        ),
    );
  });
}

Deno.test("loadRecordCollection downloads the archive once, into the cache folder", async () => {
  await withServer(
    (request) => serve(ARCHIVE, request),
    ({ url, asked }) =>
      inTemporaryFolder((cache) =>
        withEnvironment({ LENET_CACHE: cache }, async () => {
          const load = (split: LoadOptions["split"]): ReturnType<typeof loadRecordCollection> =>
            loadRecordCollection({ ...TINY, mirrors: [url] }, { split });
          const { labels, checksums } = await load("train");
          assertEquals(labels, Uint8Array.of(2, 0, 1));
          assertEquals(checksums, { "tiny.tar.gz": TINY.archive.sha256 });
          assertEquals(await namesIn(join(cache, "tiny-folder")), ["tiny.tar.gz"]);
          assertEquals((await load("test")).count, 1);
          assertEquals(asked.map(({ path }) => path), ["/tiny.tar.gz"]);
        })
      ),
  );
});

Deno.test("loadRecordCollection refuses other splits and options", async () => {
  const wrong: [unknown, LeNetErrorCode, string][] = [
    [{ split: "validation" }, "option/invalid", "the split is validation, expected one of train"],
    [{ split: "train", dir: "here" }, "option/unknown", "there is no option dir"],
  ];
  for (const [options, code, part] of wrong) {
    await assertRejection(() => loadRecordCollection(TINY, options as LoadOptions), code, part);
  }
});

Deno.test("loadRecordCollection stops when it is aborted", async () => {
  await inFolder(PLAIN, (directory) =>
    assertRejection(
      () => loadRecordCollection(TINY, { split: "train", directory, signal: AbortSignal.abort() }),
      "aborted",
      "Cannot load Tiny: the caller aborted it",
    ));
});
