import { assertEquals, assertMatch } from "@std/assert";
import { createHandler } from "../../src/serve/mod.ts";
import { assertProblem } from "./assert_problem.ts";

const SEVEN = await Deno.readFile(new URL("../../scripts/samples/7.png", import.meta.url));

/** A form of so many files, each holding the bytes of a picture and then some text. */
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

/** Sends a form to a handler that takes three pictures. */
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

Deno.test("POST /classify counts the pictures of a form by the boundary that its parts are split at", async () => {
  // The text stands for a whole form of the boundary that is named within the quotes.
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

Deno.test("POST /classify takes boundaries as tokens and quoted, of every character that they may have", async () => {
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

Deno.test("POST /classify refuses a boundary that is missing, empty, too long or of other characters", async () => {
  const boundaries = ["", "x".repeat(71), "a ", "a\t", 'a\\"b', "a\\\\b", "a;b", "a<b", "\u00e4"];
  for (const boundary of boundaries) {
    const form = formOf(boundary.replace(/\\(.)/g, "$1"), 1);
    const response = await send(`multipart/form-data; boundary="${boundary}"`, form);
    assertMatch(await assertProblem(response, 400, "request/malformed"), /boundary .* is invalid/);
  }
  const missing = await send("multipart/form-data; x=boundary", formOf("b", 1));
  assertMatch(await assertProblem(missing, 400, "request/malformed"), /names no boundary/);
});

Deno.test("POST /classify refuses a form whose content type is malformed or names two boundaries", async () => {
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

Deno.test("POST /classify counts the parts of a form before it is parsed, and again those that were parsed", async () => {
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
  // A platform that finds more parts than there are delimiters.
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
    assertMatch(await assertProblem(refused, 413, "request/too-many-images"), /4 .* at most 3/);
    assertEquals([parses, reads], [2, 0]);
  } finally {
    Response.prototype.formData = formData;
  }
});
