import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { bodyTypeOf, parseMediaType } from "../../src/serve/body_images.ts";
import { createHandler } from "../../src/serve/mod.ts";
import { Problem } from "../../src/serve/reply.ts";
import { assertProblem } from "./assert_problem.ts";

const parse = (text: string) => {
  const { name, parameters } = parseMediaType(text);
  return [name, Object.fromEntries(parameters)];
};

const ALPHANUMERIC = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

const characters = (choice: string, minLength: number) =>
  fc.string({ unit: fc.constantFrom(...choice), minLength, maxLength: 12 });

const token = characters(ALPHANUMERIC + "!#$%&'*+-.^_`|~", 1);

/** Tab, space, the visible characters, and the bytes above ASCII, which `Headers` returns as one character each. */
const TEXT = "\t" + Array.from({ length: 224 }, (_, n) => String.fromCharCode(32 + n))
  .filter((character) => character !== "\x7f").join("");

const space = fc.constantFrom("", "", " ", "\t", " \t ");

/** A parameter: its name, its value and one of its spellings. */
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

const SEVEN = await Deno.readFile(new URL("../../scripts/samples/7.png", import.meta.url));

/** A form of so many files, each of them a picture followed by some text. */
function formOf(boundary: string, files: number, text = ""): Blob {
  const parts: BlobPart[] = [];
  for (let n = 0; n < files; n++) {
    parts.push(
      `--${boundary}\r\nContent-Disposition: form-data; name="f"; filename="${n}.png"\r\n\r\n`,
      SEVEN,
      `${text}\r\n`,
    );
  }
  return new Blob([...parts, `--${boundary}--\r\n`]);
}

/** Sends a form to a handler that accepts three pictures. */
async function send(type: string, form: Blob): Promise<Response> {
  const body = await form.arrayBuffer();
  return await createHandler({ maxImages: 3 })(
    new Request("http://localhost/classify", {
      method: "POST",
      headers: { "content-type": type },
      body,
    }),
  );
}

async function assertSevens(response: Response, count: number, message: string): Promise<void> {
  const { results } = await response.json();
  assertEquals(
    results?.map(({ digit }: { digit: number }) => digit),
    Array(count).fill(7),
    message,
  );
}

