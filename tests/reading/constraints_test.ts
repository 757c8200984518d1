import { assertAlmostEquals, assertEquals, assertGreater, assertThrows } from "@std/assert";
import fc from "fast-check";
import { runInNewContext } from "node:vm";
import type { LineLogits } from "../../src/engine/ctc.ts";
import { LeNetError } from "../../src/errors.ts";
import {
  type Constraints,
  fittingTexts,
  type LineConstraints,
  resolveConstraints,
} from "../../src/reading/constraints.ts";
import { decode } from "../../src/engine/ctc.ts";
import { eachWay, lineOf, logsOf, textOfWay } from "../engine/lines.ts";

/** The message of the error that some values give. */
function refusal(constraints: Record<string, unknown>): string {
  const { code, message } = assertThrows(
    () => resolveConstraints(constraints as LineConstraints),
    LeNetError,
  );
  assertEquals(code, "option/invalid");
  return message;
}

function resolve(constraints: LineConstraints): Constraints {
  return resolveConstraints(constraints)!;
}

Deno.test("resolveConstraints gives nothing where nothing is known", () => {
  assertEquals(resolveConstraints({}), undefined);
});

Deno.test("resolveConstraints refuses lengths that are no whole number from 1 to 1,000, nor two in order", () => {
  const lengths = [
    ...[0, 1001, -1, 1.5, 1e9, NaN, Infinity, -Infinity, "5", null, true, {}, 5n],
    ...[[4, 2], [1, 2, 3], [1], [], [0, 4], [4, 1001], [1.5, 4], [4, NaN], ["4", "6"], [null, 6]],
    ...[[[4], 6], [1000.5, 1001]],
  ];
  for (const length of lengths) {
    const message = refusal({ length });
    assertEquals([message.includes("length"), message.includes("from 1 to 1000")], [true, true]);
  }
});

Deno.test("resolveConstraints takes the lengths 1 and 1,000, alone and as the least and the most", () => {
  const least = (length: number | readonly [number, number]) => {
    const { least, most } = resolve({ length });
    return [least, most];
  };
  assertEquals(least(1), [1, 1]);
  assertEquals(least(1000), [1000, 1000]);
  assertEquals(least([1, 1000]), [1, 1000]);
  assertEquals(least([4, 4]), [4, 4]);
});

Deno.test("resolveConstraints fits texts of the lengths alone", () => {
  const { fits } = resolve({ length: [2, 4] });
  const texts = ["", "1", "12", "1234", "12345"];
  assertEquals(texts.map((text) => fits(text)), [false, false, true, true, false]);
  const exact = resolve({ length: 3 });
  assertEquals(["12", "123", "1234"].map((text) => exact.fits(text)), [false, true, false]);
  const any = resolve({ accept: () => true });
  assertEquals([any.least, any.most, any.fits(""), any.fits("1".repeat(2000))], [
    0,
    Infinity,
    true,
    true,
  ]);
});

Deno.test("resolveConstraints counts digits, where told how many a text has, and not characters", () => {
  const { fits } = resolve({ length: 2, pattern: /[a-z]+/ });
  assertEquals([fits("planecar", 2), fits("planecar"), fits("ab", 3), fits("ab")], [
    true,
    false,
    false,
    true,
  ]);
});

Deno.test("resolveConstraints refuses patterns that are none, and the flags g and y", () => {
  for (const pattern of ["4\\d", null, 4, {}, [], () => true, { test: () => true }]) {
    assertEquals(refusal({ pattern }).includes("pattern"), true);
  }
  for (const pattern of [/4/g, /4/y, /4/gi, /4/uy]) {
    assertEquals(refusal({ pattern }).includes(`/4/${pattern.flags}`), true);
  }
});

Deno.test("resolveConstraints fits patterns to the whole text, alternatives and flags included", () => {
  const fits = (pattern: RegExp, ...texts: readonly string[]) =>
    texts.map((text) => resolve({ pattern }).fits(text));
  assertEquals(fits(/4\d/, "41", "4", "441", "141", "410"), [true, false, false, false, false]);
  assertEquals(fits(/1|23/, "1", "23", "13", "123", "3"), [true, true, false, false, false]);
  assertEquals(fits(/^7\d*$/, "7", "71", "17"), [true, true, false]);
  assertEquals(fits(/(\d)\1/u, "44", "45"), [true, false]);
  assertEquals(fits(/[0-9]{3}/i, "123", "1234"), [true, false]);
});

