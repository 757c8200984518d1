import { assertEquals } from "@std/assert";
import { normalize } from "../../src/model/model.ts";

Deno.test("normalize takes the mean away and divides by the deviation, channel by channel", () => {
  const pixels = Float32Array.of(0, 1, 0.5, 0.25, 1, 0, 0.25, 0.5);
  normalize(pixels, [2, 1, 2], { mean: [0.5, 0.25], std: [0.5, 0.25] });
  assertEquals(pixels, Float32Array.of(-1, 1, 1, 0, 1, -1, 0, 1));
});

Deno.test("normalize leaves pixels as they are with mean 0 and deviation 1", () => {
  const pixels = Float32Array.of(0, 0.3, 1);
  normalize(pixels, [1, 1, 3], { mean: [0], std: [1] });
  assertEquals(pixels, Float32Array.of(0, 0.3, 1));
});
