import { assertEquals, assertLess, assertThrows } from "@std/assert";
import fc from "fast-check";
import { LeNetError } from "../../mod.ts";
import { greyPng } from "../../scripts/research/hard_set/pictures/picture.ts";
import { createHandler } from "../../src/serve/mod.ts";
import { lengthIn, simplePattern } from "../../src/reading/constraints.ts";
import { SEVERAL } from "../reason_pictures.ts";
import { assertProblem } from "./assert_problem.ts";

const PNG = new Uint8Array(greyPng(SEVERAL.picture));

const handler = createHandler();

const ask = (query: string, init: RequestInit = {}): Promise<Response> =>
  handler(
    new Request(`http://localhost/read${query}`, {
      method: "POST",
      headers: { "content-type": "image/png" },
      body: PNG,
      ...init,
    }),
  );

Deno.test("POST /read gives the likeliest text that fits length and pattern, and the next best", async () => {
  const { length } = SEVERAL.text;
  const textOf = async (query: string): Promise<string> => {
    const response = await ask(query);
    const { text, reason, lines: [line] } = await response.json();
    assertEquals([query, response.status, reason, line.text], [query, 200, null, text]);
    assertEquals(line.alternatives.every((one: { text: string }) => one.text !== text), true);
    return text;
  };
  assertEquals(await textOf(""), SEVERAL.text);
  assertEquals(await textOf(`?length=${length}`), SEVERAL.text);
  assertEquals(await textOf(`?length=1-${length + 2}`), SEVERAL.text);
  // What else the line may show fits, where the likeliest text does not.
  const [{ alternatives: [{ text: other }] }] = (await (await ask("")).json()).lines;
  assertEquals(await textOf(`?pattern=${encodeURIComponent(`${other}|[0-4]\\d{30}`)}`), other);
  const pattern = encodeURIComponent(`${other}|\\d{${length}}`);
  assertEquals(await textOf(`?pattern=${pattern}`), SEVERAL.text);
  assertEquals(await textOf(`?pattern=${pattern}&length=${length}`), SEVERAL.text);
});

Deno.test("POST /read answers 200 without a text where nothing fits, and leaves out what is less sure", async () => {
  const unfit = await ask("?length=90");
  const { backend: _, ...answer } = await unfit.json();
  assertEquals([unfit.status, answer], [
    200,
    { text: null, reason: "no-fit", digits: [], lines: [] },
  ]);
  for (const name of ["reject", "rejectLine"]) {
    const { text, reason } = await (await ask(`?${name}=1`)).json();
    assertEquals([text, reason], ["", "rejected"]);
  }
});

Deno.test("POST /read refuses lengths and patterns that it does not take with option/invalid", async () => {
  for (
    const query of [
      "length=0",
      "length=6-4",
      "length=",
      "length=1001",
      "pattern=",
      "pattern=\\d*",
      "pattern=(1{2}){3}",
      "pattern=\\d+",
    ]
  ) {
    await assertProblem(await ask(`?${query}`), 400, "option/invalid");
  }
});

Deno.test("POST /read refuses other parameters, and one that is given twice, with request/malformed", async () => {
  for (const query of ["lenght=5", "length=5&length=6", "reject=2", "rejectLine=", "accept=luhn"]) {
    await assertProblem(await ask(`?${query}`), 400, "request/malformed");
  }
});

Deno.test("POST /read stops when the client aborts the request, and logs nothing", async () => {
  const { error } = console;
  const logged: unknown[] = [];
  console.error = (...what) => logged.push(what);
  try {
    const before = ask("", { signal: AbortSignal.abort() });
    await assertProblem(await before, 499, "aborted");
    const body = new FormData();
    for (let n = 0; n < 100; n++) body.append("file", new File([PNG], `${n}.png`));
    const controller = new AbortController();
    const between = handler(
      new Request("http://localhost/read", { method: "POST", body, signal: controller.signal }),
    );
    setTimeout(() => controller.abort(), 100);
    await assertProblem(await between, 499, "aborted");
  } finally {
    console.error = error;
  }
  assertEquals(logged, []);
});

