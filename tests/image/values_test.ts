import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { runInNewContext } from "node:vm";
import { asWords, toBytes, toUnit, typeName } from "../../src/image/values.ts";

Deno.test("toUnit divides bytes by 255 and copies floats", () => {
  const unit = Float32Array.of(0, 51 / 255, 1);
  for (const values of [Uint8Array.of(0, 51, 255), Uint8ClampedArray.of(0, 51, 255), unit]) {
    assertEquals(toUnit(values), unit);
    assertEquals(toUnit(values).buffer === values.buffer, false);
  }
});

Deno.test("toBytes rounds floats to the nearest of 256 levels and does not copy bytes", () => {
  const floats = Float32Array.of(0, 0.4 / 255, 0.6 / 255, 0.2, 1);
  assertEquals(toBytes(floats), Uint8ClampedArray.of(0, 0, 1, 51, 255));
  const bytes = Uint8Array.of(0, 51, 255);
  assertEquals(toBytes(bytes) === bytes, true);
});

Deno.test("asWords views every four bytes as one word, wherever in memory they start", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(8), (all, start) => {
    const bytes = all.subarray(start);
    const words = asWords(bytes);
    assertEquals(words.length, Math.floor(bytes.length / 4));
    assertEquals(
      new Uint8Array(words.buffer, words.byteOffset, words.byteLength),
      bytes.subarray(0, 4 * words.length),
    );
  }));
});

Deno.test("typeName names the type of any value, also of another realm", () => {
  assertEquals(typeName(new Uint8Array(0)), "Uint8Array");
  assertEquals(typeName(runInNewContext("new Uint8Array(0)")), "Uint8Array");
  assertEquals(["x", 7, null, undefined, [], {}].map(typeName), [
    "String",
    "Number",
    "Null",
    "Undefined",
    "Array",
    "Object",
  ]);
});
