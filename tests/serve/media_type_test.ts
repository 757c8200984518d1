import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { bodyTypeOf, parseMediaType } from "../../src/serve/media_type.ts";
import { Problem } from "../../src/serve/problem.ts";

const parse = (text: string) => {
  const { name, parameters } = parseMediaType(text);
  return [name, Object.fromEntries(parameters)];
};

const ALPHANUMERIC = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

const characters = (choice: string, minLength: number) =>
  fc.string({ unit: fc.constantFrom(...choice), minLength, maxLength: 12 });

const token = characters(ALPHANUMERIC + "!#$%&'*+-.^_`|~", 1);

/** Tab, space, what is visible, and the bytes above ASCII, as `Headers` gives them: one character each. */
const TEXT = "\t" + Array.from({ length: 224 }, (_, n) => String.fromCharCode(32 + n))
  .filter((character) => character !== "\x7f").join("");

const space = fc.constantFrom("", "", " ", "\t", " \t ");

/** A parameter: its name, its value and a way to write it. */
const parameter = fc.oneof(
  fc.tuple(token, token).map(([name, value]) => ({ name, value, text: `${name}=${value}` })),
  fc.tuple(token, characters(TEXT + '"\\;="\\;=', 0), fc.infiniteStream(fc.boolean())).map(
    ([name, value, escaped]) => {
      const quoted = [...value].map((character) =>
        character === '"' || character === "\\" || escaped.next().value
          ? `\\${character}`
          : character
      );
      return { name, value, text: `${name}="${quoted.join("")}"` };
    },
  ),
);

Deno.test("parseMediaType reads what a media type was written from", () => {
  const parameters = fc.uniqueArray(parameter, {
    selector: ({ name }) => name.toLowerCase(),
    maxLength: 5,
  });
  const separators = fc.array(fc.tuple(space, space, fc.integer({ min: 0, max: 2 })), {
    minLength: 5,
    maxLength: 5,
  });
  fc.assert(
    fc.property(token, token, parameters, separators, (type, subtype, parameters, separators) => {
      let text = `${type}/${subtype}`;
      const expected: Record<string, string> = {};
      parameters.forEach(({ name, value, text: written }, n) => {
        const [before, after, empty] = separators[n];
        text += `${`${before};${after}`.repeat(1 + empty)}${written}`;
        expected[name.toLowerCase()] = value;
      });
      assertEquals(parse(text), [`${type}/${subtype}`.toLowerCase(), expected]);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("parseMediaType knows token and quoted values, empty parameters and any case of names", () => {
  const cases: [text: string, name: string, parameters: Record<string, string>][] = [
    ["image/png", "image/png", {}],
    ["IMAGE/PNG; Boundary=AbC", "image/png", { boundary: "AbC" }],
    ["image/png;", "image/png", {}],
    ["image/png ; ;;\t; a=1;", "image/png", { a: "1" }],
    ["image/png; parameters=junk", "image/png", { parameters: "junk" }],
    ["application/json;charset=utf-8", "application/json", { charset: "utf-8" }],
    ['application/json; charset="utf-8"', "application/json", { charset: "utf-8" }],
    ['a/b; x=""', "a/b", { x: "" }],
    ['a/b; x="a b;c=d, e"', "a/b", { x: "a b;c=d, e" }],
    ['a/b; x="\\"\\\\\\a"', "a/b", { x: '"\\a' }],
    ['a/b; x="; boundary=AAA"; boundary=BBB', "a/b", { x: "; boundary=AAA", boundary: "BBB" }],
    ['a/b; x="\\"; boundary=AAA"; boundary=BBB', "a/b", { x: '"; boundary=AAA', boundary: "BBB" }],
  ];
  for (const [text, name, parameters] of cases) assertEquals(parse(text), [name, parameters], text);
});

Deno.test("parseMediaType refuses what the grammar of RFC 9110 does not give", () => {
  for (
    const text of [
      "",
      "png",
      "/png",
      "image/",
      "image /png",
      "image/ png",
      " image/png",
      "image/png ",
      "image/png/x",
      "image/png, image/gif",
      "image/png junk",
      "image/png; junk",
      "image/png; a",
      "image/png; a=",
      "image/png; =b",
      "image/png; a =b",
      "image/png; a= b",
      "image/png; a=b c",
      "image/png; a=b/c",
      "image/png; a=b=c",
      "image/png; a=b, c=d",
      'image/png; a="b',
      'image/png; a="b\\"',
      'image/png; a="b\\',
      'image/png; a="b"c',
      'image/png; a=b"c"',
      'image/png; "a"=b',
      "image/png; a='b c'",
      'image/png; a="b\n"',
      'image/png; a="b\\\n"',
      'image/png; a="\0"',
      'image/png; a="\x7f"',
      'image/png; a="\u0100"',
      "image/png; \u00e4=b",
      "image/p\u00f1g",
    ]
  ) {
    const problem = assertThrows(() => parseMediaType(text), Problem, "malformed");
    assertEquals([problem.status, problem.code], [415, "request/unsupported-type"], text);
  }
});

Deno.test("parseMediaType refuses a parameter that occurs twice, in whatever case and with whatever value", () => {
  for (
    const text of [
      "multipart/form-data; boundary=a; boundary=b",
      "multipart/form-data; boundary=a; boundary=a",
      'multipart/form-data; boundary=a; x=y; BOUNDARY="b"',
    ]
  ) {
    const { message } = assertThrows(() => parseMediaType(text), Problem);
    assertStringIncludes(message, "repeats boundary");
  }
});

Deno.test("parseMediaType takes time in proportion to a long header", () => {
  for (const part of ["; ", "\t", ";a", "\\a", 'a="', "; a=b"]) {
    for (const start of ["a/b", 'a/b; x="', "a/b; x="]) {
      const begun = performance.now();
      try {
        parseMediaType(start + part.repeat(200_000));
      } catch (error) {
        assertEquals(error instanceof Problem, true, `${error}`);
      }
      // A few milliseconds each; minutes if it were quadratic.
      assertEquals(performance.now() - begun < 2000, true, `${start}${part}`);
    }
  }
});

Deno.test("bodyTypeOf tells files, JSON and forms apart by the name of the type alone", () => {
  const cases: [type: string, kind: string][] = [
    ["image/png", "file"],
    ["Image/X-Anything; a=b", "file"],
    ["image/png; parameters=junk", "file"],
    ['image/png; x="application/json"', "file"],
    ["application/octet-stream", "file"],
    ["application/json", "json"],
    ["application/json; charset=utf-8", "json"],
    ['Application/JSON ;charset="UTF-8"', "json"],
    ["multipart/form-data; boundary=b", "multipart"],
    ["Multipart/Form-Data", "multipart"],
  ];
  for (const [type, kind] of cases) {
    assertEquals(bodyTypeOf(new Headers({ "content-type": type })).kind, kind, type);
  }
});

Deno.test("bodyTypeOf refuses two content types and none", () => {
  const two = new Headers({ "content-type": "image/png" });
  two.append("content-type", "multipart/form-data; boundary=b");
  const malformed = assertThrows(() => bodyTypeOf(two), Problem, "malformed");
  const missing = assertThrows(() => bodyTypeOf(new Headers()), Problem, "missing");
  for (const { status, headers } of [malformed, missing]) {
    assertEquals(status, 415);
    assertStringIncludes(headers["accept-post"], "image/png");
  }
});
