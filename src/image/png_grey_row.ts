import { lumaOf } from "./grey.ts";
import { missingColour } from "./png_byte_row.ts";
import type { PngChunks } from "./png_chunks.ts";

/**
 * The longer side of the largest picture of which every pixel is looked at: `LazyGrey` skips pixels when one of those
 * that `findInk` looks at stands for eight times eight.
 */
const LARGEST = 7 * 200;

/**
 * Tells whether the rows of a PNG are for {@linkcode pngGreyRowWriter}: samples of a byte, without interlacing, grey or
 * in colour, nothing in it transparent, and not so large that most of its brightness need not be known.
 *
 * @param chunks The chunks of the PNG.
 * @returns Whether they are.
 */
export function hasGreyRows(
  { header: { width, height, depth, colourType, interlaced }, transparency }: PngChunks,
): boolean {
  return depth === 8 && !interlaced && colourType < 4 && transparency.length === 0 &&
    Math.max(width, height) <= LARGEST;
}

/**
 * Writes the brightness of one row after another, what `toGrey` makes of the same row in RGBA.
 *
 * @param chunks The chunks of the PNG.
 * @param target The picture, one byte for each pixel.
 * @returns What writes a row: its number, and its bytes, unfiltered. It throws `image/unreadable` when a pixel has a
 * colour that the palette lacks.
 */
export function pngGreyRowWriter(
  { header: { width, colourType }, palette }: PngChunks,
  target: Uint8ClampedArray,
): (y: number, row: Uint8Array) => void {
  if (colourType === 0) return (y, row) => target.set(row, y * width);
  if (colourType === 2) {
    return (y, row) => {
      for (let at = y * width, i = 0; i < row.length; at++, i += 3) target[at] = lumaOf(row, i);
    };
  }
  const colours = palette.length / 3;
  const levels = Uint8Array.from({ length: colours }, (_, index) => lumaOf(palette, 3 * index));
  return (y, row) => {
    for (let at = y * width, i = 0; i < width; at++, i++) {
      if (row[i] >= colours) throw missingColour(row[i], colours);
      target[at] = levels[row[i]];
    }
  };
}
