import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { sizeOf } from "../../src/model/architecture.ts";
import type { Parameter } from "../../src/model/parameters.ts";
import { fromFloat16Bits, toFloat16Bits } from "../../src/weights/dtype.ts";
import { readLayout, readSafetensors } from "../../src/weights/safetensors.ts";
import { writeSafetensors } from "../../src/weights/write_safetensors.ts";
import { assertError } from "../assert_error.ts";
import { tinyModel } from "./tiny_model.ts";

const tensorOf = (shape: number[], ...values: number[]): Parameter => ({
  shape,
  data: new Float32Array(values),
});

/** Any name or text that is Unicode, awkward ones often. */
const unicode = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("__proto__", "constructor", "7", "", '"', "\\", "{", "\u2028", "😀"),
);

const tensor = fc.array(fc.nat({ max: 4 }), { maxLength: 4 }).chain((shape) =>
  fc.float32Array({ minLength: sizeOf(shape), maxLength: sizeOf(shape) }).map((
    data,
  ): Parameter => ({ shape, data: new Float32Array(data) }))
);

const tensors = fc.array(fc.tuple(unicode.filter((name) => name !== "__metadata__"), tensor))
  .map((entries) => new Map(entries));

const metadata = fc.array(fc.tuple(unicode, unicode)).map((entries) => new Map(entries));

const sorted = <T>(map: ReadonlyMap<string, T>): [string, T][] =>
  [...map].sort(([a], [b]) => (a < b ? -1 : 1));

Deno.test("writeSafetensors writes what readSafetensors reads back", () => {
  fc.assert(fc.property(tensors, metadata, (written, texts) => {
    const read = readSafetensors(writeSafetensors(written, texts));
    assertEquals(
      sorted(read.tensors),
      sorted(written).map(([name, tensor]) => [name, { dtype: "F32", ...tensor }]),
    );
    assertEquals(sorted(read.metadata), sorted(texts));
  }));
});

Deno.test("writeSafetensors rounds to the nearest half for F16", () => {
  const half = fc.float({ min: -65504, max: 65504 });
  fc.assert(fc.property(fc.array(half), (values) => {
    const written = new Map([["a", tensorOf([values.length], ...values)]]);
    const read = readSafetensors(writeSafetensors(written, undefined, { dtype: "F16" }));
    assertEquals(read.tensors.get("a"), {
      dtype: "F16",
      shape: [values.length],
      data: Float32Array.from(values, (value) => fromFloat16Bits(toFloat16Bits(value))),
    });
  }));
});

Deno.test("writeSafetensors holds rows in 8 bits for I8, and their scales beside them", () => {
  const bytes = writeSafetensors(
    new Map([["b", tensorOf([2], 1, 2)], ["a", tensorOf([2, 2], 127, -64, 0, 254)]]),
    undefined,
    { dtype: "I8" },
  );
  const { tensors } = readLayout(bytes);
  assertEquals([...tensors].map(([name, { dtype, shape }]) => [name, dtype, shape]), [
    ["a.scale", "F32", [2]],
    ["b", "F32", [2]],
    ["a", "I8", [2, 2]],
  ]);
  assertEquals(bytes.slice(-4), new Uint8Array([127, 256 - 64, 0, 127]));
  assertEquals(
    readSafetensors(bytes).tensors,
    new Map([
      ["b", { dtype: "F32" as const, ...tensorOf([2], 1, 2) }],
      ["a", { dtype: "I8" as const, ...tensorOf([2, 2], 127, -64, 0, 254) }],
    ]),
  );
});

Deno.test("writeSafetensors keeps for I8 what has one row or no values", () => {
  const written = new Map([["none", tensorOf([0, 3])], ["one", tensorOf([], 7)]]);
  const { tensors } = readSafetensors(writeSafetensors(written, undefined, { dtype: "I8" }));
  for (const [name, tensor] of written) {
    assertEquals(tensors.get(name), { dtype: "F32", ...tensor });
  }
});

Deno.test("writeSafetensors refuses a number that is not finite for I8", () => {
  for (const value of [NaN, Infinity]) {
    assertError(
      () =>
        writeSafetensors(new Map([["a", tensorOf([1, 2], 0, value)]]), undefined, { dtype: "I8" }),
      "weights/malformed",
      `tensor a holds ${value}, I8 accepts finite numbers`,
    );
  }
});

