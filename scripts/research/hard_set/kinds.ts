import { NOT_ONE_DIGIT_KINDS } from "./pictures/page/digit_pieces.ts";
import { DRAWINGS } from "./pictures/drawing.ts";
import { HARD_KINDS } from "./pictures/hard_picture.ts";
import { NO_DIGIT_KINDS } from "./pictures/no_digit.ts";
import { PAGE_KINDS } from "./pictures/page/page_picture.ts";
import { STRING_KINDS } from "./pictures/strings.ts";

/** Digits of MNIST: as 28×28 bytes, and as a PNG enlarged to 200×200 pixels, of either polarity. */
export const PLAIN_KINDS = ["plain", "plain-png"] as const;

/** Articles of Fashion-MNIST, which are to be refused: as 28×28 bytes, and enlarged to 200×200 pixels. */
export const CLOTHING_KINDS = ["fashion", "fashion-enlarged"] as const;

/** Strings of touching digits read with their length given, and pictures of nothing that are read as lines. */
export const READ_KINDS = ["touching-known", "nothing-read"] as const;

/**
 * Pictures whose answers are timed, not counted: a drawing on a canvas, a photo of 12 megapixels, a line of eight digits.
 */
export const TIMED_KINDS = ["canvas", "photo", "line"] as const;

/** All kinds, in the order in which they are measured. */
export const KINDS: readonly string[] = [
  ...PLAIN_KINDS,
  ...HARD_KINDS,
  ...DRAWINGS,
  ...PAGE_KINDS,
  ...STRING_KINDS,
  ...READ_KINDS,
  ...CLOTHING_KINDS,
  ...NO_DIGIT_KINDS,
  ...NOT_ONE_DIGIT_KINDS,
  ...TIMED_KINDS,
];

/** The kinds of which one digit or none is the right answer, and that are prepared. */
export const CLASSIFIED_KINDS: readonly string[] = KINDS.filter((kind) =>
  ![...PLAIN_KINDS, ...STRING_KINDS, ...READ_KINDS, ...TIMED_KINDS].some((other) => other === kind)
);
