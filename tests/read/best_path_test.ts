import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { bestPath, type Step } from "../../src/read/best_path.ts";

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

const PLACES = 6;

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
