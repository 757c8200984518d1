import { assertEquals } from "@std/assert";
import { riskAtCoverage } from "../../src/train/risk_at_coverage.ts";
import { wilson } from "../../src/train/wilson.ts";

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
