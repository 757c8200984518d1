import { assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { trimParameters } from "../../src/weights/trim.ts";

function trim(...values: number[]): number[] {
  const parameters = new Map([["w", { shape: [values.length], data: Float32Array.from(values) }]]);
  return [...trimParameters(parameters).get("w")!.data];
}

Deno.test("trimParameters rounds to the nearest number with 7 bits of fraction, halfway to the even one", () => {
  const bit = 2 ** -7;
  assertEquals(trim(0, -0, 1, -2, 1 + bit), [0, -0, 1, -2, 1 + bit]);
  assertEquals(trim(1 + 0.49 * bit, 1 + 0.51 * bit), [1, 1 + bit]);
  assertEquals(trim(1 + 0.5 * bit, 1 + 1.5 * bit), [1, 1 + 2 * bit]);
  assertEquals(trim(2 - 0.1 * bit), [2]);
});

Deno.test("trimParameters changes no weight by more than 0.4 %, and nothing the second time", () => {
  fc.assert(fc.property(fc.float({ min: -100, max: 100, noNaN: true }), (value) => {
    const [trimmed] = trim(value);
    assertLessOrEqual(Math.abs(trimmed - value), Math.max(Math.abs(value) * 0.004, 1e-39));
    assertEquals(trim(trimmed), [trimmed]);
  }));
});

Deno.test("trimParameters leaves its argument alone", () => {
  const data = Float32Array.of(0.123456);
  trimParameters(new Map([["w", { shape: [1], data }]]));
  assertEquals(data, Float32Array.of(0.123456));
});
