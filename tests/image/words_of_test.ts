import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { wordsOf } from "../../src/image/words_of.ts";

Deno.test("wordsOf gives every four bytes as one number, wherever in memory they begin", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(8), (all, start) => {
    const bytes = all.subarray(start);
    const words = wordsOf(bytes);
    assertEquals(words.length, Math.floor(bytes.length / 4));
    assertEquals(
      new Uint8Array(words.buffer, words.byteOffset, words.byteLength),
      bytes.subarray(0, 4 * words.length),
    );
  }));
});
