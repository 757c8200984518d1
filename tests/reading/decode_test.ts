import { assertAlmostEquals, assertEquals, assertGreater, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import type { LineLogits } from "../../src/engine/ctc.ts";
import { align, decode, textLogProbability } from "../../src/engine/ctc.ts";
import { eachWay, lineOf, logsOf, textOfWay } from "../engine/lines.ts";

/** More than there are texts of the lines below. */
const WIDE = 1000;

/** Eighths, so that what differs does so by more than rounding. */
const logit = fc.integer({ min: -24, max: 24 }).map((eighths) => eighths / 8);

/** Lines of few steps with two digits and the blank. */
const short = fc.integer({ min: 1, max: 6 }).chain((steps) =>
  fc.array(fc.tuple(logit, logit, logit), { minLength: steps, maxLength: steps })
).map(lineOf);

/** The probability of every text that a line may show. */
function textsOf(line: LineLogits): Map<string, { text: number[]; probability: number }> {
  const texts = new Map<string, { text: number[]; probability: number }>();
  for (const { way, probability } of eachWay(line)) {
    const text = textOfWay(way, line.classes - 1);
    const key = text.join("");
    const known = texts.get(key);
    texts.set(key, { text, probability: (known?.probability ?? 0) + probability });
  }
  return texts;
}

/** A line that is about sure of a class at each step. */
function sure(digits: number, ...way: readonly number[]): LineLogits {
  const classes = Array.from({ length: digits + 1 }, (_, k) => k);
  return logsOf(lineOf(way.map((own) => classes.map((k) => k === own ? 9 : 0))));
}

Deno.test("decode gives all texts with their probabilities where the beam is wide", () => {
  fc.assert(fc.property(short, (line) => {
    const texts = textsOf(line);
    const found = decode(logsOf(line), { beam: WIDE });
    assertEquals(found.length, texts.size);
    for (const { text, logProbability } of found) {
      const { probability } = texts.get(text.join(""))!;
      assertAlmostEquals(Math.exp(logProbability), probability, 1e-9);
    }
    assertAlmostEquals(found.reduce((sum, one) => sum + Math.exp(one.logProbability), 0), 1, 1e-9);
  }));
});

Deno.test("decode gives texts most likely first, each once, as many as the beam is wide or fewer, of at most all probability", () => {
  fc.assert(fc.property(short, fc.integer({ min: 1, max: 12 }), (line, beam) => {
    const texts = textsOf(line);
    const found = decode(logsOf(line), { beam });
    assertLessOrEqual(found.length, beam);
    assertGreater(found.length, 0);
    assertEquals(new Set(found.map(({ text }) => text.join(""))).size, found.length);
    let sum = 0;
    found.forEach(({ text, logProbability }, n) => {
      if (n > 0) assertLessOrEqual(logProbability, found[n - 1].logProbability);
      // Ways that left the beam are missing.
      assertLessOrEqual(Math.exp(logProbability), texts.get(text.join(""))!.probability + 1e-9);
      sum += Math.exp(logProbability);
    });
    assertLessOrEqual(sum, 1 + 1e-9);
  }));
});

Deno.test("decode adds up all ways to write a text, and so may prefer another than the likeliest way", () => {
  // Blanks are the likeliest way, with 0.36, but 0 is on it in three others.
  const line = lineOf(Array.from({ length: 2 }, () => [Math.log(0.4), Math.log(0.6)]));
  const [best, next] = decode(logsOf(line), { beam: 2 });
  assertEquals([best.text, next.text], [[0], []]);
  assertAlmostEquals(Math.exp(best.logProbability), 0.64, 1e-9);
  assertAlmostEquals(Math.exp(next.logProbability), 0.36, 1e-9);
});

Deno.test("decode reads a repeated digit only where a blank is between", () => {
  assertEquals(decode(sure(3, 1, 1, 3, 1), { beam: 8 })[0].text, [1, 1]);
  assertEquals(decode(sure(3, 1, 1, 1), { beam: 8 })[0].text, [1]);
  assertEquals(decode(sure(3, 3, 3), { beam: 8 })[0].text, []);
});

Deno.test("decode follows texts of at most the greatest length, and gives them their probabilities", () => {
  fc.assert(
    fc.property(short, fc.nat({ max: 4 }), fc.boolean(), (line, maxLength, byLength) => {
      const texts = textsOf(line);
      const expected = [...texts.values()].filter(({ text }) => text.length <= maxLength);
      const found = decode(logsOf(line), { beam: WIDE, maxLength, byLength });
      assertEquals(found.length, expected.length);
      for (const { text, logProbability } of found) {
        assertLessOrEqual(text.length, maxLength);
        const { probability } = texts.get(text.join(""))!;
        assertAlmostEquals(Math.exp(logProbability), probability, 1e-9);
      }
    }),
  );
});

Deno.test("decode gives the best text of each length where it follows some of each", () => {
  fc.assert(fc.property(short, (line) => {
    const best = new Map<number, number>();
    for (const { text, probability } of textsOf(line).values()) {
      best.set(text.length, Math.max(best.get(text.length) ?? 0, probability));
    }
    // No length has so many texts, but all together have more.
    const found = decode(logsOf(line), { beam: 32, byLength: true });
    for (const [length, probability] of best) {
      const first = found.find(({ text }) => text.length === length)!;
      assertAlmostEquals(Math.exp(first.logProbability), probability, 1e-9);
    }
    found.forEach(({ logProbability }, n) => {
      if (n > 0) assertLessOrEqual(logProbability, found[n - 1].logProbability);
    });
  }));
});

Deno.test("decode follows as many texts of each length as the beam is wide, and of all otherwise", () => {
  const line = lineOf(Array.from({ length: 5 }, (_, n) => [0, 0.1 * n, 0.2]));
  for (const beam of [1, 2, 3]) {
    const lengths = decode(logsOf(line), { beam, byLength: true }).map(({ text }) => text.length);
    for (const length of [0, 1, 2, 3, 4, 5]) {
      // There is one text of no digit, and no other way than two to alternate at every step.
      const most = length === 0 ? 1 : Math.min(beam, 2 ** length);
      const count = lengths.filter((own) => own === length).length;
      assertEquals([length, count], [length, length === 5 ? Math.min(beam, 2) : most]);
    }
    assertEquals(decode(logsOf(line), { beam }).length, beam);
  }
});

Deno.test("decode follows no digit at a step where it is less likely than e to the −12", () => {
  for (const [log, count] of [[-11.9, 2], [-12.1, 1]]) {
    const values = Float64Array.from([log, Math.log(1 - Math.exp(log))]);
    assertEquals(decode({ values, classes: 2, steps: 1 }, { beam: 8 }).length, count);
  }
});

Deno.test("decode gives the text of no digit for a line of blanks, however long", () => {
  const [best] = decode(sure(10, ...Array(400).fill(10)), { beam: 8 });
  assertEquals(best.text, []);
  const digits = Array.from({ length: 100 }, (_, n) => n % 10);
  const long = sure(10, ...digits.flatMap((k) => [k, 10, 10, 10]));
  assertEquals(decode(long, { beam: 8 })[0].text, digits);
});

/** The likeliest way to write a text: its probability. */
function bestWay(line: LineLogits, text: readonly number[]): number {
  let best = 0;
  for (const { way, probability } of eachWay(line)) {
    if (textOfWay(way, line.classes - 1).join() === text.join()) best = Math.max(best, probability);
  }
  return best;
}

Deno.test("textLogProbability is the logarithm of the sum of all ways to write a text", () => {
  const text = fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 5 });
  fc.assert(
    fc.property(short, text, (line, text) => {
      const probability = Math.exp(textLogProbability(logsOf(line), text));
      assertAlmostEquals(probability, textsOf(line).get(text.join(""))?.probability ?? 0, 1e-9);
    }),
    { numRuns: 300 },
  );
});

