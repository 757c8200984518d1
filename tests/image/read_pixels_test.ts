import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { LeNetErrorCode } from "../../src/errors.ts";
import type { DigitPixels } from "../../src/image/image.ts";
import { readPixels } from "../../src/image/read_image.ts";
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

Deno.test("readPixels takes other numbers as 0 to 1, or as 0 to 255 when the largest says so", () => {
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

/** What a picture of one row becomes. */
function read(...values: number[]): number[] {
  return Array.from(readPixels({ data: values, width: values.length, height: 1 }).data);
}

Deno.test("readPixels clamps values that are a hair outside of 0 to 1", () => {
  assertEquals(read(0, 0.5, 1 + 1e-7), [0, 0.5, 1]);
  assertEquals(read(-1e-9, 0.5, 1.05), [0, 0.5, 1]);
  assertEquals(read(-0.0005, 0, 1), [0, 0, 1]);
  const size = { width: 2, height: 1 };
  for (const data of [[0.5, 1.06], [0.5, 1.99], [1, -0.0006]]) {
    assertError(
      () => readPixels({ data, ...size }),
      "image/invalid",
      `column 1 is ${data[1]}, expected all values from 0 to 1, 0 to 16 in whole numbers, 0 to 255`,
    );
  }
});

Deno.test("readPixels takes whole numbers up to 16 as 0 to 16, and all others above 1 as 0 to 255", () => {
  assertEquals(read(0, 1, 1), [0, 1, 1]);
  assertEquals(read(0, 1, 2), [0, 1 / 16, 1 / 8]);
  assertEquals(read(0, 8, 16), [0, 0.5, 1]);
  const over = (...values: number[]): number[] =>
    values.map((value) => Math.fround(Math.fround(value) / 255));
  assertEquals(read(0, 8, 17), over(0, 8, 17));
  assertEquals(read(0, 8.5, 16), over(0, 8.5, 16));
  assertEquals(read(0.5, 2), over(0.5, 2));
  assertEquals(read(-0.1, 51, 255.1), [0, Math.fround(0.2), 1]);
});

Deno.test("readPixels takes 16-bit integers above 255 as 0 to 4095, or 0 to 65535", () => {
  const words = (...values: number[]): number[] =>
    Array.from(readPixels({ data: Uint16Array.from(values), width: 2, height: 1 }).data);
  assertEquals(words(51, 255), [Math.fround(0.2), 1]);
  assertEquals(words(0, 256), [0, Math.fround(256 / 4095)]);
  assertEquals(words(819, 4095), [Math.fround(0.2), 1]);
  assertEquals(words(0, 4096), [0, Math.fround(4096 / 65535)]);
  assertEquals(words(13107, 65535), [Math.fround(0.2), 1]);
  assertEquals(words(8, 16), [0.5, 1]);
});

Deno.test("readPixels takes bytes of 0 and 1 as a mask, but not in RGBA", () => {
  const size = { width: 2, height: 1 };
  for (const kind of [Uint8Array, Uint8ClampedArray]) {
    const mask = { data: kind.of(0, 1), ...size };
    assertEquals(readPixels(mask), { data: Float32Array.of(0, 1), ...size, channels: 1 });
    for (const data of [kind.of(1, 2), kind.of(0, 0), kind.of(0, 0, 0, 255, 1, 1, 1, 0)]) {
      assertEquals(readPixels({ data, ...size }).data, data);
    }
  }
  const { data } = readPixels({ data: Uint8Array.of(0, 1, 0, 1, 1, 1), ...size });
  assertEquals(data, Float32Array.of(0, 1, 0, 1, 1, 1, 1, 1));
});

Deno.test("readPixels decides the range of alpha apart from that of the colours", () => {
  const rgba = (colour: number, alpha: number): number[] =>
    Array.from(
      readPixels({
        data: Float32Array.of(0, 0, 0, alpha, colour, 0, 0, 0),
        width: 2,
        height: 1,
      }).data,
    );
  const opaque = [0, 0, 0, 1, 1, 0, 0, 0];
  assertEquals(rgba(1, 1), opaque);
  assertEquals(rgba(1.004, 1), opaque);
  assertEquals(rgba(1, 255), opaque);
  assertEquals(rgba(255, 1), opaque);
  assertEquals(rgba(255, 255), opaque);
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
  [{ data: new Int32Array([0, 256]), width: 2, height: 1 }, "image/invalid", "column 1 is 256"],
  // deno-lint-ignore no-sparse-arrays
  [[[1, , 2]], "image/invalid", "row 0, column 1 is undefined"],
  // deno-lint-ignore no-sparse-arrays
  [[[1, 0], , [0, 1]], "image/invalid", "row 1 has undefined values"],
  // deno-lint-ignore no-sparse-arrays
  [[, [1, 0]], "image/invalid", "it has 2 values"],
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
