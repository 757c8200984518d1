import { DIGIT_SIDE } from "../src/image/frame.ts";

/** The characters of ten strengths of ink, from none to full. */
const SHADES = " .:-=+*#%@";

/**
 * Draws a digit as text. Characters are about twice as high as wide, so each stands for two pixels, one above the
 * other.
 *
 * @param pixels 28 columns and an even number of rows, row by row, 0 (background) to 1 (ink).
 * @returns A line of 28 characters for every two rows, without a newline at the end.
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