Deno.test("lengthIn reads a number of digits, or the least and the most", () => {
  assertEquals([lengthIn("read", "5"), lengthIn("read", "4-6")], [5, [4, 6]]);
  assertEquals([lengthIn("read", "1-1000"), lengthIn("read", "7-7")], [[1, 1000], 7]);
  for (const text of ["", "0", "0-3", "1001", "6-4", "-3", "3-", "4–6", "5.0", " 5", "1e3"]) {
    assertThrows(() => lengthIn("read", text), LeNetError, "Cannot read: length is ");
  }
});

const digit = fc.oneof(
  fc.constantFrom("0", "1", "2", "\\d", "[0-9]", "[01]", "[0-12]"),
);

const repeat = fc.constantFrom("", "", "?", "{2}", "{0}", "{0,2}", "{1,3}");

/** Patterns that are accepted, without a repeat of what repeats itself. */
const pattern = fc.letrec<{ plain: string; pattern: string }>((tie) => ({
  plain: fc.oneof(
    { depthSize: "small" },
    digit,
    fc.tuple(tie("plain"), tie("plain")).map(([a, b]) => a + b),
    fc.tuple(tie("plain"), tie("plain")).map(([a, b]) => `(${a}|${b})`),
    tie("plain").map((plain) => `(?:${plain})`),
  ),
  pattern: fc.oneof(
    { depthSize: "small" },
    fc.tuple(digit, repeat).map((parts) => parts.join("")),
    fc.tuple(tie("plain"), repeat).map(([plain, repeat]) => `(${plain})${repeat}`),
    fc.tuple(tie("pattern"), tie("pattern")).map(([a, b]) => a + b),
    fc.tuple(tie("pattern"), tie("pattern")).map(([a, b]) => `(${a}|${b})`),
  ),
})).pattern.filter(({ length }) => length <= 200);

Deno.test("simplePattern matches what the same regular expression matches", () => {
  const text = fc.string({ unit: fc.constantFrom("0", "1", "2", "5"), maxLength: 8 });
  fc.assert(fc.property(pattern, fc.array(text, { minLength: 5 }), (pattern, texts) => {
    const regExp = new RegExp(`^(?:${pattern})$`);
    const matches = simplePattern(pattern);
    for (const text of texts) assertEquals([text, matches(text)], [text, regExp.test(text)]);
  }));
  assertEquals(simplePattern("4\\d{15}")("4111111111111111"), true);
});

Deno.test("simplePattern refuses what it does not match as a regular expression, or not in time", () => {
  for (
    const pattern of [
      "",
      "*",
      "1*",
      "1+",
      "1{2,}",
      "1{,2}",
      "1{3,2}",
      "1{1001}",
      "1??",
      "1{2}?",
      "1{2}{3}",
      "(1?){2}",
      "((1{2})|3)?",
      "?",
      "(1",
      "1)",
      "()",
      "1|",
      "|1",
      "[]",
      "[^1]",
      "[5-3]",
      "[a]",
      "[\\d]",
      ".",
      "^1$",
      "a",
      "\\w",
      "(?=1)",
      "(1)\\1",
      "1".repeat(201),
    ]
  ) {
    const error = assertThrows(
      () => simplePattern(pattern),
      LeNetError,
      "Cannot read: pattern has ",
    );
    assertEquals(error.code, "option/invalid");
  }
});

Deno.test("simplePattern takes no longer for patterns that regular expressions take for ever to match", () => {
  const start = performance.now();
  for (
    const pattern of [
      `${"\\d?".repeat(40)}${"\\d{40}"}2`,
      `${"(1|1)".repeat(38)}2`,
      "(1|1|\\d){1000}2",
      `${"\\d{0,1000}".repeat(18)}2`,
    ]
  ) {
    assertEquals(simplePattern(pattern)("1".repeat(100)), false);
  }
  assertLess(performance.now() - start, 2000);
});
