import { assertEquals } from "@std/assert";
import { DTYPE_BITS } from "../../src/weights/dtype.ts";
import { MAX_HEADER_BYTES, readLayout } from "../../src/weights/safetensors.ts";
import { assertError } from "../assert_error.ts";
import { entry, safetensorsFile } from "./safetensors_file.ts";

function refuses(file: Uint8Array, part: string): void {
  assertError(() => readLayout(file), "weights/malformed", part);
}

const FLOAT = entry("F32", [1], [0, 4]);

const FLOAT_TEXT = JSON.stringify(FLOAT);

Deno.test("readLayout gives places from the start of the file", () => {
  const header = JSON.stringify({
    __metadata__: { k: "v" },
    a: FLOAT,
    b: entry("U8", [2, 3], [4, 10]),
  });
  const { tensors, metadata } = readLayout(safetensorsFile(header, 10));
  const start = 8 + header.length;
  assertEquals([...tensors], [
    ["a", { dtype: "F32", shape: [1], begin: start, end: start + 4 }],
    ["b", { dtype: "U8", shape: [2, 3], begin: start + 4, end: start + 10 }],
  ]);
  assertEquals([...metadata], [["k", "v"]]);
});

Deno.test("readLayout refuses a file that is too short for a length", () => {
  for (let size = 0; size < 8; size++) {
    refuses(new Uint8Array(size), `the file has ${size} bytes, expected at least 8`);
  }
});

Deno.test("readLayout refuses a header of more than 100 MB, before it looks for it", () => {
  const file = safetensorsFile("{}");
  new DataView(file.buffer).setBigUint64(0, BigInt(MAX_HEADER_BYTES) + 1n, true);
  refuses(file, "the header claims 100000001 bytes, expected at most 100000000");
  for (const length of [2n ** 32n + 2n, 2n ** 64n - 1n]) {
    new DataView(file.buffer).setBigUint64(0, length, true);
    refuses(file, "expected at most 100000000");
  }
});

Deno.test("readLayout refuses a header that is longer than the file", () => {
  const file = safetensorsFile("{}");
  new DataView(file.buffer).setBigUint64(0, 3n, true);
  refuses(file, "the header claims 3 bytes, but only 2 follow");
});

Deno.test("readLayout refuses a header that does not begin with {", () => {
  for (const header of ["", " {}", "[]", '"a"', "\ufeff{}"]) {
    refuses(safetensorsFile(header), "does not begin with {");
  }
});

Deno.test("readLayout refuses a header that does not end with } and spaces", () => {
  for (const end of ["\t", "\n", "\0", " \r  "]) {
    refuses(safetensorsFile(`{}${end}`), "does not end with } and spaces");
  }
  assertEquals(readLayout(safetensorsFile("{}   ")).tensors.size, 0);
});

Deno.test("readLayout refuses a header that is not UTF-8", () => {
  const header = new TextEncoder().encode(`{"a":${FLOAT_TEXT}}`);
  for (const byte of [0xff, 0xc0, 0x80]) {
    header[2] = byte;
    refuses(safetensorsFile(header, 4), "not UTF-8");
  }
});

Deno.test("readLayout refuses a header that is not JSON", () => {
  for (const header of ["{a}", `{"a":${FLOAT_TEXT},}`, "{'a':1}", "{}{}", "{//}"]) {
    refuses(safetensorsFile(header, 4), "expected JSON");
  }
});

Deno.test("readLayout refuses a key that is there twice, at any depth and however it is spelt", () => {
  const twice = [
    `{"a":${FLOAT_TEXT},"a":${FLOAT_TEXT}}`,
    `{"a":${FLOAT_TEXT},"\\u0061" :${FLOAT_TEXT}}`,
    `{"__metadata__":{},"a":${FLOAT_TEXT},"__metadata__":{}}`,
    `{"__metadata__":{"k":"1","a":"\\"","k":"2"},"a":${FLOAT_TEXT}}`,
    `{"a":{"dtype":"F64","dtype":"F32","shape":[1],"data_offsets":[0,4]}}`,
    `{"__proto__":${FLOAT_TEXT},"__proto__":${FLOAT_TEXT}}`,
  ];
  for (const header of twice) refuses(safetensorsFile(header, 4), "twice");
});

Deno.test("readLayout takes one key in two objects, and keys as texts", () => {
  const header =
    `{"__metadata__":{"a":"a","dtype":"dtype: {\\"a\\":1,\\"a\\":2} -1.5e3"},"a":${FLOAT_TEXT}}`;
  assertEquals(readLayout(safetensorsFile(header, 4)).tensors.size, 1);
});

Deno.test("readLayout refuses numbers that are not plain digits", () => {
  for (const one of ["1.0", "1e0", "-1", "-0", "01", "null", "true"]) {
    const header = `{"a":{"dtype":"F32","shape":[${one}],"data_offsets":[0,4]}}`;
    refuses(safetensorsFile(header, 4), "at character 29, expected JSON of texts");
  }
});

Deno.test("readLayout refuses keys and texts that are not Unicode", () => {
  refuses(safetensorsFile(`{"\\ud800":${FLOAT_TEXT}}`, 4), "not Unicode");
  refuses(safetensorsFile('{"__metadata__":{"\\udc00":""}}'), "not Unicode");
  refuses(safetensorsFile('{"__metadata__":{"":"\\ud800x"}}'), "not Unicode");
  assertEquals(readLayout(safetensorsFile(`{"\\ud83d\\ude00":${FLOAT_TEXT}}`, 4)).tensors.size, 1);
});

