import type { LeNetError } from "../model/error.ts";
import { imageError } from "./image_error.ts";

/** Codes have 12 bits at most. */
const MOST_CODES = 4096;

/**
 * Decompresses the data of a GIF: LZW with codes that grow from `colourBits` + 1 to 12 bits (GIF89a, appendix F).
 *
 * Each code stands for a string of colours: that of an earlier code, and one colour more. What follows the last pixel
 * is ignored.
 *
 * @param bytes The file.
 * @param start Where in it the blocks of data begin.
 * @param colourBits Bits of a colour, from 2 to 8.
 * @param colours Takes the colour of each pixel, in the order of the file.
 * @throws {LeNetError} `image/unreadable` when the data hold a code that cannot be, or end before all pixels are there.
 */
export function decompressGif(
  bytes: Uint8Array,
  start: number,
  colourBits: number,
  colours: Uint8ClampedArray,
): void {
  const clear = 1 << colourBits;
  const end = clear + 1;
  const earlier = new Uint16Array(MOST_CODES);
  const last = Uint8Array.from({ length: MOST_CODES }, (_, code) => code);
  const lengths = new Uint16Array(MOST_CODES).fill(1);
  let next = end + 1;
  let codeBits = colourBits + 1;
  let previous = -1;
  let filled = 0;

  let at = start;
  let left = 0;
  let held = 0;
  let heldBits = 0;
  while (filled < colours.length) {
    while (heldBits < codeBits) {
      if (left === 0) {
        left = bytes[at++];
        if (!left) throw damaged("the data of the GIF end before its pixels are complete");
      }
      held |= bytes[at++] << heldBits;
      heldBits += 8;
      left--;
    }
    const code = held & (1 << codeBits) - 1;
    held >>>= codeBits;
    heldBits -= codeBits;

    if (code === clear) {
      next = end + 1;
      codeBits = colourBits + 1;
      previous = -1;
      continue;
    }
    if (code === end) throw damaged("the data of the GIF end before its pixels are complete");
    // A code may be the one that it makes itself: then its string is the previous one and that one's first colour.
    if (previous < 0 ? code > clear : code > next) {
      throw damaged(`the data of the GIF hold code ${code}, expected less`);
    }
    const isNew = code === next;
    const known = isNew ? previous : code;
    let colour = last[known];
    // A string is known from its end. A write behind the last pixel does nothing.
    for (let entry = known, to = filled + lengths[known] - 1; to >= filled; to--) {
      colour = last[entry];
      colours[to] = colour;
      entry = earlier[entry];
    }
    filled += lengths[known];
    if (isNew) colours[filled++] = colour;
    if (previous >= 0 && next < MOST_CODES) {
      earlier[next] = previous;
      last[next] = colour;
      lengths[next] = lengths[previous] + 1;
      next++;
      if (next === 1 << codeBits && codeBits < 12) codeBits++;
    }
    previous = code;
  }
}

function damaged(problem: string): LeNetError {
  return imageError("image/unreadable", problem);
}
