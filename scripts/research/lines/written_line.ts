import type { Random } from "../../../src/model/random.ts";
import { compose, type Homography, translate } from "../hard_set/pictures/homography.ts";
import { digitShape, type Shape, thickenShape, thinShape } from "../hard_set/pictures/shape.ts";
import { touchingDistance } from "../hard_set/pictures/strings.ts";
import { drawMark, type Mark } from "./marks.ts";

/** A digit or a mark of a line. */
export interface Glyph {
  readonly shape: Shape;
  /** From pixels of MNIST to those of the line, whose digits are 20 pixels high and stand on row 0. */
  readonly place: Homography;
}

/** A line as it is written. */
export interface WrittenLine {
  readonly glyphs: readonly Glyph[];
  /** Its digits. */
  readonly text: string;
  /** Whether each digit has a cell of its own. */
  readonly inCells: boolean;
}

/** Draws a digit in the hand of the line: 28×28 bytes, ink 255. */
export type DrawDigit = (label: number) => Uint8Array;

const MOST_DIGITS = 9;

/** How the digits of a line follow each other. */
type Spacing = "touching" | "apart" | "close" | "mixed" | "cells";

const SPACINGS: readonly Spacing[] = [
  "touching",
  "touching",
  "touching",
  "apart",
  "apart",
  "mixed",
  "mixed",
  "close",
];

/** What is written behind an amount, so that nothing can be added. */
const ENDINGS: readonly (readonly Mark[])[] = [
  ["-"],
  ["-"],
  ["-", "-"],
  ["="],
  [".", "="],
  [".", "-"],
  [",", "-"],
  [",", "-", "-"],
  ["~"],
  ["."],
  [","],
  ["*"],
  ["#"],
  [")"],
  ["/"],
];

const BEGINNINGS: readonly Mark[] = ["$", "#", "*", "-", "=", "("];

const BETWEEN_THOUSANDS: readonly Mark[] = [".", ".", ",", ":"];

const ANYWHERE: readonly Mark[] = ["-", ".", ",", "/"];

/**
 * Writes a line: a number of one to nine digits in one hand, as people write them on cheques and forms.
 *
 * @param draw Draws a digit.
 * @param random Decides the number and how it is written.
 * @returns The line.
 */
export function writeLine(draw: DrawDigit, random: Random): WrittenLine {
  const chance = (probability: number): boolean => random.next() < probability;
  const pick = <Item>(items: readonly Item[]): Item => items[random.integer(items.length)];

  const labels = drawNumber(random);
  const inCells = chance(0.12);
  const spacing: Spacing = inCells ? "cells" : pick(SPACINGS);
  // The gap is much the same within a line, as in real writing.
  const [least, most] = [2, random.uniform(3, 18)];
  const tilt = chance(0.3) ? random.uniform(-0.05, 0.05) : 0;
  const slant = chance(0.4) ? random.uniform(-0.15, 0.6) : 0;
  const stretch = chance(0.3) ? random.uniform(0.7, 1.35) : 1;
  const hasLowZeros = chance(0.18);
  const zeroStretch = hasLowZeros ? random.uniform(1, 1.7) : 1;
  const hasMarks = !inCells && chance(0.4);
  const withPen = drawPen(random);

  const glyphs: Glyph[] = [];
  let [right, drift] = [0, 0];
  const add = (
    pixels: Uint8Array,
    { wide = 1, high = 1, gap, isMark }: {
      wide?: number;
      high?: number;
      /** To the glyph before; none when they touch. */
      gap: number | undefined;
      isMark: boolean;
    },
  ): void => {
    const shape = withPen(digitShape(pixels));
    const { bounds } = shape;
    drift = 0.7 * drift + random.uniform(-0.85, 0.85);
    const down = right * tilt + drift - high * (isMark ? MARK_BASE : bounds.bottom);
    const placeAt = (x: number): Homography =>
      compose(shear(-slant), translate(x, down), [wide, 0, 0, 0, high, 0, 0, 0, 1]);
    let across = right + (gap ?? FIRST_GAP) - wide * bounds.left;
    const before = glyphs[glyphs.length - 1];
    if (gap === undefined && before !== undefined) {
      const next = { shape, place: placeAt(across) };
      across += touchingDistance(before, next, random.uniform(0, 4));
    }
    glyphs.push({ shape, place: placeAt(across) });
    right = across + wide * bounds.right;
  };
  const addMark = (mark: Mark, leastGap: number): void => {
    const size = random.uniform(0.7, 1.1);
    const gap = random.uniform(leastGap, 6);
    add(drawMark(mark, random), { wide: size, high: size, gap, isMark: true });
  };

  if (hasMarks && chance(0.2)) addMark(pick(BEGINNINGS), 1);
  for (const [i, label] of labels.entries()) {
    const isLow = hasLowZeros && label === 0 && i > 0;
    // A 1 at the beginning is often a long stroke.
    const isLong = label === 1 && i === 0 && chance(0.15);
    const size = random.uniform(0.85, 1.15) *
      (isLow ? random.uniform(0.5, 0.8) : isLong ? random.uniform(1.1, 1.5) : 1);
    const touches = spacing === "touching" || spacing === "mixed" && chance(0.5) ||
      isLow && chance(0.6);
    const gap = i === 0
      ? FIRST_GAP
      : spacing === "cells"
      ? random.uniform(8, 14)
      : touches
      ? undefined
      : spacing === "close"
      ? random.uniform(0.4, 2.5)
      : random.uniform(least, most);
    add(draw(label), {
      wide: size * stretch * (isLow ? zeroStretch : random.uniform(0.92, 1.08)),
      high: size,
      gap,
      isMark: false,
    });
    const left = labels.length - 1 - i;
    if (!hasMarks || left === 0) continue;
    if (left % 3 === 0 && chance(0.6)) addMark(pick(BETWEEN_THOUSANDS), 0.5);
    else if (chance(0.03)) addMark(pick(ANYWHERE), 1);
  }
  if (hasMarks && chance(0.6)) { for (const mark of pick(ENDINGS)) addMark(mark, 0.8); }
  return { glyphs, text: labels.join(""), inCells };
}

/** Pixels before the first glyph. */
const FIRST_GAP = 4;

/** The row of a mark's picture on which digits stand. */
const MARK_BASE = 24;

/** Moves rows to the right by so many pixels for each pixel down. */
function shear(amount: number): Homography {
  return [1, amount, 0, 0, 1, 0, 0, 0, 1];
}

/** Draws the digits of a number: many end in zeros, and some digits are doubled. */
function drawNumber(random: Random): number[] {
  const count = random.next() < 0.1 ? 1 : 2 + random.integer(MOST_DIGITS - 1);
  const labels = Array.from({ length: count }, () => random.integer(10));
  if (random.next() < 0.25) {
    const zeros = 1 + random.integer(3);
    labels.fill(0, Math.max(1, count - zeros));
  }
  if (count > 2 && random.next() < 0.1) {
    const at = random.integer(count - 1);
    labels[at + 1] = labels[at];
  }
  return labels;
}

/** Draws the pen of a line: thinner than that of the digits, thicker, or the same. */
function drawPen(random: Random): (shape: Shape) => Shape {
  const kind = random.next();
  if (kind < 0.4) {
    const share = random.uniform(0.3, 0.9);
    return (shape) => thinShape(shape, share);
  }
  if (kind < 0.88) return (shape) => shape;
  const extra = random.uniform(0.3, 1.2);
  return (shape) => thickenShape(shape, extra);
}
