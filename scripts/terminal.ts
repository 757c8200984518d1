import { DIGIT_SIDE } from "../src/image/image.ts";

/** From background to ink, ever denser. */
const SHADES = " .:-=+*#%@";

/**
 * A picture of a digit for a terminal. Characters are about twice as high as wide, so that one stands for two
 * pixels, the upper and the lower.
 *
 * @param pixels 28 columns of any even number of rows, row by row, 0 (background) to 1 (ink).
 * @returns Half as many lines as rows, 28 characters each, without a newline at the end.
 */
export function formatPixels(pixels: Float32Array): string {
  const lines: string[] = [];
  for (let row = 0; row < pixels.length; row += 2 * DIGIT_SIDE) {
    let line = "";
    for (let upper = row; upper < row + DIGIT_SIDE; upper++) {
      const ink = (pixels[upper] + pixels[upper + DIGIT_SIDE]) / 2;
      line += SHADES[Math.min(SHADES.length - 1, Math.floor(ink * SHADES.length))];
    }
    lines.push(line);
  }
  return lines.join("\n");
}
