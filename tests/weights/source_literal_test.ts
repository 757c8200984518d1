import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { sourceLiteral } from "../../src/weights/source_literal.ts";

/** What the source text means as a program. */
function evaluate(source: string): Promise<{ default: unknown }> {
  return import(`data:text/javascript,${encodeURIComponent(`export default ${source};`)}`);
}

Deno.test("sourceLiteral gives source text that means the same data", async () => {
  const key = fc.oneof(
    fc.string(),
    fc.constantFrom("__proto__", "constructor", "a-b", "7", '"', "class", "${x}", "`", "\\"),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, true, false),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
      key,
      fc.string({ minLength: 60, maxLength: 120 }),
      fc.array(tie("value")),
      fc.array(fc.tuple(key, tie("value"))).map((entries) => Object.fromEntries(entries)),
    ),
  }));
  await fc.assert(
    fc.asyncProperty(value, async (data) => {
      assertEquals((await evaluate(sourceLiteral(data))).default, data);
    }),
    { numRuns: 300 },
  );
});

Deno.test("sourceLiteral puts on one line what fits there, and one item on a line otherwise", () => {
  const data = {
    short: { a: [1, 2], "b-c": null, empty: {}, none: [] },
    long: Array.from({ length: 3 }, () => "x".repeat(30)),
    checksum: "0".repeat(90),
  };
  assertEquals(
    sourceLiteral(data),
    `{
  short: { a: [1, 2], "b-c": null, empty: {}, none: [] },
  long: [
    "${"x".repeat(30)}",
    "${"x".repeat(30)}",
    "${"x".repeat(30)}",
  ],
  checksum:
    "${"0".repeat(90)}",
}`,
  );
});

Deno.test("sourceLiteral fills a line to its last column and no further", () => {
  const fits = { list: ["x".repeat(44), "y".repeat(38)] };
  const one = sourceLiteral(fits);
  assertEquals(one.length, 100);
  assertEquals(one.includes("\n"), false);
  assertEquals(sourceLiteral(fits, 0, 1).split("\n").length, 3);
});
