import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  calibrationError,
  logLoss,
  logProbability,
  riskAtCoverage,
  wilson,
} from "../src/evaluate.ts";

function error(answers: readonly (readonly [confidence: number, isRight: boolean])[]): number {
  return calibrationError(
    Float64Array.from(answers, ([confidence]) => confidence),
    Uint8Array.from(answers, ([, isRight]) => isRight ? 1 : 0),
  );
}

Deno.test("calibrationError is 0 where confidence is frequency", () => {
  assertEquals(error([[1, true], [1, true]]), 0);
  assertAlmostEquals(error([[0.75, true], [0.75, true], [0.75, true], [0.75, false]]), 0, 1e-12);
});

Deno.test("calibrationError is the difference, in one bin", () => {
  assertEquals(error([[1, false], [1, false]]), 1);
  assertAlmostEquals(error([[0.9, true], [0.9, false]]), 0.4, 1e-12);
  // 0.95 and 0.99 lie in the last of fifteen bins, and make up for each other.
  assertAlmostEquals(error([[0.95, true], [0.99, true]]), 0.03, 1e-12);
});

Deno.test("calibrationError weighs bins by their answers, and does not let them make up for each other", () => {
  // (3 × |0.5 − 1/3| + 1 × |0.9 − 1|) / 4
  const answers = [[0.5, true], [0.5, false], [0.5, false], [0.9, true]] as const;
  assertAlmostEquals(error(answers), 0.15, 1e-12);
  assertAlmostEquals(error([[0.4, true], [0.9, false]]), (0.6 + 0.9) / 2, 1e-12);
});

Deno.test("calibrationError counts a bin's upper bound as the bin's", () => {
  // 1/15 is in the first bin, with 0.01: (1/15 + 0.01 − 1) / 2.
  assertAlmostEquals(error([[1 / 15, true], [0.01, false]]), (1 - 1 / 15 - 0.01) / 2, 1e-12);
});

Deno.test("calibrationError is from 0 to 1, whatever the order", () => {
  const answer = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean());
  fc.assert(fc.property(fc.array(answer, { minLength: 1 }), (answers) => {
    const value = error(answers);
    const reversed = error([...answers].reverse());
    return value >= 0 && value <= 1 + 1e-12 && Math.abs(value - reversed) < 1e-9;
  }));
});

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

Deno.test("riskAtCoverage takes the surest answers", () => {
  const confidences = Float64Array.of(0.5, 0.9, 0.8, 0.6, 0.7);
  const isRight = Uint8Array.of(0, 1, 1, 1, 0);
  assertEquals(riskAtCoverage(confidences, isRight, [1, 0.8, 0.6, 0.4]), [
    { coverage: 1, count: 5, error: 0.4, interval: wilson(2, 5), confidence: 0.5 },
    { coverage: 0.8, count: 4, error: 0.25, interval: wilson(1, 4), confidence: 0.6 },
    { coverage: 0.6, count: 3, error: 1 / 3, interval: wilson(1, 3), confidence: 0.7 },
    { coverage: 0.4, count: 2, error: 0, interval: wilson(0, 2), confidence: 0.8 },
  ]);
});

Deno.test("riskAtCoverage takes the wrong answers first where all are equally sure", () => {
  const [{ count, error }] = riskAtCoverage(
    Float64Array.of(1, 1, 1, 1),
    Uint8Array.of(1, 1, 1, 0),
    [0.5],
  );
  assertEquals([count, error], [2, 0.5]);
});

Deno.test("riskAtCoverage takes as many answers as make up the share, to the answer", () => {
  const counts = riskAtCoverage(new Float64Array(10_000).fill(1), new Uint8Array(10_000).fill(1))
    .map(({ coverage, count }) => [coverage, count]);
  assertEquals(counts, [[1, 10_000], [0.995, 9950], [0.99, 9900], [0.98, 9800], [0.95, 9500]]);
  assertEquals(riskAtCoverage(Float64Array.of(1), Uint8Array.of(1), [0.1])[0].count, 1);
});
