import { assertEquals } from "@std/assert";
import fc from "fast-check";
import * as zlib from "node:zlib";
import { crc32 } from "../../src/image/crc32.ts";

Deno.test("crc32 gives the check value of its standard", () => {
  assertEquals(crc32(new TextEncoder().encode("123456789")), 0xcbf43926);
  assertEquals(crc32(new Uint8Array(0)), 0);
});

Deno.test("crc32 agrees with zlib on every range", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 50 }), fc.nat(50), fc.nat(50), (bytes, a, b) => {
    const start = Math.min(a, b, bytes.length);
    const end = Math.min(Math.max(a, b), bytes.length);
    assertEquals(crc32(bytes, start, end), zlib.crc32(bytes.subarray(start, end)));
  }));
});
