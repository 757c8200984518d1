import { histogram, quantile } from "./histogram.ts";
import { borderOf } from "./ink_levels.ts";
import { toBytes } from "./value_scales.ts";

/**
 * Turns a grey picture into its negative, in place, when most of its border is light: the background of what networks
 * of one channel know, digits and articles of clothing, is dark.
 *
 * @param pixels Brightness, 0 to 1, row by row.
 * @param width Columns.
 * @param height Rows.
 * @returns The same array.
 */
export function lightOnDark<T extends Float32Array>(pixels: T, width: number, height: number): T {
  const border = borderOf({ data: toBytes(pixels), width, height });
  if (quantile(histogram(border), 0.5) > 127.5) {
    for (let i = 0; i < pixels.length; i++) pixels[i] = 1 - pixels[i];
  }
  return pixels;
}
