import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  AGREEMENT,
  agreementText,
  digitTable,
  GOALS,
  stringTable,
} from "../../../scripts/research/real/goals.ts";
import type { Agreement, DigitResult } from "../../../scripts/research/real/measure_digits.ts";
import { DIGIT_SETS, REAL_SETS } from "../../../scripts/research/real/sets.ts";
import { checkGoals } from "../../../scripts/research/shared/goals.ts";

/** The least accuracy on each set, in percent. */
const LEAST = [94.4, 98.4, 98, 100, 93, 93, 78, 99.2, 92.5];

const AGREED: Agreement = { classified: 1000, same: 990, onlyRead: 0 };

/** Results of all sets with so much accuracy, in percent. */
function results(
  accuracy: (set: number) => number,
  { lost = 0, agreement = AGREED }: { lost?: number; agreement?: Agreement } = {},
): DigitResult[] {
  return DIGIT_SETS.map((set, n) => ({
    set,
    count: 1000,
    right: 10 * accuracy(n),
    misread: 3,
    refused: n === 0 ? { "not-a-digit": 2 } : { "no-ink": 1 },
    rightUnrefused: 0,
    share: accuracy(n) / 100,
    interval: [0.25, 0.5],
    shareUnrefused: (accuracy(n) + lost) / 100,
    milliseconds: { mean: 2, median: 1.5 },
    agreement,
  }));
}

const unmet = (digits: DigitResult[]): string[] =>
  checkGoals(GOALS, { digits, strings: [] }, [...REAL_SETS, AGREEMENT])
    .filter(({ isMet }) => !isMet).map(({ name }) => name);

Deno.test("GOALS are met at their limits, and missed beyond", () => {
  assertEquals(unmet(results((n) => LEAST[n])), []);
  for (const [at, set] of DIGIT_SETS.entries()) {
    const missed = unmet(results((n) => n === at ? LEAST[n] - 0.01 : 100));
    assertEquals(missed, [set]);
  }
  const mean = (value: number) => results((n) => n === 6 ? 9 * value - 800 : 100);
  assertEquals(unmet(mean(94.01)), ["dida"]);
  assertEquals(unmet(mean(93.99)), ["dida", "mean of these 9"]);
  assertEquals(unmet(results(() => 100, { lost: 1.49 })), []);
  assertEquals(unmet(results(() => 100, { lost: 1.51 })), [
    "right readings lost to refusal, mean of these",
  ]);
  assertEquals(unmet(results(() => 100, { agreement: { ...AGREED, same: 989 } })), [
    "pictures of one digit that readDigits reads otherwise than classifyDigit",
  ]);
});

Deno.test("GOALS that need sets that were not asked for are left out", () => {
  const digits = results(() => 100).slice(0, 2);
  const names = checkGoals(GOALS, { digits, strings: [] }, ["photo", "canvas", AGREEMENT])
    .map(({ name }) => name);
  assertEquals(names, ["photo", "canvas"]);
});

Deno.test("digitTable has a column for each reason, a row for each set, and their mean", () => {
  const lines = digitTable(results((n) => LEAST[n], { lost: 2 })).split("\n");
  assertEquals(lines.length, DIGIT_SETS.length + 2);
  assertMatch(lines[0], /misread +no-ink +not-a-digit +nothing refused +lost/);
  assertMatch(
    lines[1],
    /^photo +1,000 +94.40 % +25.00 to 50.00 +3 +0 +2 +96.40 % +2.00 +2.00 +1.50/,
  );
  assertMatch(lines[2], /^canvas +1,000 .* 3 +1 +0 /);
  assertMatch(lines[10], /^mean of 9 +94.06 % +96.06 % +2.00 *$/);
  assertEquals(new Set(lines.map((line) => line.length)).size, 1);
});

Deno.test("stringTable shows whole strings and edits", () => {
  const [, line] = stringTable([{
    set: "strings_photo",
    count: 11,
    right: 10,
    none: 1,
    share: 10 / 11,
    interval: [0.5, 1],
    edits: 0.25,
    editsPerCharacter: 0.05,
    milliseconds: { mean: 2, median: 1.5 },
  }]).split("\n");
  assertMatch(line, /^strings_photo +11 +90.91 % +50.00 to 100.00 +1 +0.25 +0.050 +2.00 +1.50$/);
});

Deno.test("agreementText adds up all sets, and is empty where they were not compared", () => {
  const digits = results(() => 100);
  assertStringIncludes(
    agreementText(digits),
    "the same digit in 8,910 of the 9,000 pictures that classifyDigit reads (99.00 %)",
  );
  assertEquals(agreementText(digits.map(({ agreement: _, ...others }) => others)), "");
});