Deno.test("resolveConstraints takes a pattern of another realm, and one that was used before", () => {
  const pattern: RegExp = runInNewContext("/12/");
  assertEquals(pattern instanceof RegExp, false);
  pattern.lastIndex = 5;
  assertEquals([resolve({ pattern }).fits("12"), resolve({ pattern }).fits("12")], [true, true]);
});

Deno.test("resolveConstraints refuses to accept by what is no function", () => {
  for (const accept of ["1234", null, 4, {}, /4/, true]) {
    assertEquals(refusal({ accept }).includes("accept"), true);
  }
});

Deno.test("resolveConstraints asks what is accepted only of texts that fit the rest", () => {
  const asked: string[] = [];
  const accept = (text: string): boolean => {
    asked.push(text);
    return text !== "14";
  };
  const { fits } = resolve({ length: 2, pattern: /1\d/, accept });
  assertEquals(["13", "14", "1", "23", "123"].map((text) => fits(text)), [
    true,
    false,
    false,
    false,
    false,
  ]);
  assertEquals(asked, ["13", "14"]);
});

Deno.test("resolveConstraints passes on why accept threw", () => {
  const cause = new RangeError("no such bank");
  const { fits } = resolve({
    accept() {
      throw cause;
    },
  });
  const error = assertThrows(() => fits("1234"), LeNetError);
  assertEquals([error.code, error.cause], ["option/invalid", cause]);
  for (const part of ["accept", "1234", "no such bank"]) {
    assertEquals(error.message.includes(part), true, part);
  }
});

Deno.test("resolveConstraints refuses answers of accept that are neither true nor false", () => {
  for (const answer of [1, 0, "", "yes", null, undefined, Promise.resolve(true), {}]) {
    const { fits } = resolve({ accept: () => answer as boolean });
    const { code, message } = assertThrows(() => fits("1"), LeNetError);
    assertEquals(code, "option/invalid");
    assertEquals(message.includes("true or false"), true);
  }
});

const logit = fc.integer({ min: -24, max: 24 }).map((eighths) => eighths / 8);

const short = fc.integer({ min: 1, max: 5 }).chain((steps) =>
  fc.array(fc.tuple(logit, logit, logit), { minLength: steps, maxLength: steps })
).map(lineOf);

Deno.test("fittingTexts takes the likeliest text of all that fit", () => {
  const wanted = fc.record({
    length: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
    odd: fc.option(fc.boolean(), { nil: undefined }),
  });
  let fitting = 0;
  fc.assert(fc.property(short, wanted, (line, { length, odd }) => {
    const constraints = resolveConstraints({
      ...length !== undefined && { length },
      ...odd !== undefined && { accept: (text) => text.includes("1") === odd },
    });
    if (constraints === undefined) return;
    const probabilities = new Map<string, number>();
    for (const { way, probability } of eachWay(line)) {
      const text = textOfWay(way, 2).join("");
      if (!constraints.fits(text)) continue;
      probabilities.set(text, (probabilities.get(text) ?? 0) + probability);
    }
    const found = fittingTexts(logsOf(line), constraints);
    assertEquals(found.length > 0, probabilities.size > 0);
    if (found.length === 0) return;
    fitting++;
    for (const { text } of found) assertEquals(constraints.fits(text.join("")), true);
    const best = Math.max(...probabilities.values());
    // A narrow beam may miss some ways to the best text, but not the text: there are few of each length.
    assertGreater(probabilities.get(found[0].text.join(""))!, 0.8 * best);
  }));
  assertGreater(fitting, 30);
});

/** A line whose steps with digits are between steps that surely are blanks. */
function digitsOf(...digits: readonly (readonly number[])[]): LineLogits {
  const blank = digits[0].length;
  const asLogits = (probabilities: readonly number[]): number[] =>
    probabilities.map((probability) => Math.log(Math.max(probability, 1e-9)));
  const onlyBlank = [...Array(blank).fill(0), 1];
  return logsOf(lineOf(
    [onlyBlank, ...digits.flatMap((own) => [[...own, 1e-9], onlyBlank])].map(asLogits),
  ));
}

