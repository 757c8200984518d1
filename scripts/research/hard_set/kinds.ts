import { DRAWINGS } from "./pictures/drawing.ts";
import { HARD_KINDS } from "./pictures/hard_picture.ts";
import { NO_DIGIT_KINDS } from "./pictures/no_digit.ts";
import { STRING_KINDS } from "./pictures/strings.ts";

/** Digits of MNIST as they are: 28×28 bytes; and enlarged to a PNG of 200×200 pixels, of either polarity. */
export const PLAIN_KINDS = ["plain", "plain-png"] as const;

/** Articles of clothing, which are no digits: 28×28 bytes, and enlarged to 200×200 pixels. */
export const CLOTHING_KINDS = ["fashion", "fashion-enlarged"] as const;

/** What is timed rather than counted: a drawing on a canvas, and a photo of 12 megapixels. */
export const TIMED_KINDS = ["canvas", "photo"] as const;

/** All that can be measured, in the order in which it is. */
export const KINDS: readonly string[] = [
  ...PLAIN_KINDS,
  ...HARD_KINDS,
  ...DRAWINGS,
  ...STRING_KINDS,
  ...CLOTHING_KINDS,
  ...NO_DIGIT_KINDS,
  ...TIMED_KINDS,
];
