import { assertAlmostEquals, assertEquals } from "@std/assert";
import { logLoss, logProbability } from "../../src/train/log_loss.ts";

Deno.test("logProbability is the logarithm of the softmax", () => {
  const logits = Float32Array.of(0, 1, 2);
  const sum = 1 + Math.E + Math.E ** 2;
  assertAlmostEquals(logProbability(logits, 1), Math.log(Math.E / sum), 1e-12);
  const halves = 1 + Math.sqrt(Math.E) + Math.E;
  assertAlmostEquals(logProbability(logits, 2, 2), Math.log(Math.E / halves), 1e-12);
});

Deno.test("logProbability neither overflows nor loses small probabilities", () => {
  assertEquals(logProbability(Float32Array.of(10_000, 0), 1), -10_000);
  assertEquals(logProbability(Float32Array.of(10_000, 0), 0), 0);
});

Deno.test("logLoss is the mean over the answers", () => {
  const logits = Float32Array.of(0, 0, Math.log(3), 0);
  const expected = -(Math.log(1 / 2) + Math.log(1 / 4)) / 2;
  assertAlmostEquals(logLoss(logits, Uint8Array.of(0, 1)), expected, 1e-7);
});
