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

Deno.test("interpolateParameters lies between two networks, by the share of the first", () => {
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

Deno.test("interpolateParameters with nothing of the first is the second, bit for bit", () => {
  fc.assert(fc.property(WEIGHTS, WEIGHTS, (a, b) => {
    assertEquals(interpolateParameters(named(a), named(b), 0), named(b));
  }));
});
