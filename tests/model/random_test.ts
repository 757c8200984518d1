import { assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { Random } from "../../src/model/random.ts";

function draw(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random.next());
}

Deno.test("Random gives the same numbers for the same seed, and others for another", () => {
  fc.assert(fc.property(fc.integer(), (seed) => {
    assertEquals(draw(new Random(seed), 5), draw(new Random(seed), 5));
    assertNotEquals(draw(new Random(seed), 5), draw(new Random(seed + 1), 5));
  }));
});

Deno.test("Random continues from its state as if nothing had happened", () => {
  fc.assert(fc.property(fc.integer(), fc.nat(50), (seed, skipped) => {
    const random = new Random(seed);
    draw(random, skipped);
    assertEquals(draw(new Random(random.state), 10), draw(random, 10));
  }));
});

Deno.test("Random tells seeds apart that differ only above 32 bits or in their sign", () => {
  assertNotEquals(draw(new Random(1), 5), draw(new Random(1 + 2 ** 40), 5));
  assertNotEquals(draw(new Random(0), 5), draw(new Random(-1), 5));
  assertNotEquals(draw(new Random(1), 5), draw(new Random(-1), 5));
});

Deno.test("Random spreads evenly over [0, 1)", () => {
  const counts = new Array<number>(10).fill(0);
  for (const value of draw(new Random(7), 100_000)) counts[Math.floor(value * 10)]++;
  for (const count of counts) assertAlmostEquals(count, 10_000, 400);
});

Deno.test("Random.normal has mean 0 and deviation 1", () => {
  const random = new Random(3);
  const values = Array.from({ length: 100_000 }, () => random.normal());
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  assertAlmostEquals(mean, 0, 0.02);
  assertAlmostEquals(variance, 1, 0.02);
});

Deno.test("Random.shuffle keeps every item and moves them", () => {
  const items = Array.from({ length: 100 }, (_, index) => index);
  const shuffled = new Random(1).shuffle([...items]);
  assertNotEquals(shuffled, items);
  assertEquals([...shuffled].sort((a, b) => a - b), items);
});

Deno.test("Random.integer stays below its limit and reaches every value", () => {
  const random = new Random(5);
  const seen = new Set(Array.from({ length: 1000 }, () => random.integer(7)));
  assertEquals([...seen].sort(), [0, 1, 2, 3, 4, 5, 6]);
});