Deno.test("align gives the steps of each digit on the likeliest way to write a text", () => {
  const text = fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 5 });
  let written = 0;
  fc.assert(
    fc.property(short, text, (line, text) => {
      const logs = logsOf(line);
      const digits = align(logs, text);
      const best = bestWay(line, text);
      if (best === 0) return assertEquals(digits, []);
      written++;
      assertEquals(digits.length, text.length);
      // The way that has the digits at these steps, and the blank elsewhere.
      const way = new Array<number>(line.steps).fill(2);
      let before = 0;
      digits.forEach(({ first, end }, i) => {
        assertLessOrEqual(before, first);
        assertGreater(end, first);
        before = end;
        way.fill(text[i], first, end);
      });
      assertLessOrEqual(before, line.steps);
      assertEquals(textOfWay(way, 2), text);
      const worth = way.reduce((sum, k, step) => sum + logs.values[k * line.steps + step], 0);
      assertAlmostEquals(Math.exp(worth), best, 1e-9);
    }),
    { numRuns: 300 },
  );
  assertGreater(written, 50);
});

Deno.test("align keeps a blank between equal digits", () => {
  const steps = (line: LineLogits, text: readonly number[]) =>
    align(line, text).map(({ first, end }) => [first, end]);
  assertEquals(steps(sure(3, 3, 1, 1, 3, 1, 3), [1, 1]), [[1, 3], [4, 5]]);
  assertEquals(steps(sure(3, 1, 1, 1, 1, 1), [1]), [[0, 5]]);
  for (const { first, end } of [align(sure(3, 1, 1, 1), [1, 1])[1]]) {
    assertEquals([first, end], [2, 3]);
  }
  assertEquals(steps(sure(3, 0, 1, 2), [0, 1, 2]), [[0, 1], [1, 2], [2, 3]]);
});

Deno.test("align gives nothing where there are too few steps, or no digits", () => {
  assertEquals(align(sure(3, 0, 1), [0, 1]).length, 2);
  assertEquals(align(sure(3, 0, 1), [0, 1, 2]), []);
  assertEquals(align(sure(3, 1, 1, 1), [1, 1]).length, 2);
  assertEquals(align(sure(3, 1, 1), [1, 1]), []);
  assertEquals(align(sure(3, 1, 1), []), []);
});
