import type { Random } from "../../src/model/random.ts";
import { blankPicture } from "./blank_picture.ts";
import { type Glyph, LETTERS, SYMBOLS } from "./glyphs.ts";
import { writeStrokes } from "./hand.ts";
import type { RgbaPicture } from "./rgba_picture.ts";
import { scribble } from "./scribble.ts";
import { staticPicture } from "./static_picture.ts";
import { strokesPicture } from "./strokes_picture.ts";

/** Pictures in which there is no digit. */
export type NoDigitKind = "letters" | "symbols" | "scribbles" | "static" | "blank";

/** All of them. */
export const NO_DIGIT_KINDS: readonly NoDigitKind[] = [
  "letters",
  "symbols",
  "scribbles",
  "static",
  "blank",
];

/**
 * Makes a picture in which there is no digit.
 *
 * @param kind What there is instead: `static` is noise.
 * @param random Where chance comes from.
 * @returns The picture.
 */
export function noDigitPicture(kind: NoDigitKind, random: Random): RgbaPicture {
  switch (kind) {
    case "letters":
      return glyphPicture(LETTERS, random);
    case "symbols":
      return glyphPicture(SYMBOLS, random);
    case "scribbles":
      return strokesPicture(scribble(random), random);
    case "static":
      return staticPicture(random);
    case "blank":
      return blankPicture(random);
  }
}

function glyphPicture(glyphs: readonly Glyph[], random: Random): RgbaPicture {
  const { strokes, aspect } = glyphs[random.integer(glyphs.length)];
  return strokesPicture(writeStrokes(strokes, aspect, random), random);
}