Deno.test("readLayout refuses metadata that is not texts by key", () => {
  for (const metadata of [[], "x", 1, ["a"]]) {
    refuses(
      safetensorsFile({ __metadata__: metadata }),
      "__metadata__ in the header is not an object",
    );
  }
  for (const text of [1, {}, ["x"]]) {
    refuses(safetensorsFile({ __metadata__: { k: text } }), '"k" in __metadata__ is not a text');
  }
});

Deno.test("readLayout refuses a tensor with other keys than the format's three", () => {
  for (
    const wrong of [1, "F32", [], {}, { ...FLOAT, more: 1 }, { dtype: "F32", shape: [1] }]
  ) {
    refuses(safetensorsFile({ a: wrong }, 4), "expected data_offsets, dtype, shape");
  }
});

Deno.test("readLayout refuses a dtype that the format does not know", () => {
  for (const dtype of ["f32", "F31", "", 32, [], "toString", "__proto__"]) {
    refuses(safetensorsFile({ a: entry(dtype, [1], [0, 4]) }, 4), "which is unknown");
  }
});

Deno.test("readLayout knows every dtype of the format", () => {
  for (const [dtype, bits] of Object.entries(DTYPE_BITS)) {
    const file = safetensorsFile({ a: entry(dtype, [8], [0, bits]) }, bits);
    assertEquals(readLayout(file).tensors.get("a")?.dtype, dtype);
  }
});

Deno.test("readLayout refuses a shape that is not a list of whole numbers", () => {
  for (const shape of [1, "1", {}, ["1"]]) {
    refuses(safetensorsFile({ a: entry("F32", shape, [0, 4]) }, 4), "shape that is not");
  }
});

Deno.test("readLayout refuses a shape whose product is too large to count", () => {
  for (const shape of [[2 ** 27, 2 ** 27], [2 ** 52, 2 ** 52, 0], Array(64).fill(2)]) {
    refuses(safetensorsFile({ a: entry("F32", shape, [0, 0]) }), "ask for");
  }
});

Deno.test("readLayout refuses data_offsets that are not two whole numbers", () => {
  for (
    const offsets of [4, "0,4", {}, [], [0], [0, 4, 4], [0, "4"]]
  ) {
    refuses(safetensorsFile({ a: entry("F32", [1], offsets) }, 4), "not two whole numbers");
  }
});

Deno.test("readLayout refuses data_offsets that run backwards or out of the file", () => {
  for (
    const offsets of [[4, 0], [0, 5], [4, 8], [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]]
  ) {
    refuses(
      safetensorsFile({ a: entry("F32", [1], offsets) }, 4),
      `has data_offsets [${offsets[0]}, ${offsets[1]}] in 4 bytes of data`,
    );
  }
});

Deno.test("readLayout refuses bytes that are not what dtype and shape need", () => {
  refuses(
    safetensorsFile({ a: entry("F32", [2, 3], [0, 23]) }, 23),
    "has 23 bytes, but its dtype F32 and shape [2,3] ask for 24",
  );
  refuses(safetensorsFile({ a: entry("F32", [2, 3], [0, 25]) }, 25), "ask for 24");
  refuses(safetensorsFile({ a: entry("F32", [], [0, 0]) }), "ask for 4");
  refuses(safetensorsFile({ a: entry("F4", [3], [0, 2]) }, 2), "ask for 1.5");
});

Deno.test("readLayout refuses tensors that overlap by one byte, and reads tensors that touch", () => {
  const pair = (begin: number) => ({
    a: entry("U8", [4], [0, 4]),
    b: entry("U8", [3], [begin, begin + 3]),
  });
  refuses(safetensorsFile(pair(3), 6), "tensor b overlaps the one before it");
  const { tensors } = readLayout(safetensorsFile(pair(4), 7));
  assertEquals(tensors.get("a")!.end, tensors.get("b")!.begin);
});

Deno.test("readLayout reads a tensor without values at the place of another, whatever the header's order", () => {
  const [full, empty] = [entry("U8", [4], [0, 4]), entry("U8", [0], [0, 0])];
  for (const header of [{ full, empty }, { empty, full }]) {
    assertEquals([...readLayout(safetensorsFile(header, 4)).tensors.keys()], ["empty", "full"]);
  }
});

Deno.test("readLayout refuses tensors that overlap in any other way", () => {
  refuses(
    safetensorsFile({ a: entry("U8", [4], [0, 4]), b: entry("U8", [4], [2, 6]) }, 6),
    "tensor b overlaps the one before it",
  );
  refuses(safetensorsFile({ a: FLOAT, b: FLOAT }, 4), "overlaps");
  refuses(
    safetensorsFile({ a: entry("U8", [4], [0, 4]), b: entry("U8", [0], [2, 2]) }, 4),
    "overlaps",
  );
});

Deno.test("readLayout refuses a gap of one byte before any tensor", () => {
  const pair = (begin: number) => ({
    a: entry("U8", [2], [0, 2]),
    b: entry("U8", [2], [begin, begin + 2]),
  });
  refuses(safetensorsFile(pair(3), 5), "1 bytes before tensor b are unused");
  assertEquals(readLayout(safetensorsFile(pair(2), 4)).tensors.size, 2);
  const first = (begin: number) => ({ a: entry("U8", [2], [begin, begin + 2]) });
  refuses(safetensorsFile(first(1), 3), "1 bytes before tensor a are unused");
  assertEquals(readLayout(safetensorsFile(first(0), 2)).tensors.size, 1);
});

Deno.test("readLayout refuses bytes at the end that no tensor uses", () => {
  refuses(safetensorsFile({ a: FLOAT }, 5), "1 bytes at the end are unused");
  assertEquals(readLayout(safetensorsFile({ a: FLOAT }, 4)).tensors.size, 1);
  refuses(safetensorsFile("{}", 1), "1 bytes at the end are unused");
});
