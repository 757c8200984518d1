import { assertAlmostEquals, assertEquals, assertGreater, assertNotEquals } from "@std/assert";
import { degrade } from "../../../src/data/augment/degrade.ts";
import { DIGIT_DISTORTIONS, distort } from "../../../src/data/augment/distort.ts";
import { syntheticDigits } from "../../../src/data/synthetic/digits.ts";
import { Random } from "../../../src/model/random.ts";
import { FixedRandom } from "./fixed_random.ts";

const SIZE = 28 * 28;

const { images } = syntheticDigits({ count: 1, seed: 3 });

const DIGIT = Float32Array.from(images, (byte) => byte / 255);

const degraded = (seed: number): Float32Array => {
  const data = DIGIT.slice();
  degrade(data, 28, new Random(seed));
  return data;
};

Deno.test("degrade changes an image in many ways, each decided by chance, and keeps to 0 to 1", () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 60; seed++) {
    const data = degraded(seed);
    assertEquals(data, degraded(seed));
    assertEquals(data.every((value) => value >= 0 && value <= 1), true);
    seen.add(data.join());
  }
  assertGreater(seen.size, 50);
});

Deno.test("degrade leaves a digit that is like the old one", () => {
  const mean = DIGIT.reduce((sum, value) => sum + value, 0) / SIZE;
  let alike = 0;
  for (let seed = 0; seed < 60; seed++) {
    const data = degraded(seed);
    const level = data.reduce((sum, value) => sum + value, 0) / SIZE;
    const together = data.reduce((sum, value, i) => sum + (value - level) * (DIGIT[i] - mean), 0);
    if (together > 0) alike++;
  }
  // An outline is brightest where the stroke is not.
  assertGreater(alike, 50);
});

Deno.test("distort makes as many images worse as it is told to, and the others are as they were", () => {
  const count = 200;
  const many = new Float32Array(count * SIZE);
  for (let n = 0; n < count; n++) many.set(DIGIT, n * SIZE);
  const none = { rotation: 0, scale: 0, shear: 0, shift: 0, elastic: 0, thickness: 0, strength: 1 };
  const out = new Float32Array(many.length);
  distort(many, [1, 28, 28], { ...none, degrade: 0.25 }, new Random(1), out);
  let worse = 0;
  for (let n = 0; n < count; n++) {
    const own = out.subarray(n * SIZE, (n + 1) * SIZE);
    if (own.some((value, i) => Math.abs(value - DIGIT[i]) > 1e-6)) worse++;
  }
  assertGreater(worse, 30);
  assertGreater(70, worse);
  const whole = { ...DIGIT_DISTORTIONS, degrade: 1 };
  const [a, b] = [DIGIT_DISTORTIONS, whole].map((distortions) => {
    const out = new Float32Array(SIZE);
    distort(DIGIT, [1, 28, 28], distortions, new Random(2), out);
    return out;
  });
  assertNotEquals(a, b);
});

/** A picture, four pixels wide, after a degradation that these numbers decide. */
function decided(rows: readonly (readonly number[])[], ...numbers: number[]): number[][] {
  const data = Float32Array.from(rows.flat());
  degrade(data, 4, new FixedRandom(...numbers));
  return rows.map((_, y) => [...data.subarray(4 * y, 4 * y + 4)]);
}

const CORNER = [[1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]];

Deno.test("degrade blurs by binomial weights, and what is outside is 0", () => {
  const [focus, once, twice] = [0.5, 0.49, 0.5];
  assertEquals(decided(CORNER, 0, focus, 0, once), [
    [4 / 16, 2 / 16, 0, 0],
    [2 / 16, 1 / 16, 0, 0],
    [0, 0, 0, 0],
  ]);
  assertEquals(decided(CORNER, 0, focus, 0, twice)[0], [25 / 256, 20 / 256, 5 / 256, 0]);
});

Deno.test("degrade blurs along a line of five pixels", () => {
  const [moves, across, down] = [0.49, 0, 0.5];
  const fifth = Math.fround(1 / 5);
  assertEquals(decided(CORNER, 0, moves, across), [
    [fifth, fifth, fifth, 0],
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ]);
  assertEquals(decided(CORNER, 0, moves, down), [1, 2, 3].map(() => [fifth, 0, 0, 0]));
});

Deno.test("degrade keeps edges: half the difference of both neighbours, times the gain", () => {
  const [edges, gainOfOne] = [5.5 / 9, 0];
  const rows = decided([[0, 0, 0, 0], [0, 1, 0, 0], [1, 0, 0, 0]], edges, gainOfOne);
  const diagonal = Math.SQRT1_2;
  const expected = [[0, 0.5, 0, 0], [diagonal, 0, 0.5, 0], [0, diagonal, 0, 0]];
  expected.flat().forEach((value, i) => assertAlmostEquals(rows.flat()[i], value, 1e-7));
});
