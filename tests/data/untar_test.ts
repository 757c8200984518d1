import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { untar } from "../../src/data/source.ts";
import { LeNetError } from "../../src/errors.ts";
import { assertRejection } from "../assert_error.ts";
import { gzip } from "./idx_file.ts";
import { type TarEntry, tarFile } from "./tar_file.ts";

const A = Uint8Array.from({ length: 700 }, (_, i) => i);

const B = Uint8Array.from({ length: 512 }, (_, i) => 3 * i + 1);

const ENTRIES: readonly TarEntry[] = [
  { name: "folder/", type: "5" },
  { name: "folder/a", bytes: A },
  { name: "folder/._b", bytes: A },
  { name: "folder/other", bytes: A },
  { name: "folder/deep/b", bytes: B },
];

const TAR = tarFile(ENTRIES);

function unpack(
  packed: Uint8Array<ArrayBuffer>,
  options: { limit?: number; signal?: AbortSignal } = {},
): ReturnType<typeof untar> {
  return untar(packed, ["a", "b"], { limit: 700, what: "it.tar.gz", ...options });
}

/** The files with these names. */
const files = (...files: [string, Uint8Array][]): Map<string, Uint8Array> => new Map(files);

Deno.test("untar takes the files that are asked for, out of any folder, and no others", async () => {
  assertEquals(await unpack(gzip(TAR)), files(["a", A], ["b", B]));
});

Deno.test("untar gives no file that the archive lacks", async () => {
  assertEquals(await unpack(gzip(tarFile(ENTRIES.slice(2)))), files(["b", B]));
  assertEquals(await unpack(gzip(tarFile([]))), files());
});

Deno.test("untar gives the last of two files with one name", async () => {
  const twice = tarFile([...ENTRIES, { name: "a", bytes: B }]);
  assertEquals((await unpack(gzip(twice))).get("a"), B);
});

Deno.test("untar passes over folders and links with the name of a file", async () => {
  for (const type of ["1", "2", "5"]) {
    const tar = tarFile([{ name: "a", type }, { name: "folder/b", bytes: B }]);
    assertEquals(await unpack(gzip(tar)), files(["b", B]));
  }
});

Deno.test("untar accepts files up to its limit, and stops at one that is larger", async () => {
  for (const size of [701, 100_000_000]) {
    const tar = tarFile([{ name: "folder/a", bytes: new Uint8Array(size) }]);
    await assertRejection(
      () => unpack(gzip(tar)),
      "data/malformed",
      "Cannot unpack it.tar.gz: a: it holds more than 700 bytes, expected at most that",
    );
  }
});

Deno.test("untar passes over what it is not asked for, however large", async () => {
  const tar = tarFile([
    { name: "zeros", bytes: new Uint8Array(50_000_000) },
    { name: "a", bytes: A },
  ]);
  assertEquals(await unpack(gzip(tar)), files(["a", A]));
});

const DAMAGED: [what: string, tar: () => Uint8Array<ArrayBuffer>][] = [
  ["no gzip", () => TAR],
  ["nothing", () => new Uint8Array()],
  ["gzip of nothing", () => gzip(new Uint8Array())],
  ["gzip of something else", () => gzip(new Uint8Array(5000).fill(65))],
  ["gzip with more behind it", () => Uint8Array.from([...gzip(TAR), 1])],
  ["a wrong checksum", () => gzip(tarFile([{ name: "a", bytes: A, checksumError: 1 }]))],
  ["a size below the truth", () => gzip(tarFile([{ name: "a", bytes: A, size: 100 }]))],
  ["a size above the truth", () => gzip(tarFile([{ name: "a", bytes: B, size: 690 }]))],
  ["a size far above the truth", () => gzip(tarFile([{ name: "x", bytes: B, size: 8 ** 10 }]))],
  ["no end", () => gzip(tarFile(ENTRIES, new Uint8Array()))],
  ["half an end", () => gzip(tarFile(ENTRIES, new Uint8Array(512)))],
  ["something behind the end", () => gzip(Uint8Array.from([...TAR, 1]))],
  ["huge metadata", () => gzip(tarFile([{ name: "x", type: "x", bytes: new Uint8Array(9e6) }]))],
];

for (const [what, tar] of DAMAGED) {
  Deno.test(`untar refuses ${what}`, async () => {
    await assertRejection(
      () => unpack(tar()),
      "data/malformed",
      "Cannot unpack it.tar.gz: its gzip or tar data is cut off or damaged, expected a whole",
    );
  });
}

Deno.test("untar refuses an archive that is cut off anywhere, packed or before it was packed", async () => {
  const packed = gzip(TAR);
  for (let length = 0; length < packed.length; length++) {
    await assertRejection(() => unpack(packed.slice(0, length)), "data/malformed", "is cut off");
  }
  for (let length = 0; length < TAR.length; length += 64) {
    await assertRejection(() => unpack(gzip(TAR.slice(0, length))), "data/malformed", "is cut off");
  }
});

Deno.test("untar meets any damage with one error or an answer, never with another error", async () => {
  const damage = fc.tuple(fc.nat(TAR.length - 1), fc.integer({ min: 1, max: 255 }));
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), async (damages) => {
      const spoilt = TAR.slice();
      for (const [at, change] of damages) spoilt[at] ^= change;
      try {
        for (const { length } of (await unpack(gzip(spoilt))).values()) {
          assertEquals(length <= 700, true);
        }
      } catch (error) {
        assertEquals(error instanceof LeNetError && error.code, "data/malformed", String(error));
      }
    }),
    { numRuns: 200 },
  );
});

Deno.test("untar stops when it is aborted", async () => {
  await assertRejection(
    () => unpack(gzip(TAR), { signal: AbortSignal.abort() }),
    "aborted",
    "Cannot unpack it.tar.gz: the caller aborted it",
  );
});