Deno.test("writeSafetensors gives these bytes", () => {
  const bytes = writeSafetensors(
    new Map([["b", tensorOf([1], 1)], ["a", tensorOf([2], 2, -2)]]),
    new Map([["z", "1"], ["10", "2"], ["9", "é"]]),
    { dtype: "F16" },
  );
  const header = '{"__metadata__":{"10":"2","9":"é","z":"1"},' +
    '"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},' +
    '"b":{"dtype":"F16","shape":[1],"data_offsets":[4,6]}}';
  const text = new TextEncoder().encode(header);
  const size = Math.ceil(text.length / 8) * 8;
  assertEquals(bytes.subarray(0, 8), new Uint8Array([size, 0, 0, 0, 0, 0, 0, 0]));
  assertEquals(new TextDecoder().decode(bytes.subarray(8, 8 + size)).trimEnd(), header);
  assertEquals(bytes.subarray(8 + size), new Uint8Array([0, 0x40, 0, 0xc0, 0, 0x3c]));
});

Deno.test("writeSafetensors begins the values at a multiple of 8", () => {
  for (let length = 0; length < 16; length++) {
    const bytes = writeSafetensors(new Map([["a".repeat(length), tensorOf([1], 1)]]));
    assertEquals((bytes.length - 4) % 8, 0);
  }
});

Deno.test("writeSafetensors gives the same bytes whatever the order it is given things in", () => {
  fc.assert(fc.property(tensors, metadata, (written, texts) => {
    assertEquals(
      writeSafetensors(new Map([...written].reverse()), new Map([...texts].reverse())),
      writeSafetensors(written, texts),
    );
  }));
});

Deno.test("writeSafetensors keeps infinities and NaN, in F16 too", () => {
  const values = new Float32Array([NaN, Infinity, -Infinity]);
  const bytes = writeSafetensors(new Map([["a", { shape: [3], data: values }]]), undefined, {
    dtype: "F16",
  });
  assertEquals(readSafetensors(bytes).tensors.get("a")?.data, values);
});

Deno.test("writeSafetensors refuses a number that is too large for F16", () => {
  for (const value of [65520, -1e6]) {
    assertError(
      () => writeSafetensors(new Map([["a", tensorOf([1], value)]]), undefined, { dtype: "F16" }),
      "weights/malformed",
      `tensor a holds ${value}, F16 accepts at most 65504`,
    );
  }
});

Deno.test("writeSafetensors refuses a tensor with more or fewer values than its shape says", () => {
  for (const values of [[1], [1, 2, 3]]) {
    assertError(
      () => writeSafetensors(new Map([["a", tensorOf([2], ...values)]])),
      "weights/malformed",
      `tensor a [2] has ${values.length} values`,
    );
  }
});

Deno.test("writeSafetensors refuses the reserved name", () => {
  assertError(
    () => writeSafetensors(new Map([["__metadata__", tensorOf([], 1)]])),
    "weights/malformed",
    "reserved name",
  );
});

Deno.test("writeSafetensors refuses names and texts that are not Unicode", () => {
  const none = new Map<string, Parameter>();
  const half = "\ud800";
  const acts = [
    () => writeSafetensors(new Map([[half, tensorOf([], 1)]])),
    () => writeSafetensors(none, new Map([[half, ""]])),
    () => writeSafetensors(none, new Map([["", half]])),
  ];
  for (const act of acts) assertError(act, "weights/malformed", "is not Unicode");
});

Deno.test("writeSafetensors refuses another dtype", () => {
  assertError(
    () => writeSafetensors(new Map(), undefined, { dtype: "F64" as "F32" }),
    "option/invalid",
    "the dtype is F64, expected one of F32, F16",
  );
});

Deno.test("writeSafetensors lays counters before the tensors, each at a multiple of its size", () => {
  const { parameters } = tinyModel();
  const file = writeSafetensors(parameters, new Map(), { dtype: "F16", counters: ["z.n", "b.n"] });
  const { tensors } = readLayout(file);
  assertEquals([...tensors.keys()].slice(0, 2), ["b.n", "z.n"]);
  const view = new DataView(file.buffer);
  for (const name of ["b.n", "z.n"]) {
    const { dtype, shape, begin, end } = tensors.get(name)!;
    assertEquals([dtype, shape, begin % 8, end - begin], ["I64", [], 0, 8]);
    assertEquals(view.getBigInt64(begin, true), 0n);
  }
  const { tensors: plain } = readSafetensors(
    writeSafetensors(parameters, new Map(), { dtype: "F16" }),
  );
  assertEquals(readSafetensors(file, (name) => name.endsWith(".n")).tensors, plain);
});