Deno.test("fittingTexts finds texts far behind the likeliest, by following more and more of each length", () => {
  // Eight digits, each one of two: 256 texts of the length 8, from all first ones to all second ones.
  const line = digitsOf(...Array.from({ length: 8 }, (_, n) => [0.7 - n / 50, 0.3 + n / 50]));
  const order = decode(line, { beam: 300 }).filter(({ text }) => text.length === 8);
  assertEquals(order.length, 256);
  /** How often accept was called until a text was found, whose place among the likeliest is told; 0 when none was. */
  const search = (place: number): [calls: number, text: string] => {
    const calls: string[] = [];
    const wanted = order[place].text.join("");
    const accept = (text: string): boolean => calls.push(text) > 0 && text === wanted;
    const [found] = fittingTexts(line, resolve({ length: 8, accept }));
    assertEquals(new Set(calls).size, calls.length);
    return [calls.length, found?.text.join("") ?? ""];
  };
  const texts = order.map(({ text }) => text.join(""));
  assertEquals(search(0), [8, texts[0]]);
  assertEquals(search(7), [8, texts[7]]);
  assertEquals(search(8), [40, texts[8]]);
  assertEquals(search(39), [40, texts[39]]);
  assertEquals(search(40), [200, texts[40]]);
  assertEquals(search(199), [200, texts[199]]);
  assertEquals(search(200), [200, ""]);
});

Deno.test("fittingTexts calls accept with the likeliest texts first", () => {
  const line = digitsOf([0.6, 0.4], [0.1, 0.9], [0.8, 0.2]);
  const calls: string[] = [];
  fittingTexts(line, resolve({ length: 3, accept: (text) => calls.push(text) < 0 }));
  assertEquals(calls.slice(0, 4), ["010", "110", "011", "111"]);
});

Deno.test("fittingTexts gives none where accept never accepts, and passes on what it throws", () => {
  const line = digitsOf([0.6, 0.4], [0.1, 0.9]);
  assertEquals(fittingTexts(line, resolve({ accept: () => false })), []);
  assertEquals(fittingTexts(line, resolve({ length: 6 })), []);
  assertEquals(fittingTexts(line, resolve({ pattern: /9/ })), []);
  const { code } = assertThrows(
    () => fittingTexts(line, resolve({ accept: () => 1 as unknown as boolean })),
    LeNetError,
  );
  assertEquals(code, "option/invalid");
});

Deno.test("fittingTexts gives the eight likeliest texts where nothing is known", () => {
  const line = digitsOf(...Array.from({ length: 8 }, (_, n) => [0.7 - n / 50, 0.3 + n / 50]));
  const found = fittingTexts(line);
  assertEquals(found.length, 8);
  assertEquals(found[0].text, [0, 0, 0, 0, 0, 0, 0, 0]);
  assertAlmostEquals(
    Math.exp(found[0].logProbability),
    Array.from({ length: 8 }, (_, n) => 0.7 - n / 50).reduce((a, b) => a * b),
    1e-6,
  );
});

Deno.test("fittingTexts finds a length that the likeliest texts do not have", () => {
  // Three digits, the middle one of which is hardly there.
  const line = logsOf(lineOf([[9, 0, 0], [0, 0, 9], [0, 2, 9], [0, 0, 9], [9, 0, 0]]));
  assertEquals(fittingTexts(line)[0].text, [0, 0]);
  assertEquals(fittingTexts(line, resolve({ length: 3 }))[0].text, [0, 1, 0]);
  assertEquals(fittingTexts(line, resolve({ length: [3, 4] }))[0].text, [0, 1, 0]);
  assertEquals(fittingTexts(line, resolve({ length: [1, 3] }))[0].text, [0, 0]);
  assertEquals(fittingTexts(line, resolve({ length: 1 }))[0].text, [0]);
  // Of nine digits that are hardly there, hundreds of likelier texts have only some.
  const faint = [0, 0, 9];
  const nine = Array.from({ length: 9 }, (_, n) => [faint, n % 2 === 0 ? [6, 0, 9] : [0, 6, 9]]);
  const hidden = logsOf(lineOf([...nine.flat(), faint]));
  assertEquals(fittingTexts(hidden)[0].text, []);
  const [found] = fittingTexts(hidden, resolve({ length: 9 }));
  assertEquals(found.text, [0, 1, 0, 1, 0, 1, 0, 1, 0]);
});
