import { assertEquals } from "@std/assert";
import { formatPixels } from "../../scripts/terminal.ts";

Deno.test("formatPixels gives 14 lines of 28 shades for a digit", () => {
  const pixels = new Float32Array(784);
  pixels.fill(1, 0, 56);
  pixels.fill(1, 56, 84);
  for (let x = 0; x < 28; x++) pixels[27 * 28 + x] = x / 27;
  const lines = formatPixels(pixels).split("\n");
  assertEquals(lines.map((line) => line.length), Array(14).fill(28));
  assertEquals(lines[0], "@".repeat(28));
  assertEquals(lines[1], "+".repeat(28));
  assertEquals(lines[2], " ".repeat(28));
  assertEquals(lines[13], "      .....::::::-----=====+");
});

Deno.test("formatPixels has a denser shade for every tenth of ink", () => {
  const pixels = new Float32Array(56);
  for (let x = 0; x < 10; x++) pixels[x] = pixels[28 + x] = x / 10 + 0.05;
  assertEquals(formatPixels(pixels).trimEnd(), " .:-=+*#%@");
});
