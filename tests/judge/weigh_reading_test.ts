import { assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { weighReading } from "../../src/judge/weigh_reading.ts";

const chance = fc.double({ min: 0, max: 1, noNaN: true });
const logits = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), {
  minLength: 10,
  maxLength: 10,
});

Deno.test("weighReading leaves what the judge says where the reading is sure", () => {
  const sure = [0, 0, 30, 0, 0, 0, 0, 0, 0, 0];
  for (const digitness of [0, 0.004, 0.5, 1]) {
    assertAlmostEquals(weighReading(digitness, sure, 1), digitness, 1e-12);
  }
});

Deno.test("weighReading takes less for a digit the more doubt there is, whatever the classes' order", () => {
  const of = (best: number, at: number): number => {
    return weighReading(0.3, Array.from({ length: 10 }, (_, k) => k === at ? best : 0), 1);
  };
  for (const best of [1, 3, 5, 8]) {
    assertLess(of(best, 2), of(best + 1, 2));
    assertEquals(of(best, 2), of(best, 9));
  }
  assertLess(of(0, 0), 0.01);
});

Deno.test("weighReading divides logits by the temperature", () => {
  fc.assert(fc.property(chance, logits, (digitness, some) => {
    assertAlmostEquals(
      weighReading(digitness, some, 2),
      weighReading(digitness, some.map((logit) => logit / 2), 1),
      1e-12,
    );
  }));
});

Deno.test("weighReading gives a probability that is at most the judge's", () => {
  fc.assert(fc.property(chance, logits, (digitness, some) => {
    const weighed = weighReading(digitness, some, 1);
    assertEquals(weighed >= 0 && weighed <= digitness + 1e-12, true, `${weighed}`);
  }));
});
