import { assertAlmostEquals, assertGreater } from "@std/assert";
import { fitTemperature } from "../../scripts/research/fit_temperature.ts";
import { logLoss } from "../../src/metrics.ts";
import { Random } from "../../src/model/random.ts";

/** Answers of two classes, of which so many in ten are right, with logits that differ by so much. */
function answers(rightOfTen: number, difference: number): [Float32Array, Uint8Array] {
  return [
    Float32Array.from({ length: 20 }, (_, i) => i % 2 === 0 ? difference : 0),
    Uint8Array.from({ length: 10 }, (_, n) => n < rightOfTen ? 0 : 1),
  ];
}

Deno.test("fitTemperature makes the probability the share that is right", () => {
  // σ(d / T) = p where T = d / ln(p / (1 − p)).
  for (const [right, difference] of [[9, 5], [8, 1], [6, 2], [7, 0.5]]) {
    const expected = difference / Math.log(right / (10 - right));
    assertAlmostEquals(fitTemperature(...answers(right, difference)) / expected, 1, 1e-3);
  }
});

Deno.test("fitTemperature finds 1 for a network that knows how sure to be, and its scale for another", () => {
  const random = new Random(1);
  const count = 20_000;
  const logits = Float32Array.from({ length: 3 * count }, () => 2 * random.normal());
  const labels = Uint8Array.from({ length: count }, (_, n) => {
    const weights = [...logits.subarray(3 * n, 3 * n + 3)].map(Math.exp);
    let chance = random.next() * (weights[0] + weights[1] + weights[2]);
    return weights.findIndex((weight) => (chance -= weight) < 0);
  });
  assertAlmostEquals(fitTemperature(logits, labels), 1, 0.03);
  const tripled = fitTemperature(logits.map((logit) => 3 * logit), labels);
  assertAlmostEquals(tripled / fitTemperature(logits, labels), 3, 1e-3);
});

Deno.test("fitTemperature loses no more than its neighbours", () => {
  const [logits, labels] = answers(8, 3);
  const temperature = fitTemperature(logits, labels);
  const loss = logLoss(logits, labels, temperature);
  for (const factor of [0.9, 0.99, 1.01, 1.1]) {
    assertGreater(logLoss(logits, labels, factor * temperature), loss);
  }
});

Deno.test("fitTemperature stays at its bounds where all is right, or no better than chance", () => {
  assertAlmostEquals(fitTemperature(...answers(10, 5)), 0.05, 1e-4);
  assertAlmostEquals(fitTemperature(...answers(5, 5)), 20, 1e-3);
});
