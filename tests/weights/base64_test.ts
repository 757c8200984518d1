import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { fromBase64, toBase64 } from "../../src/weights/base64.ts";
import { assertError } from "./assert_error.ts";

Deno.test("toBase64 gives known texts", () => {
  assertEquals(toBase64(new Uint8Array()), "");
  assertEquals(toBase64(new Uint8Array([0])), "AA==");
  assertEquals(toBase64(new Uint8Array([255, 254, 253])), "//79");
});

Deno.test("fromBase64 undoes toBase64", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
    assertEquals(fromBase64(toBase64(bytes)), new Uint8Array(bytes));
  }));
});

Deno.test("fromBase64 undoes toBase64 for more bytes than a call takes arguments", () => {
  const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => i * 31);
  assertEquals(fromBase64(toBase64(bytes)), bytes);
});

Deno.test("fromBase64 refuses what is not base64", () => {
  for (const text of ["A", "A===", "é", "AA-_", "{}"]) {
    assertError(() => fromBase64(text), "weights/malformed", "is not base64");
  }
});
