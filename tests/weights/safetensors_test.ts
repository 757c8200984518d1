import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  type HeaderValue,
  parseHeaderJson,
  readSafetensors,
} from "../../src/weights/safetensors.ts";
import { assertError } from "../assert_error.ts";
import { entry, safetensorsFile } from "./safetensors_file.ts";

/** One tensor called `a` of these bytes. */
function fileOf(dtype: string, shape: number[], bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return safetensorsFile({ a: entry(dtype, shape, [0, bytes.length]) }, bytes);
}

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

Deno.test("readSafetensors reads F32", () => {
  const file = fileOf("F32", [2, 1], new Uint8Array([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]));
  assertEquals(readSafetensors(file).tensors.get("a"), {
    dtype: "F32",
    shape: [2, 1],
    data: new Float32Array([1, -2]),
  });
});

Deno.test("readSafetensors reads F16", () => {
  const file = fileOf("F16", [3], new Uint8Array([0, 0x3c, 1, 0, 0, 0xfc]));
  assertEquals(
    readSafetensors(file).tensors.get("a")?.data,
    new Float32Array([1, 2 ** -24, -Infinity]),
  );
});

Deno.test("readSafetensors reads BF16", () => {
  const file = fileOf("BF16", [3], new Uint8Array([0x80, 0x3f, 0x49, 0x40, 0x80, 0xff]));
  assertEquals(
    readSafetensors(file).tensors.get("a")?.data,
    new Float32Array([1, 3.140625, -Infinity]),
  );
});

Deno.test("readSafetensors reads F64, rounded to 32 bits", () => {
  const file = fileOf("F64", [2], new Uint8Array(new Float64Array([0.1, 1e300]).buffer));
  assertEquals(
    readSafetensors(file).tensors.get("a")?.data,
    new Float32Array([0.1, Infinity]),
  );
});

Deno.test("readSafetensors keeps NaN and infinities, which the format allows", () => {
  const values = new Float32Array([NaN, Infinity, -Infinity, -0]);
  const file = fileOf("F32", [4], new Uint8Array(values.buffer));
  assertEquals(readSafetensors(file).tensors.get("a")?.data, values);
});

Deno.test("readSafetensors reads a single number, and tensors without any", () => {
  const file = safetensorsFile({
    none: entry("F32", [0], [0, 0]),
    neither: entry("F16", [3, 0, 5], [0, 0]),
    one: entry("F32", [], [0, 4]),
  }, 4);
  const { tensors } = readSafetensors(file);
  assertEquals(tensors.get("one"), { dtype: "F32", shape: [], data: new Float32Array(1) });
  assertEquals(tensors.get("none")?.data.length, 0);
  assertEquals(tensors.get("neither")?.shape, [3, 0, 5]);
});

Deno.test("readSafetensors reads a file without tensors", () => {
  const { tensors, metadata } = readSafetensors(safetensorsFile("{}"));
  assertEquals([tensors.size, metadata.size], [0, 0]);
});

Deno.test("readSafetensors gives tensors in the order of their bytes, whatever the header's order", () => {
  const bytes = new Uint8Array(new Float32Array([1, 2, 3]).buffer);
  const { tensors } = readSafetensors(safetensorsFile({
    b: entry("F32", [1], [8, 12]),
    "7": entry("F32", [1], [4, 8]),
    a: entry("F32", [1], [0, 4]),
  }, bytes));
  assertEquals([...tensors].map(([name, { data }]) => [name, data[0]]), [
    ["a", 1],
    ["7", 2],
    ["b", 3],
  ]);
});

Deno.test("readSafetensors reads metadata", () => {
  const { metadata } = readSafetensors(safetensorsFile({ __metadata__: { π: "3\n½", "": "" } }));
  assertEquals([...metadata], [["π", "3\n½"], ["", ""]]);
});

Deno.test("readSafetensors reads from the middle of a buffer, at any alignment", () => {
  const values = new Float32Array([1.5, -2.25]);
  for (const dtype of ["F32", "F64"] as const) {
    const stored = dtype === "F32" ? values : Float64Array.from(values);
    const file = fileOf(dtype, [2], new Uint8Array(stored.buffer));
    for (let shift = 0; shift < 8; shift++) {
      const around = new Uint8Array(file.length + 16).fill(0xff);
      around.set(file, shift);
      const { tensors } = readSafetensors(around.subarray(shift, shift + file.length));
      assertEquals(tensors.get("a")?.data, values);
    }
  }
});

