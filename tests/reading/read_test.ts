import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { softmax } from "../../src/engine/runner.ts";
import {
  bestPath,
  type Candidate,
  labelDigit,
  likelyDigits,
  type Step,
} from "../../src/reading/read.ts";

const PLACES = 6;

const logitsOf = (...pairs: readonly (readonly [digit: number, logit: number])[]): Float32Array => {
  const logits = new Float32Array(10);
  for (const [digit, logit] of pairs) logits[digit] = logit;
  return logits;
};

/** A candidate of which only the place matters. */
function candidate(first: number, last: number, odds: number): Candidate {
  const map = { data: new Float32Array(0), width: 0, height: 0 };
  const found = { map, box: { x: 0, y: 0, width: 0, height: 0 } };
  const nowhere = { found, x: 0, y: 0, mass: 0, gap: 0, leftCost: 0, rightCost: 0 };
  return { segment: { first, last, ...nowhere }, odds, digits: new Float32Array(10) };
}

Deno.test("bestPath takes the way that is worth the most, and no step of another", () => {
  const steps: Step[] = [
    { first: 1, last: 2, score: 1 },
    { first: 0, last: 1, score: 1 },
    { first: 0, last: 2, score: 1.5 },
    { first: 2, last: 3, score: -4 },
    { first: 1, last: 3, score: -1 },
  ];
  assertEquals(bestPath(steps, 2), [steps[1], steps[0]]);
  assertEquals(bestPath(steps, 3), [steps[1], steps[4]]);
});

Deno.test("bestPath finds none where no way leads to the end", () => {
  assertEquals(bestPath([{ first: 0, last: 1, score: 1 }, { first: 2, last: 3, score: 1 }], 3), []);
  assertEquals(bestPath([], 1), []);
  assertEquals(bestPath([], 0), []);
});

Deno.test("bestPath is worth as much as the best of all ways", () => {
  const step = fc.tuple(
    fc.integer({ min: 0, max: PLACES - 1 }),
    fc.integer({ min: 1, max: PLACES }),
    fc.integer({ min: -20, max: 20 }),
  ).filter(([first, last]) => first < last)
    .map(([first, last, score]): Step => ({ first, last, score }));
  fc.assert(fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
    const worth = (place: number): number =>
      place === PLACES ? 0 : Math.max(
        -Infinity,
        ...steps.filter(({ first }) => first === place).map(({ last, score }) =>
          score + worth(last)
        ),
      );
    const path = bestPath(steps, PLACES);
    if (path.length === 0) return assertEquals(worth(0), -Infinity);
    path.forEach(({ first }, n) => assertEquals(first, n === 0 ? 0 : path[n - 1].last));
    assertEquals(path.at(-1)?.last, PLACES);
    assertEquals(path.reduce((sum, { score }) => sum + score, 0), worth(0));
  }));
});

Deno.test("labelDigit takes the digit that both networks name, and the surer one where they differ", () => {
  const seven = logitsOf([7, 6]);
  for (const isCut of [false, true]) {
    assertEquals(labelDigit(seven, isCut, softmax(seven)).digit, 7);
    assertEquals(labelDigit(logitsOf([1, 1]), isCut, softmax(logitsOf([7, 8]))).digit, 7);
  }
});

Deno.test("labelDigit believes the network of single digits more where no cut was made", () => {
  const [one, seven] = [logitsOf([1, 9]), softmax(logitsOf([7, 9]))];
  assertEquals(labelDigit(one, false, seven).digit, 1);
  assertEquals(labelDigit(one, true, seven).digit, 7);
});

Deno.test("labelDigit gives the network of single digits 0.8 of the say, and 0.45 of what was cut", () => {
  const [one, other] = [logitsOf([1, 30]), softmax(logitsOf([7, 30]))];
  const alone = labelDigit(one, false, other);
  assertEquals(alone.digit, 1);
  assertAlmostEquals(alone.probability, 0.8, 0.05);
  const cut = labelDigit(one, true, other);
  assertEquals(cut.digit, 7);
  assertAlmostEquals(cut.probability, 0.55, 0.05);
});

Deno.test("labelDigit is less sure where the networks differ than where they agree", () => {
  const [one, seven] = [logitsOf([1, 5]), logitsOf([7, 5])];
  const apart = labelDigit(one, true, softmax(seven));
  const agreed = labelDigit(one, true, softmax(one));
  assertEquals(apart.probability < 0.9 && agreed.probability > 0.9, true);
});

Deno.test("labelDigit asks the network of single digits alone where there is no other", () => {
  const { digit, probability } = labelDigit(logitsOf([3, Math.log(91)]), true);
  assertEquals(digit, 3);
  assertAlmostEquals(probability, 0.91, 1e-5);
});

Deno.test("likelyDigits leaves out what is on no good way, however good it is itself", () => {
  const whole = candidate(0, 2, 5);
  const [left, right] = [candidate(0, 1, 3), candidate(1, 2, -1)];
  const [good, hopeless] = [candidate(0, 1, 4), candidate(1, 2, -20)];
  assertEquals(likelyDigits([whole, left, right], 2), [whole, left, right]);
  assertEquals(likelyDigits([whole, good, hopeless], 2), [whole]);
});

Deno.test("likelyDigits keeps ways whose odds are up to e to the 8 times worse than the best", () => {
  const [whole, left] = [candidate(0, 2, 5), candidate(0, 1, 3)];
  for (const [odds, isKept] of [[-5.9, true], [-6.1, false]] as const) {
    const right = candidate(1, 2, odds);
    assertEquals(likelyDigits([whole, left, right], 2), isKept ? [whole, left, right] : [whole]);
  }
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
