import { assertEquals } from "@std/assert";
import { frameDigit } from "../../src/image/frame_digit.ts";

Deno.test("frameDigit puts 28×28 pixels in the middle of background", () => {
  const pixels = Float32Array.from({ length: 784 }, (_, i) => i + 1);
  for (const [height, width, top, left] of [[32, 32, 2, 2], [28, 28, 0, 0], [29, 40, 0, 6]]) {
    const field = frameDigit(pixels, [1, height, width]);
    assertEquals(field.length, height * width);
    field.forEach((value, i) => {
      const [x, y] = [i % width - left, Math.floor(i / width) - top];
      const isInside = x >= 0 && x < 28 && y >= 0 && y < 28;
      assertEquals(value, isInside ? pixels[28 * y + x] : 0);
    });
  }
});