Deno.test("readSafetensors keeps nothing of the bytes it was given", () => {
  const file = fileOf("F32", [1], new Uint8Array(4));
  const { tensors } = readSafetensors(file);
  file.fill(0xff);
  assertEquals(tensors.get("a")?.data, new Float32Array(1));
});

Deno.test("readSafetensors refuses tensors that are not floating point", () => {
  assertError(
    () => readSafetensors(fileOf("I64", [1], new Uint8Array(8))),
    "weights/malformed",
    "tensor a holds I64, expected one of F16, BF16, F32, F64",
  );
});

Deno.test("readSafetensors ignores the tensors it is told to, whatever they hold", () => {
  const file = safetensorsFile({
    counter: entry("I64", [], [0, 8]),
    weight: entry("F32", [1], [8, 12]),
  }, 12);
  assertError(() => readSafetensors(file), "weights/malformed", "tensor counter holds I64");
  const { tensors } = readSafetensors(file, (name) => name === "counter");
  assertEquals([...tensors.keys()], ["weight"]);
});

/** Two rows of I8 numbers, and their scales of some shape and format. */
function quantizedFile(shape: readonly number[], dtype = "F32"): Uint8Array<ArrayBuffer> {
  const scales = new Uint8Array(new Float32Array([0.5, 2]).buffer);
  const bytes = new Uint8Array(4 + scales.length);
  bytes.set(new Int8Array([1, -2, 127, -127]));
  bytes.set(scales, 4);
  const header = {
    a: entry("I8", [2, 2], [0, 4]),
    "a.scale": entry(dtype, shape, [4, bytes.length]),
  };
  return safetensorsFile(header, bytes);
}

Deno.test("readSafetensors multiplies each row of I8 by its scale", () => {
  assertEquals([...readSafetensors(quantizedFile([2])).tensors], [
    ["a", { dtype: "I8", shape: [2, 2], data: new Float32Array([0.5, -1, 254, -254]) }],
  ]);
});

Deno.test("readSafetensors refuses I8 without one scale of F32 for each of its rows", () => {
  const file = (scales: object, size: number) =>
    safetensorsFile({ a: entry("I8", [2, 2], [0, 4]), ...scales }, size);
  const wrong = {
    "no scales": file({}, 4),
    "scales of another tensor": file({ "b.scale": entry("F32", [2], [4, 12]) }, 12),
    "one scale": file({ "a.scale": entry("F32", [1], [4, 8]) }, 8),
    "three scales": file({ "a.scale": entry("F32", [3], [4, 16]) }, 16),
    "a scale without dimensions": file({ "a.scale": entry("F32", [], [4, 8]) }, 8),
    "scales of rank 2": quantizedFile([2, 1]),
    "scales in another format": quantizedFile([2], "I32"),
    "scales in half precision": file({ "a.scale": entry("F16", [2], [4, 8]) }, 8),
  };
  for (const bytes of Object.values(wrong)) {
    assertError(
      () => readSafetensors(bytes),
      "weights/malformed",
      "tensor a holds I8, expected one of F16, BF16, F32, F64",
    );
  }
});

Deno.test("readSafetensors refuses I8 without values, which has no rows to scale", () => {
  const header = { a: entry("I8", [2, 0], [0, 0]), "a.scale": entry("F32", [2], [0, 8]) };
  assertError(
    () => readSafetensors(safetensorsFile(header, 8)),
    "weights/malformed",
    "tensor a holds I8",
  );
});

Deno.test("readSafetensors reads scales as a tensor where no I8 belongs to them", () => {
  const header = { a: entry("F32", [1], [0, 4]), "a.scale": entry("F32", [1], [4, 8]) };
  const { tensors } = readSafetensors(safetensorsFile(header, 8));
  assertEquals([...tensors.keys()], ["a", "a.scale"]);
});

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