Deno.test("parseMediaType recovers the name and parameters of any well-formed media type", () => {
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

Deno.test("parseMediaType accepts token and quoted values, empty parameters and names in any case", () => {
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

Deno.test("parseMediaType refuses what the grammar of RFC 9110 does not allow", () => {
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

Deno.test("parseMediaType refuses a repeated parameter, in any case and with any value", () => {
  for (
    const text of [
      "multipart/form-data; boundary=a; boundary=b",
      "multipart/form-data; boundary=a; boundary=a",
      'multipart/form-data; boundary=a; x=y; BOUNDARY="b"',
    ]
  ) {
    const { message } = assertThrows(() => parseMediaType(text), Problem);
    assertStringIncludes(message, "two parameters boundary");
  }
});

Deno.test("parseMediaType takes linear time for a long header", () => {
  for (const part of ["; ", "\t", ";a", "\\a", 'a="', "; a=b"]) {
    for (const start of ["a/b", 'a/b; x="', "a/b; x="]) {
      const begun = performance.now();
      try {
        parseMediaType(start + part.repeat(200_000));
      } catch (error) {
        assertEquals(error instanceof Problem, true, `${error}`);
      }
      // A few milliseconds each; quadratic time would be minutes.
      assertEquals(performance.now() - begun < 2000, true, `${start}${part}`);
    }
  }
});

Deno.test("bodyTypeOf distinguishes files, JSON and forms by the name of the media type alone", () => {
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

Deno.test("bodyTypeOf refuses two content types, and none", () => {
  const two = new Headers({ "content-type": "image/png" });
  two.append("content-type", "multipart/form-data; boundary=b");
  const malformed = assertThrows(() => bodyTypeOf(two), Problem, "malformed");
  const missing = assertThrows(() => bodyTypeOf(new Headers()), Problem, "no content type");
  for (const { status, headers } of [malformed, missing]) {
    assertEquals(status, 415);
    assertStringIncludes(headers["accept-post"], "image/png");
  }
});

Deno.test("POST /classify counts the files of a form at the boundary at which it is split", async () => {
  // A complete form with the boundary that stands within the quotes.
  const decoy = "\r\n--AAA\r\n\r\n--AAA--\r\n";
  for (
    const type of [
      'multipart/form-data; x="; boundary=AAA"; boundary=BBB',
      'multipart/form-data; x="; boundary=AAA;"; boundary=BBB',
      'multipart/form-data; x="\\"; boundary=AAA"; boundary=BBB',
      'multipart/form-data; x=";boundary=\\"AAA\\""; boundary="BBB"',
      'multipart/form-data; boundary=BBB; x="; boundary=AAA"',
    ]
  ) {
    const refused = await send(type, formOf("BBB", 4, decoy));
    await assertProblem(refused, 413, "request/too-many-images");
    await assertSevens(await send(type, formOf("BBB", 3, decoy)), 3, type);
  }
});

Deno.test("POST /classify accepts boundaries as tokens and quoted, with every allowed character", async () => {
  const cases: [type: string, boundary: string][] = [
    [
      "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
      "----WebKitFormBoundary7MA4YWxkTrZu0gW",
    ],
    ["multipart/form-data; boundary=*****", "*****"],
    ['multipart/form-data; boundary="----=_Part_1_2.3"', "----=_Part_1_2.3"],
    [`multipart/form-data; boundary="a'()+_,-./:=?b c"`, "a'()+_,-./:=?b c"],
    ["multipart/form-data; boundary=!#$%&'*+-.^_`|~", "!#$%&'*+-.^_`|~"],
    ['multipart/form-data; BOUNDARY="\\a\\b"', "ab"],
    [`multipart/form-data; charset=utf-8; boundary=${"x".repeat(70)}; a="b"`, "x".repeat(70)],
  ];
  for (const [type, boundary] of cases) {
    await assertSevens(await send(type, formOf(boundary, 2)), 2, type);
    await assertProblem(await send(type, formOf(boundary, 4)), 413, "request/too-many-images");
  }
});

Deno.test("POST /classify refuses a boundary that is missing, empty, too long or has other characters", async () => {
  const boundaries = ["", "x".repeat(71), "a ", "a\t", 'a\\"b', "a\\\\b", "a;b", "a<b", "\u00e4"];
  for (const boundary of boundaries) {
    const form = formOf(boundary.replace(/\\(.)/g, "$1"), 1);
    const response = await send(`multipart/form-data; boundary="${boundary}"`, form);
    assertMatch(
      await assertProblem(response, 400, "request/malformed"),
      /found an invalid boundary/,
    );
  }
  const missing = await send("multipart/form-data; x=boundary", formOf("b", 1));
  assertMatch(await assertProblem(missing, 400, "request/malformed"), /found no boundary/);
});

Deno.test("POST /classify refuses a form with a malformed content type or two boundaries", async () => {
  for (
    const type of [
      "multipart/form-data; boundary=BBB; boundary=AAA",
      "multipart/form-data; boundary=BBB; Boundary=BBB",
      "multipart/form-data; boundary=B B",
      'multipart/form-data; boundary="BBB',
      "multipart/form-data; boundary=BBB, image/png",
    ]
  ) {
    const response = await send(type, formOf("BBB", 1));
    assertMatch(await assertProblem(response, 415, "request/unsupported-type"), /malformed/);
  }
});

Deno.test("POST /classify counts the parts of a form before parsing, and again after it", async () => {
  const { formData } = Response.prototype;
  const parsed = new FormData();
  const file = new File([SEVEN], "7.png");
  let reads = 0;
  let parses = 0;
  class CountedFile extends File {
    override arrayBuffer(): Promise<ArrayBuffer> {
      reads++;
      return super.arrayBuffer();
    }
  }
  const counted = new CountedFile([SEVEN], "7.png");
  // A platform whose parser finds more parts than there are delimiters.
  Response.prototype.formData = () => {
    parses++;
    return Promise.resolve(parsed);
  };
  try {
    const type = "multipart/form-data; boundary=b";
    await assertProblem(await send(type, formOf("b", 4)), 413, "request/too-many-images");
    assertEquals(parses, 0);
    for (let n = 0; n < 3; n++) parsed.append("f", file);
    await assertSevens(await send(type, formOf("b", 1)), 3, "three were parsed");
    parsed.set("g", counted);
    const refused = await send(type, formOf("b", 1));
    assertMatch(
      await assertProblem(refused, 413, "request/too-many-images"),
      /found 4 .* at most 3/,
    );
    assertEquals([parses, reads], [2, 0]);
  } finally {
    Response.prototype.formData = formData;
  }
});
