import { assertEquals, assertGreater, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { gunzip, gunzipStream, isGzip } from "../../src/data/files.ts";
import { untar } from "../../src/data/records.ts";
import { LeNetError } from "../../src/errors.ts";
import { Random } from "../../src/model/random.ts";
import { assertRejection } from "../assert_error.ts";
import { gzip } from "./idx_file.ts";
import { type TarEntry, tarFile } from "./tar_file.ts";

const TEXT = new TextEncoder().encode("a digit and a digit and a digit and a digit");

const PACKED = gzip(TEXT);

Deno.test("isGzip tells gzip from other bytes by the first two", () => {
  assertEquals(isGzip(PACKED), true);
  for (const bytes of [[], [0x1f], [0x8b, 0x1f], [0, 0, 8, 3], [0x1f, 0x8c]]) {
    assertEquals(isGzip(Uint8Array.from(bytes)), false);
  }
});

Deno.test("gunzip gives back what was packed", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (bytes) => {
      assertEquals(await gunzip(gzip(bytes), 5000, "it"), new Uint8Array(bytes));
    }),
    { numRuns: 30 },
  );
});

Deno.test("gunzip gives back what is packed in more than one piece", async () => {
  const random = new Random(1);
  const noise = Uint8Array.from({ length: 40_000 }, () => random.integer(256));
  const packed = gzip(noise);
  assertGreater(packed.length, 2 * 16_384);
  const kept = packed.slice();
  assertEquals(await gunzip(packed, noise.length, "it"), noise);
  assertEquals(packed, kept);
});

Deno.test("gunzipStream unpacks at most 16 KiB at once, so that a limit stops it in time", async () => {
  const bomb = gzip(new Uint8Array(50_000_000));
  let length = 0;
  for await (const piece of gunzipStream(bomb)) {
    // Deflate makes at most 1032 bytes of one.
    assertLessOrEqual(piece.length, 1032 * 16_384);
    length += piece.length;
  }
  assertEquals(length, 50_000_000);
});

Deno.test("gunzip refuses data that is cut off anywhere", async () => {
  for (let length = 0; length < PACKED.length; length++) {
    await assertRejection(
      () => gunzip(PACKED.slice(0, length), 1000, "digits.gz"),
      "data/malformed",
      "Cannot unpack digits.gz: its gzip data is truncated or damaged, expected a whole gzip file",
    );
  }
});

Deno.test("gunzip refuses a spoilt checksum, length, method or end", async () => {
  const end = PACKED.length;
  for (const at of [2, end - 8, end - 5, end - 4, end - 1]) {
    const spoilt = PACKED.slice();
    spoilt[at] ^= 1;
    await assertRejection(
      () => gunzip(spoilt, 1000, "it"),
      "data/malformed",
      "truncated or damaged",
    );
  }
  for (const more of [[0], [1, 2, 3], [...PACKED]]) {
    const longer = Uint8Array.from([...PACKED, ...more]);
    await assertRejection(
      () => gunzip(longer, 1000, "it"),
      "data/malformed",
      "truncated or damaged",
    );
  }
});

Deno.test("gunzip stops at its limit, however much more would come", async () => {
  assertEquals(await gunzip(PACKED, TEXT.length, "it"), TEXT);
  await assertRejection(
    () => gunzip(PACKED, TEXT.length - 1, "it"),
    "data/malformed",
    "Cannot unpack it: it has more than 42 bytes, expected at most that",
  );
  const bomb = gzip(new Uint8Array(50_000_000));
  await assertRejection(() => gunzip(bomb, 1000, "it"), "data/malformed", "more than 1000 bytes");
});

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
      "Cannot unpack it.tar.gz: a: it has more than 700 bytes, expected at most that",
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
      "Cannot unpack it.tar.gz: its gzip or tar data is truncated or damaged, expected a whole",
    );
  });
}

Deno.test("untar refuses an archive that is cut off anywhere, packed or before it was packed", async () => {
  const packed = gzip(TAR);
  for (let length = 0; length < packed.length; length++) {
    await assertRejection(() => unpack(packed.slice(0, length)), "data/malformed", "is truncated");
  }
  for (let length = 0; length < TAR.length; length += 64) {
    await assertRejection(
      () => unpack(gzip(TAR.slice(0, length))),
      "data/malformed",
      "is truncated",
    );
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
