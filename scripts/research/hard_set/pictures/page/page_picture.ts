import type { Random } from "../../../../../src/model/random.ts";
import type { RgbaPicture } from "../picture.ts";
import type { LabelledDigit } from "../strings.ts";
import { boxed, circled } from "./enclosures.ts";
import { drawPage, type Surroundings, writeDigit, type Writing } from "./page.ts";
import { combed, standingOnRule, underlined } from "./rules.ts";
import { screenshotPicture } from "./screenshot.ts";
import { tinyPicture } from "./tiny.ts";

/** What is drawn or printed around a digit, by kind. */
export const SURROUNDINGS = {
  underlined,
  boxed,
  circled,
  combed,
  "standing-on-rule": standingOnRule,
} satisfies Record<string, (writing: Writing, random: Random) => Surroundings>;

/** A kind of page with one digit: with lines around it, small on a large sheet, or in a window on a screen. */
export type PageKind = keyof typeof SURROUNDINGS | "tiny" | "screenshot";

/** All kinds, in the order in which they are measured. */
export const PAGE_KINDS: readonly PageKind[] = [
  "underlined",
  "boxed",
  "circled",
  "combed",
  "tiny",
  "screenshot",
  "standing-on-rule",
];

/** Draws a page with a digit of MNIST, which anyone can read. */
export function pagePicture(
  { pixels, label }: LabelledDigit,
  kind: PageKind,
  random: Random,
): RgbaPicture {
  const writing = writeDigit(pixels, label, random);
  if (kind === "tiny") return tinyPicture(writing, random);
  if (kind === "screenshot") return screenshotPicture(writing, random);
  return drawPage(writing.shape, SURROUNDINGS[kind](writing, random), random);
}
