import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { LeNetErrorCode } from "../../src/errors.ts";
import type { DigitPixels } from "../../src/image/image.ts";
import { readPixels } from "../../src/image/pixels.ts";
import { assertError } from "../assert_error.ts";

Deno.test("readPixels keeps bytes without copying, in every form", () => {
  const flat = Uint8Array.from({ length: 784 }, (_, i) => i % 256);
  const grey = { width: 28, height: 28, channels: 1 };
  assertEquals(readPixels(flat), { data: flat, ...grey } as never);
  const clamped = new Uint8ClampedArray(flat);
  assertEquals(readPixels(clamped), { data: clamped, ...grey } as never);
  const buffer = Buffer.from(flat);
  assertEquals(readPixels(buffer).data, buffer);
  const sized = { data: new Uint8Array(6), width: 3, height: 2 };
  assertEquals(readPixels(sized), { ...sized, channels: 1 });
  const colour = { data: new Uint8ClampedArray(24), width: 3, height: 2 };
  assertEquals(readPixels(colour), { ...colour, channels: 4 });
});

Deno.test("readPixels converts RGB to opaque RGBA, in bytes and floats", () => {
  const size = { width: 2, height: 1 };
  const rgba = { ...size, channels: 4 };
  assertEquals(
    readPixels({ data: Uint8Array.of(1, 2, 3, 4, 5, 6), ...size }),
    { data: Uint8Array.of(1, 2, 3, 255, 4, 5, 6, 255), ...rgba } as never,
  );
  const floats = [0, 0.25, 1, 0.5, 0.75, 0];
  for (const scale of [1, 255]) {
    assertEquals(
      readPixels({ data: Float32Array.from(floats, (value) => scale * value), ...size }),
      { data: Float32Array.of(0, 0.25, 1, 1, 0.5, 0.75, 0, 1), ...rgba } as never,
    );
  }
});

Deno.test("readPixels takes other numbers as 0 to 1, or as 0 to 255 when one is above 1", () => {
  const unit = Array.from({ length: 784 }, (_, i) => i / 783);
  const scaled = unit.map((value) => 255 * value);
  const rows = (flat: number[]): number[][] =>
    Array.from({ length: 28 }, (_, y) => flat.slice(28 * y, 28 * y + 28));
  const forms: DigitPixels[] = [
    unit,
    scaled,
    new Float32Array(unit),
    new Float32Array(scaled),
    rows(unit),
    rows(scaled),
    new Float64Array(unit),
    { data: new Float32Array(unit), width: 28, height: 28 },
    { data: new Float32Array(scaled), width: 28, height: 28 },
    { data: new Float64Array(scaled), width: 28, height: 28 },
    { data: unit, width: 28, height: 28 },
  ];
  for (const form of forms) {
    const { data, width, height, channels } = readPixels(form);
    assertEquals([width, height, channels], [28, 28, 1]);
    assertEquals(data instanceof Float32Array, true);
    data.forEach((value, i) => assertAlmostEquals(value, unit[i], 1e-6));
  }
});

Deno.test("readPixels accepts integers in arrays of every type", () => {
  const levels = Array.from({ length: 784 }, (_, i) => i % 128);
  const kinds = [Int8Array, Int16Array, Uint16Array, Int32Array, Uint32Array, Float16Array];
  for (const kind of kinds) {
    const { data } = readPixels(new kind(levels) as unknown as Float32Array);
    assertEquals(data, Float32Array.from(levels, (level) => Math.fround(level) / 255));
  }
});

Deno.test("readPixels rejects more pixels than the limit", () => {
  const forms: [DigitPixels, string][] = [
    [new Uint8Array(784), "28×28"],
    [Array(784).fill(0), "28×28"],
    [Array.from({ length: 28 }, () => Array(28).fill(0)), "28×28"],
    [{ data: new Uint8Array(784), width: 14, height: 56 }, "14×56"],
    [{ data: new Float32Array(4 * 784), width: 784, height: 1 }, "784×1"],
  ];
  for (const [form, size] of forms) {
    assertError(
      () => readPixels(form, { maxPixels: 783 }),
      "image/too-large",
      `it has ${size} pixels, expected at most 783 in all`,
    );
    readPixels(form, { maxPixels: 784 });
  }
});

Deno.test("readPixels takes 1 as full brightness unless a larger number occurs", () => {
  const flat = new Float32Array(784);
  flat[0] = 1;
  assertEquals(readPixels(flat).data[0], 1);
  flat[1] = 1.01;
  assertAlmostEquals(readPixels(flat).data[0], 1 / 255, 1e-6);
});

Deno.test("readPixels accepts rows of any number and length", () => {
  const { data, width, height } = readPixels([[0, 0.5, 1], [1, 0.5, 0]]);
  assertEquals([Array.from(data), width, height], [[0, 0.5, 1, 1, 0.5, 0], 3, 2]);
});

