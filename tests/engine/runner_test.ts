import { assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import fc from "fast-check";
import { argMax, softmax } from "../../src/engine/runner.ts";

Deno.test("softmax gives known probabilities, and softer ones at a higher temperature", () => {
  const logits = Float32Array.of(0, Math.log(3));
  assertAlmostEquals(softmax(logits)[1], 0.75, 1e-6);
  assertAlmostEquals(softmax(logits, 2)[1], Math.sqrt(3) / (1 + Math.sqrt(3)), 1e-6);
});

Deno.test("softmax gives probabilities that sum to 1, however large the logits are", () => {
  const logits = fc.array(fc.float({ min: -(2 ** 99), max: 2 ** 99, noNaN: true }), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(fc.property(logits, fc.double({ min: 0.1, max: 10, noNaN: true }), (values, t) => {
    const probabilities = softmax(Float32Array.from(values), t);
    assertAlmostEquals(probabilities.reduce((sum, value) => sum + value, 0), 1, 1e-5);
    // Logits that differ by less than a probability can show come out level.
    const largest = probabilities[argMax(Float32Array.from(values))];
    assertEquals(largest, Math.max(...probabilities));
  }));
});

Deno.test("softmax keeps the order of the logits", () => {
  const [a, b, c] = softmax(Float32Array.of(1000, 1001, 999));
  assertGreater(b, a);
  assertGreater(a, c);
});

Deno.test("argMax gives the first of several largest", () => {
  assertEquals(argMax(Float32Array.of(1, 3, 3, 2)), 1);
});
