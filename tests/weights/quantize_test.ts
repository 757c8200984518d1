import { assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { sizeOf } from "../../src/model/shapes.ts";
import { dequantize, quantize } from "../../src/weights/quantize.ts";

const tensor = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 4 })
  .chain((shape) => {
    const length = sizeOf(shape);
    const value = fc.float({ min: -1000, max: 1000, noNaN: true });
    return fc.array(value, { minLength: length, maxLength: length })
      .map((values) => ({ shape, data: Float32Array.from(values) }));
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
