import { assertEquals } from "@std/assert";
import { strengthenInk } from "../../src/image/strengthen_ink.ts";

Deno.test("strengthenInk makes the strongest pixel 1 and keeps proportions", () => {
  const pixels = Float32Array.of(0, 0.125, 0.5, 0.25);
  assertEquals(strengthenInk(pixels), Float32Array.of(0, 0.25, 1, 0.5));
  assertEquals(strengthenInk(pixels) === pixels, true);
});
