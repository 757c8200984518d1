import { assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { sizeOf } from "../../src/model/architecture.ts";
import {
  dequantize,
  fromFloat16Bits,
  MAX_FLOAT16,
  quantize,
  toFloat16Bits,
} from "../../src/weights/dtype.ts";

/** What the runtime itself has, where it has it. */
const { Float16Array } = globalThis;

const absent = Float16Array === undefined;

const KNOWN: readonly [bits: number, value: number][] = [
  [0x0000, 0],
  [0x8000, -0],
  [0x0001, 2 ** -24],
  [0x03ff, 1023 * 2 ** -24],
  [0x0400, 2 ** -14],
  [0x3555, 0.333251953125],
  [0x3c00, 1],
  [0x3c01, 1 + 2 ** -10],
  [0xc000, -2],
  [0x7bff, MAX_FLOAT16],
  [0x7c00, Infinity],
  [0xfc00, -Infinity],
];

const tensor = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 4 })
  .chain((shape) => {
    const length = sizeOf(shape);
    const value = fc.float({ min: -1000, max: 1000, noNaN: true });
    return fc.array(value, { minLength: length, maxLength: length })
      .map((values) => ({ shape, data: Float32Array.from(values) }));
  });

Deno.test("fromFloat16Bits gives known values", () => {
  for (const [bits, value] of KNOWN) assertEquals(fromFloat16Bits(bits), value);
  assertEquals(fromFloat16Bits(0x7e00), NaN);
  assertEquals(fromFloat16Bits(0xfc01), NaN);
});

Deno.test("toFloat16Bits gives known patterns", () => {
  for (const [bits, value] of KNOWN) assertEquals(toFloat16Bits(value), bits);
  assertEquals(toFloat16Bits(NaN), 0x7e00);
});

Deno.test("toFloat16Bits undoes fromFloat16Bits for every pattern that is not NaN", () => {
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = fromFloat16Bits(bits);
    if (!Number.isNaN(value)) assertEquals(toFloat16Bits(value), bits);
  }
});

Deno.test("toFloat16Bits rounds halfway values to the even pattern, and all others to the nearest", () => {
  for (let bits = 0; bits < 0x7bff; bits++) {
    const low = fromFloat16Bits(bits);
    const middle = (low + fromFloat16Bits(bits + 1)) / 2;
    const even = bits % 2 === 0 ? bits : bits + 1;
    const nudge = middle * 2 ** -40;
    assertEquals(toFloat16Bits(middle), even);
    assertEquals(toFloat16Bits(-middle), 0x8000 | even);
    assertEquals(toFloat16Bits(middle - nudge), bits);
    assertEquals(toFloat16Bits(middle + nudge), bits + 1);
  }
});

Deno.test("toFloat16Bits gives an infinity from 65520 on", () => {
  assertEquals(toFloat16Bits(65519.999), 0x7bff);
  assertEquals(toFloat16Bits(65520), 0x7c00);
  assertEquals(toFloat16Bits(-1e300), 0xfc00);
});

Deno.test("toFloat16Bits gives a zero of the same sign below half of the smallest number", () => {
  assertEquals(toFloat16Bits(2 ** -25), 0);
  assertEquals(toFloat16Bits(-(2 ** -25)), 0x8000);
  assertEquals(toFloat16Bits(Number.MIN_VALUE), 0);
  assertEquals(toFloat16Bits(2 ** -25 * (1 + 2 ** -50)), 1);
});

Deno.test({
  name: "fromFloat16Bits agrees with the runtime's Float16Array on every pattern",
  ignore: absent,
  fn() {
    const patterns = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits);
    const values = new Float16Array(patterns.buffer);
    for (const bits of patterns) assertEquals(fromFloat16Bits(bits), values[bits]);
  },
});

Deno.test({
  name: "toFloat16Bits agrees with the runtime's Float16Array on any number",
  ignore: absent,
  fn() {
    const half = new Float16Array(1);
    const bits = new Uint16Array(half.buffer);
    const agrees = (value: number): void => {
      half[0] = value;
      assertEquals(toFloat16Bits(value), bits[0], `${value}`);
    };
    fc.assert(fc.property(fc.double({ noNaN: true }), agrees), { numRuns: 5000 });
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -70000, max: 70000 }), agrees),
      { numRuns: 5000 },
    );
    fc.assert(fc.property(fc.float({ noNaN: true, min: -1, max: 1 }), agrees), { numRuns: 5000 });
  },
});

Deno.test("quantize changes a value by half a level of its row at most", () => {
  fc.assert(fc.property(tensor, ({ shape, data }) => {
    const quantized = quantize({ shape, data });
    const length = data.length / shape[0];
    dequantize(quantized).forEach((value, i) => {
      const scale = quantized.scales[Math.floor(i / length)];
      assertLessOrEqual(Math.abs(value - data[i]), 0.5001 * scale + 2e-43);
    });
  }));
});

Deno.test("quantize takes the largest magnitude of a row for ±127, and each row by itself", () => {
  const data = new Float32Array([127, -63.5, 1, 0, -2, 1, 0.5, 0, 0, 0, 0, 0]);
  const { numbers, scales } = quantize({ shape: [3, 2, 2], data });
  assertEquals(Array.from(numbers), [127, -63, 1, 0, -127, 64, 32, 0, 0, 0, 0, 0]);
  assertEquals(scales, new Float32Array([1, 2 / 127, 0]));
});

Deno.test("quantize gives again what dequantize made of it", () => {
  fc.assert(fc.property(tensor, ({ shape, data }) => {
    const once = quantize({ shape, data });
    assertEquals(quantize({ shape, data: dequantize(once) }).numbers, once.numbers);
  }));
});
