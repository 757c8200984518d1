import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Parameters } from "../../src/model/parameters.ts";
import { interpolateParameters } from "../../src/train/fine_tune.ts";

const WEIGHTS = fc.array(fc.float({ noNaN: true, min: -10, max: 10 }), {
  minLength: 3,
  maxLength: 3,
});

function named(values: readonly number[]): Parameters {
  return new Map([["fc1.bias", { shape: [3], data: Float32Array.from(values) }]]);
}

Deno.test("interpolateParameters gives weights between the old and the trained ones, by the share of the old", () => {
  fc.assert(
    fc.property(WEIGHTS, WEIGHTS, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, share) => {
      const { shape, data } = interpolateParameters(named(a), named(b), share).get("fc1.bias")!;
      assertEquals(shape, [3]);
      data.forEach((value, i) =>
        assertAlmostEquals(value, share * a[i] + (1 - share) * b[i], 1e-5)
      );
    }),
  );
});

Deno.test("interpolateParameters with a share of 0 gives the trained weights, bit for bit", () => {
  fc.assert(fc.property(WEIGHTS, WEIGHTS, (a, b) => {
    assertEquals(interpolateParameters(named(a), named(b), 0), named(b));
  }));
});

Deno.test("interpolateParameters gives the old weights at 1, the mean at a half, and little at a small share", () => {
  const [old, trained] = [named([1, -2, 0.5]), named([3, 2, 0.5])];
  const at = (share: number): number[] => [
    ...interpolateParameters(old, trained, share).get("fc1.bias")!.data,
  ];
  assertEquals(at(0), [3, 2, 0.5]);
  assertEquals(at(2 ** -10), [3 - 2 ** -9, 2 - 2 ** -8, 0.5]);
  assertEquals(at(0.5), [2, 0, 0.5]);
  assertEquals(at(1), [1, -2, 0.5]);
});
