import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type HeaderValue, parseHeaderJson } from "../../src/weights/header_json.ts";
import { assertError } from "./assert_error.ts";

const unicode = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("__proto__", "7", "", '"', "\\", "\\\\", "\0", "\n", "\u2028", "😀"),
);

/** As JSON text, with spaces wherever the grammar takes them. */
function format(value: HeaderValue): string {
  if (Array.isArray(value)) return ` [ ${value.map(format).join(" ,\n")}\t] `;
  if (value instanceof Map) {
    const members = [...value].map(([key, member]) =>
      `\r${JSON.stringify(key)} : ${format(member)}`
    );
    return `{${members.join(" , ")} }`;
  }
  return JSON.stringify(value);
}

const leaf = fc.oneof(unicode, fc.maxSafeNat());
const list = fc.array(leaf);
const objectOf = (member: fc.Arbitrary<HeaderValue>): fc.Arbitrary<Map<string, HeaderValue>> =>
  fc.array(fc.tuple(unicode, member)).map((entries) => new Map(entries));

Deno.test("parseHeaderJson gives every value that can be in a header, keys in order", () => {
  const value = objectOf(fc.oneof(leaf, list, objectOf(fc.oneof(leaf, list))));
  fc.assert(fc.property(value, (value) => assertEquals(parseHeaderJson(format(value)), value)));
});

Deno.test("parseHeaderJson tells keys with escapes apart", () => {
  const keys = ['"', "\\", "\0", "\n", "a", "é"];
  fc.assert(
    fc.property(fc.shuffledSubarray(keys), (chosen) => {
      const text = `{${chosen.map((key) => `${JSON.stringify(key)}:1`).join(",")}}`;
      assertEquals([...(parseHeaderJson(text) as Map<string, number>).keys()], chosen);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("parseHeaderJson throws for every text that JSON.parse does not take, and nothing but LeNetError", () => {
  const pieces = fc.constantFrom(
    ...'{}[]:,"\\0123 \n\tatrue-.eu',
    "null",
    '"a"',
    "{}",
    '"a":1',
    "[1]",
  );
  fc.assert(
    fc.property(fc.array(pieces).map((found) => found.join("")), (text) => {
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      if (valid) return;
      assertError(() => parseHeaderJson(text), "weights/malformed", "Cannot read the weights");
    }),
    { numRuns: 3000 },
  );
});

Deno.test("parseHeaderJson refuses the JSON that a header has no use for", () => {
  for (const text of ["null", "true", "false", "-1", "1.5", "1e3", "1E3", "[null]", '{"a":-0}']) {
    assertError(() => parseHeaderJson(text), "weights/malformed", "expected JSON of texts");
  }
});

Deno.test("parseHeaderJson refuses numbers that a double cannot hold exactly", () => {
  assertEquals(parseHeaderJson("9007199254740991"), Number.MAX_SAFE_INTEGER);
  for (const text of ["9007199254740992", "9".repeat(400)]) {
    assertError(() => parseHeaderJson(text), "weights/malformed", "a number beyond 2^53 - 1");
  }
});

Deno.test("parseHeaderJson refuses to nest deeper than a header does", () => {
  assertEquals(parseHeaderJson("[[[]]]"), [[[]]]);
  for (const text of ["[[[[]]]]", "[".repeat(1e6), '{"a":'.repeat(1e6)]) {
    assertError(() => parseHeaderJson(text), "weights/malformed", "expected JSON of texts");
  }
});

Deno.test("parseHeaderJson takes a text of millions of characters", () => {
  const text = '\\"'.repeat(3e6);
  assertEquals((parseHeaderJson(`"${text}"`) as string).length, 3e6);
});