Deno.test("readPixels does not change the caller's numbers", () => {
  const flat = new Float32Array(784).fill(255);
  const { data } = readPixels(flat);
  assertEquals([flat[0], data[0], data.buffer === flat.buffer], [255, 1, false]);
});

function withValue(value: unknown, at: number): number[] {
  const flat: unknown[] = Array(784).fill(0);
  flat[at] = value;
  return flat as number[];
}

const WRONG: [unknown, LeNetErrorCode, string][] = [
  [withValue(NaN, 0), "image/invalid", "the value in row 0, column 0 is NaN"],
  [withValue(Infinity, 59), "image/invalid", "the value in row 2, column 3 is Infinity"],
  [withValue(-0.01, 783), "image/invalid", "the value in row 27, column 27 is -0.01"],
  [withValue(255.5, 28), "image/invalid", "the value in row 1, column 0 is 255.5"],
  [withValue("7", 1), "image/invalid", "the value in row 0, column 1 is 7"],
  [withValue(undefined, 1), "image/invalid", "is undefined"],
  [withValue(Symbol("s"), 1), "image/invalid", "is Symbol(s)"],
  [Float32Array.from(withValue(NaN, 29)), "image/invalid", "row 1, column 1 is NaN"],
  [[[0, 0], [0, NaN]], "image/invalid", "row 1, column 1 is NaN"],
  [
    { data: Float32Array.from([0, 0, 0, 0, 0, 0, -1, 0]), width: 2, height: 1 },
    "image/invalid",
    "row 0, column 1 is -1",
  ],
  [[[0, 0], [0]], "image/invalid", "row 1 has 1 values, row 0 has 2"],
  [[[0, 0], "00"], "image/invalid", "row 1 has 2 values"],
  [[[0, 0], null], "image/invalid", "row 1 has undefined values"],
  [[[]], "image/invalid", "row 0 has 0 values"],
  [[], "image/invalid", "it has 0 values"],
  [Array(783).fill(0), "image/invalid", "it has 783 values, expected 28×28 values"],
  [new Float32Array(785), "image/invalid", "it has 785 values"],
  [new Uint8Array(0), "image/invalid", "it has 0 values"],
  [{ data: new Uint8Array(5), width: 3, height: 2 }, "image/invalid", "5 values for 3×2 pixels"],
  [{ data: new Uint8Array(12), width: 3, height: 2 }, "image/invalid", "12 values for 3×2"],
  [
    { data: Float32Array.from([0, 0, 0, 0, 0, NaN]), width: 2, height: 1 },
    "image/invalid",
    "row 0, column 1 is NaN",
  ],
  [{ data: new Uint8Array(0), width: 0, height: 2 }, "image/invalid", "0 values for 0×2"],
  [{ data: new Uint8Array(6), width: -3, height: -2 }, "image/invalid", "-3×-2"],
  [{ data: new Uint8Array(6), width: 1.5, height: 4 }, "image/invalid", "1.5×4"],
  [{ data: new Uint8Array(6), width: NaN, height: 2 }, "image/invalid", "NaN×2"],
  [{ data: new Uint8Array(6), width: "3", height: 2 }, "image/invalid", "3×2"],
  [{ data: new Uint8Array(6) }, "image/invalid", "undefined×undefined"],
  [{ data: "00", width: 2, height: 1 }, "image/unsupported", "its data is of type String"],
  [{ data: new BigInt64Array(2), width: 2, height: 1 }, "image/unsupported", "type BigInt64Array"],
  [{ data: [0, -1], width: 2, height: 1 }, "image/invalid", "row 0, column 1 is -1"],
  [{ data: new Uint16Array([0, 256]), width: 2, height: 1 }, "image/invalid", "column 1 is 256"],
  [{ data: null, width: 2, height: 1 }, "image/unsupported", "type Null"],
  [{}, "image/unsupported", "of type Object, expected 28×28 values"],
  [null, "image/unsupported", "of type Null"],
  [undefined, "image/unsupported", "of type Undefined"],
  ["seven.png", "image/unsupported", "of type String"],
  [7, "image/unsupported", "of type Number"],
  [new BigUint64Array(784), "image/unsupported", "of type BigUint64Array"],
  [new Int8Array(784).fill(-1), "image/invalid", "row 0, column 0 is -1"],
  [new DataView(new ArrayBuffer(784)), "image/unsupported", "of type DataView"],
  [() => 0, "image/unsupported", "of type Function"],
];

for (const [image, code, message] of WRONG) {
  Deno.test(`readPixels rejects what is invalid: ${message}`, () => {
    assertError(() => readPixels(image as DigitPixels), code, message);
  });
}

Deno.test("readPixels rejects pixels in a detached buffer", () => {
  const flat = new Float32Array(784);
  structuredClone(flat, { transfer: [flat.buffer] });
  assertError(() => readPixels(flat), "image/invalid", "it has 0 values");
  assertError(
    () => readPixels({ data: flat, width: 28, height: 28 }),
    "image/invalid",
    "0 values for 28×28 pixels",
  );
});
