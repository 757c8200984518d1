import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { gunzip, isGzip } from "../../src/data/gunzip.ts";
import { assertError } from "./assert_error.ts";
import { gzip } from "./idx_file.ts";

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

Deno.test("gunzip refuses data that is cut off anywhere", async () => {
  for (let length = 0; length < PACKED.length; length++) {
    await assertError(
      () => gunzip(PACKED.slice(0, length), 1000, "digits.gz"),
      "data/malformed",
      "Cannot unpack digits.gz: its gzip data is cut off or damaged, expected a whole gzip file",
    );
  }
});

Deno.test("gunzip refuses a spoilt checksum, length, method or end", async () => {
  const end = PACKED.length;
  for (const at of [2, end - 8, end - 5, end - 4, end - 1]) {
    const spoilt = PACKED.slice();
    spoilt[at] ^= 1;
    await assertError(() => gunzip(spoilt, 1000, "it"), "data/malformed", "cut off or damaged");
  }
  for (const more of [[0], [1, 2, 3], [...PACKED]]) {
    const longer = Uint8Array.from([...PACKED, ...more]);
    await assertError(() => gunzip(longer, 1000, "it"), "data/malformed", "cut off or damaged");
  }
});

Deno.test("gunzip stops at its limit, however much more would come", async () => {
  assertEquals(await gunzip(PACKED, TEXT.length, "it"), TEXT);
  await assertError(
    () => gunzip(PACKED, TEXT.length - 1, "it"),
    "data/malformed",
    "Cannot unpack it: it holds more than 42 bytes, expected at most that",
  );
  const bomb = gzip(new Uint8Array(50_000_000));
  await assertError(() => gunzip(bomb, 1000, "it"), "data/malformed", "more than 1000 bytes");
});
