import type { Random } from "../../../../../src/model/random.ts";
import { fitPaths, type Path, pathBounds, writeStrokes } from "../drawing.ts";
import { type Glyph, LETTERS, MARKS } from "../glyphs.ts";
import type { Bounds } from "../homography.ts";
import type { RgbaPicture } from "../picture.ts";
import { asLines, formBoxes } from "./enclosures.ts";
import { straightLine } from "./lines.ts";
import { drawPage, type Line, type Surroundings } from "./page.ts";

/** A kind of page without a digit: empty cells of a form, punctuation marks, or a word. */
export type EmptyPageKind = "cells" | "punctuation" | "text";

const PAGES = { cells, punctuation, text } satisfies Record<
  EmptyPageKind,
  (random: Random) => Surroundings
>;

/** Draws a page without a digit. Lengths are in heights of the digits that it could hold. */
export function emptyPage(kind: EmptyPageKind, random: Random): RgbaPicture {
  return drawPage(undefined, PAGES[kind](random), random);
}

/** Empty form cells: boxes, a table, a comb or lines to write on, with or without small print. */
function cells(random: Random): Surroundings {
  const stroke = random.uniform(0.06, 0.16);
  const wide = random.uniform(0.7, 1.5);
  const cell: Bounds = { left: 0, top: 0, right: wide, bottom: random.uniform(0.9, 1.4) };
  const kind = random.integer(4);
  const paths = kind === 0
    ? formBoxes(cell, random).slice(0, 5)
    : kind === 1
    ? table(cell, random)
    : kind === 2
    ? comb(cell, random)
    : writingLines(cell, random);
  const seen = (): number => random.uniform(0.1, 1.5) * wide;
  const view: Bounds = {
    left: cell.left - seen(),
    top: cell.top - random.uniform(0.1, 0.6),
    right: cell.right + seen(),
    bottom: cell.bottom + random.uniform(0.1, 0.6),
  };
  const { drawn, printed, strength } = asLines(paths, stroke, random);
  const marks = random.next() < 0.5 ? smallPrint(cell, random) : [];
  return { drawn, printed: [...printed, ...marks], strength: random.uniform(0.4, strength), view };
}

function table({ left, top, right, bottom }: Bounds, random: Random): Path[] {
  const [wide, tall] = [right - left, bottom - top];
  const [rows, columns] = [1 + random.integer(3), 1 + random.integer(3)];
  const paths: Path[] = [];
  for (let n = -1; n <= rows; n++) {
    const y = top + n * tall;
    paths.push(straightLine([left - 2 * wide, y], [right + 2 * wide, y]));
  }
  for (let n = -columns; n <= columns + 1; n++) {
    const x = left + n * wide;
    paths.push(straightLine([x, top - tall], [x, top + rows * tall]));
  }
  return paths;
}

function comb({ left, right, bottom }: Bounds, random: Random): Path[] {
  const wide = right - left;
  const tick = random.next() < 0.6 ? random.uniform(0.12, 0.5) : random.uniform(1, 1.4);
  const last = 2 + random.integer(3);
  const paths = [straightLine([left - wide, bottom], [left + last * wide, bottom])];
  for (let n = -1; n <= last; n++) {
    paths.push(straightLine([left + n * wide, bottom], [left + n * wide, bottom - tick]));
  }
  return paths;
}

/** One to three lines to write on, from edge to edge or shorter. */
function writingLines({ left, right, bottom }: Bounds, random: Random): Path[] {
  const reach = random.next() < 0.5 ? 9 : random.uniform(0.05, 0.4);
  const spacing = random.uniform(0.4, 1);
  return Array.from({ length: 1 + random.integer(3) }, (_, n) => {
    const y = bottom - n * spacing;
    return straightLine([left - reach, y], [right + reach, y]);
  });
}

/** A short label, or a few dots, in the upper left corner of a cell. */
function smallPrint({ left, top }: Bounds, random: Random): Line[] {
  const tall = random.uniform(0.12, 0.22);
  const word = writeWord(LETTERS, 2 + random.integer(3), true, random);
  const thickness = tall * random.uniform(0.1, 0.18);
  return word.map((path) => ({
    path: path.map((value, i) =>
      i % 2 === 0 ? left + 0.08 + tall * value : top + 0.08 + tall * value
    ),
    thickness,
  }));
}

/**
 * Marks of punctuation, signs of currencies and brackets, one or several, each as large as beside digits of height 1,
 * and a picture of more than that.
 */
function punctuation(random: Random): Surroundings {
  const thickness = random.uniform(0.07, 0.16);
  const count = random.next() < 0.6 ? 1 : 2 + random.integer(2);
  const lines: Line[] = [];
  let right = 0;
  for (let n = 0; n < count; n++) {
    const { strokes, tall, down, aspect } = MARKS[random.integer(MARKS.length)];
    const written = writeStrokes(strokes, aspect, random);
    const bounds = pathBounds(written);
    // The longer side of the mark in the unit of its strokes is that of the mark on the page.
    const longer = Math.max(bounds.right - bounds.left, bounds.bottom - bounds.top);
    const paths = fitPaths(written, tall * longer, right, down);
    lines.push(...paths.map((path) => ({ path, thickness: thickness * random.uniform(1, 1.3) })));
    right = pathBounds(paths).right + random.uniform(0.3, 0.8);
  }
  const margin = (): number => random.uniform(0.2, 1);
  const view = { left: -margin(), top: -margin(), right: right + margin(), bottom: 1.2 + margin() };
  return { drawn: lines, printed: [], strength: 1, view };
}

/** A word or two, printed or written. */
function text(random: Random): Surroundings {
  const isPrinted = random.next() < 0.5;
  const first = writeWord(LETTERS, 2 + random.integer(6), isPrinted, random);
  const words = [first];
  if (random.next() < 0.3) {
    const from = pathBounds(first).right + random.uniform(0.4, 0.7);
    const second = writeWord(LETTERS, 2 + random.integer(4), isPrinted, random);
    words.push(second.map((path) => path.map((value, i) => i % 2 === 0 ? from + value : value)));
  }
  const thickness = random.uniform(0.06, 0.16);
  const lines = words.flat().map((path): Line => ({ path, thickness }));
  const { left, top, right, bottom } = pathBounds(words.flat());
  const margin = (): number => random.uniform(0.15, 0.9);
  const view: Bounds = {
    left: left - margin(),
    top: top - margin(),
    right: right + margin(),
    bottom: bottom + margin(),
  };
  return { drawn: lines, printed: [], strength: 1, view };
}

/** Letters beside each other, of height 1, from (0, 0) on; printed ones are upright and exact. */
function writeWord(
  glyphs: readonly Glyph[],
  count: number,
  isPrinted: boolean,
  random: Random,
): Path[] {
  const spacing = random.uniform(0.12, 0.3);
  const paths: Path[] = [];
  let at = 0;
  for (let n = 0; n < count; n++) {
    const { strokes, aspect } = glyphs[random.integer(glyphs.length)];
    const letter = isPrinted
      ? strokes.map((stroke) => stroke.flatMap(([x, y]) => [x * aspect, y]))
      : writeStrokes(strokes, aspect, random);
    const { left, top, right } = pathBounds(letter);
    const down = isPrinted ? 0 : random.uniform(-0.06, 0.06);
    paths.push(
      ...letter.map((path) =>
        path.map((value, i) => value + (i % 2 === 0 ? at - left : down - top))
      ),
    );
    at += right - left + spacing;
  }
  return paths;
}
