import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { bestPath } from "../../src/read/best_path.ts";
import { likelyDigits } from "../../src/read/likely_digits.ts";
import type { Candidate } from "../../src/read/whole_digit.ts";

/** A candidate of which only the place matters. */
function candidate(first: number, last: number, odds: number): Candidate {
  const map = { data: new Float32Array(0), width: 0, height: 0 };
  const found = { map, box: { x: 0, y: 0, width: 0, height: 0 } };
  const nowhere = { found, x: 0, y: 0, mass: 0, gap: 0, leftCost: 0, rightCost: 0 };
  return { segment: { first, last, ...nowhere }, odds, digits: new Float32Array(10) };
}

Deno.test("likelyDigits leaves out what is on no good way, however good it is itself", () => {
  const whole = candidate(0, 2, 5);
  const [left, right] = [candidate(0, 1, 3), candidate(1, 2, -1)];
  const [good, hopeless] = [candidate(0, 1, 4), candidate(1, 2, -20)];
  assertEquals(likelyDigits([whole, left, right], 2), [whole, left, right]);
  assertEquals(likelyDigits([whole, good, hopeless], 2), [whole]);
});

Deno.test("likelyDigits gives nothing where no way leads to the end", () => {
  assertEquals(likelyDigits([candidate(0, 1, 5)], 2), []);
  assertEquals(likelyDigits([], 1), []);
});

Deno.test("likelyDigits never leaves out a part of the best way", () => {
  const PLACES = 5;
  const any = fc.tuple(
    fc.integer({ min: 0, max: PLACES - 1 }),
    fc.integer({ min: 1, max: PLACES }),
    fc.double({ min: -30, max: 30, noNaN: true }),
  ).filter(([first, last]) => first < last).map((parts) => candidate(...parts));
  fc.assert(fc.property(fc.array(any, { maxLength: 20 }), (candidates) => {
    const steps = candidates.map((own) => ({ ...own.segment, score: own.odds, own }));
    const kept = likelyDigits(candidates, PLACES);
    for (const { own } of bestPath(steps, PLACES)) assertEquals(kept.includes(own), true);
  }));
});
