import { centreInk, DIGIT_BOX, isFramedAsMnist, resizeArea, strengthenInk } from "./frame.ts";
import type { Box, FoundInk } from "./image.ts";
import { boxAround, type Component, findComponents, selectInk } from "./ink/components.ts";
import { separateInk, type Separation, softInk } from "./ink/separate.ts";
import { type PreparationSettings, takes } from "./ink/steps.ts";
import { evenStrokes, strokeWidth } from "./ink/strokes.ts";
import { otsuLevels } from "./ink/threshold.ts";
import { type Page, regionAround, type View } from "./page.ts";

/** What the ink of a digit may be, prepared for the networks. */
export interface Hypothesis {
  /** How it was found. */
  readonly name: string;
  /** 28×28 values with normalised strokes, for the network that reads digits. */
  readonly pixels: Float32Array<ArrayBuffer>;
  /** 28×28 values with the original strokes, for the network that tells digits from other ink. */
  readonly found: Float32Array<ArrayBuffer>;
  /** Whether the picture is an enlarged one of MNIST. */
  readonly isFramed: boolean;
  /** Where the ink is on the page, in its pixels. */
  readonly box: Box;
  /** The pieces of ink that are no part of it, with the box around all, in pixels of one view. */
  readonly others: readonly Component[];
  readonly inkBox: Box;
}

/** Pictures are looked at with at most so many pixels on the longer side: ten for each that the network sees. */
const WORKING_SIDE = 200;

/** A digit smaller than this is looked at again, from nearer, if the page has more to show. */
const MIN_SIDE = 60;

/** How much of its surroundings is looked at then, as a share of the digit's longer side; less where more is too far. */
const SURROUNDINGS = 0.5;

/** How often a digit is looked for: each look makes the region about three times as small. */
const MAX_LOOKS = 3;

/** A narrower region, in pixels, shows nothing. */
const MIN_REGION = 8;

/** How far beyond the pixels that surely are ink its soft edge is kept, as a share of the digit's longer side. */
const SOFT_EDGE = 1 / 20;

const OWN: Separation = { light: "own", threshold: "otsu", lines: "kept" };

/** The other ways to separate ink, in the order in which they are tried. */
const FURTHER: Readonly<Record<string, Separation>> = {
  even: { light: "even", threshold: "border", lines: "rules erased" },
  erased: { light: "own", threshold: "otsu", lines: "all erased" },
  evenerased: { light: "even", threshold: "border", lines: "all erased" },
  inverted: { light: "own", threshold: "inverted", lines: "kept" },
};

export function firstHypothesis(
  page: Page,
  settings: PreparationSettings = {},
): Hypothesis | undefined {
  const digit = findDigit(page, page.whole, OWN, settings);
  return digit && prepare("own", page, digit, settings);
}

export function furtherHypotheses(page: Page, settings: PreparationSettings = {}): Hypothesis[] {
  const hypotheses: Hypothesis[] = [];
  for (const [name, separation] of Object.entries(FURTHER)) {
    const digit = findDigit(page, page.whole, separation, settings);
    if (digit !== undefined) hypotheses.push(prepare(name, page, digit, settings));
  }
  for (const [n, sheet] of sheetsOf(page).entries()) {
    const digit = findDigit(page, sheet, OWN, settings);
    if (digit !== undefined) hypotheses.push(prepare(`sheet${n}`, page, digit, settings));
    const erased = findDigit(page, sheet, FURTHER.even, settings);
    if (erased !== undefined) hypotheses.push(prepare(`sheet${n}even`, page, erased, settings));
  }
  return hypotheses;
}

/** The ink of a digit, and where it was found. */
interface FoundDigit {
  readonly ink: FoundInk;
  readonly view: View;
  readonly others: readonly Component[];
}

/** Finds the ink of a digit: first in the whole region, reduced; then, where the digit is a small part of it, there. */
function findDigit(
  page: Page,
  whole: Box,
  separation: Separation,
  settings: PreparationSettings,
): FoundDigit | undefined {
  let region = whole;
  let best: FoundDigit | undefined;
  for (let look = 0; look < MAX_LOOKS; look++) {
    const view = page.view(region, factorFor(region));
    const digit = findDigitIn(view, separation, settings);
    if (digit === undefined) return best;
    best = digit;
    const { box } = digit.ink;
    const side = Math.max(box.width, box.height);
    if (view.factor === 1 || side >= MIN_SIDE || !takes(settings, "zoom")) return best;
    region = regionAround(box, nearness(side, view.factor), view);
    if (Math.min(region.width, region.height) < MIN_REGION) return best;
  }
  return best;
}

/** How much around a small digit is looked at next: never so much that it is seen from no nearer than before. */
function nearness(side: number, factor: number): number {
  const room = (WORKING_SIDE * (factor - 1) / factor - side) / 2;
  return Math.min(SURROUNDINGS * side + 2, room - 1);
}

function factorFor({ width, height }: Box): number {
  return Math.ceil(Math.max(width, height) / WORKING_SIDE);
}

function findDigitIn(
  view: View,
  separation: Separation,
  settings: PreparationSettings,
): FoundDigit | undefined {
  const separated = separateInk(view.grey, separation, settings);
  if (separated === undefined) return undefined;
  const { width, height } = view.grey;
  const { pieces } = separated;
  const selected = takes(settings, "specks") ? selectInk(pieces, width, height) : pieces;
  if (selected.length === 0) return undefined;
  const box = boxAround(selected);
  const reach = Math.max(1, Math.ceil(SOFT_EDGE * Math.max(box.width, box.height)));
  const map = softInk(separated, selected, reach);
  settings.trace?.({ name: "ink", width, height, values: map.data });
  const others = pieces.filter((piece) => !selected.includes(piece));
  return { ink: { map, box, stroke: strokeWidth(map, box) }, view, others };
}

function prepare(
  name: string,
  page: Page,
  { ink, view, others }: FoundDigit,
  settings: PreparationSettings,
): Hypothesis {
  const { trace } = settings;
  const even = takes(settings, "strokes") ? evenStrokes(ink) : ink;
  const { map } = even;
  trace?.({ name: "strokes", width: map.width, height: map.height, values: map.data });
  const byMass = takes(settings, "centre");
  const pixels = frameInk(even, byMass);
  trace?.({ name: "input", width: 28, height: 28, values: pixels.slice() });
  return {
    name,
    pixels,
    found: even === ink ? pixels : frameInk(ink, byMass),
    isFramed: isFramedAsMnist(ink, page.whole.width, page.whole.height),
    box: regionAround(ink.box, 0, view),
    others,
    inkBox: ink.box,
  };
}

/** Frames ink as in MNIST: 20 pixels long, centred in 28×28, its strongest pixel 1. */
function frameInk({ map, box }: FoundInk, byMass: boolean): Float32Array<ArrayBuffer> {
  return strengthenInk(centreInk(resizeArea(map, box, DIGIT_BOX), byMass));
}

/** A sheet of paper or a window on a screen covers at least this share of the page. */
const MIN_SHEET = 0.02;

/** It fills at least this share of its box, what is written on it included. */
const SHEET_FILL = 0.75;

/** How much of a sheet is left out on every side, as a share of its shorter side. */
const SHEET_EDGE = 0.05;

/** Sheets that are looked at, and how deep they lie in each other. */
const MAX_SHEETS = 2;

const MAX_DEPTH = 2;

function sheetsOf(page: Page): Box[] {
  const sheets: Box[] = [];
  let region = page.whole;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const view = page.view(region, factorFor(region));
    const { grey: { data, width, height } } = view;
    const levels = otsuLevels(view.grey);
    if (levels === undefined) break;
    const { background, direction, edge } = levels;
    const mask = Uint8Array.from(data, (level) => direction * (level - background) >= edge ? 1 : 0);
    const found = findComponents(mask, width, height)
      .filter((piece) => isSheet(piece, width * height))
      .sort((a, b) => b.area - a.area)
      .slice(0, MAX_SHEETS)
      .map((piece) => {
        const box = boxAround([piece]);
        return regionAround(box, -Math.ceil(SHEET_EDGE * Math.min(box.width, box.height)), view);
      })
      .filter((box) => Math.min(box.width, box.height) >= MIN_REGION);
    if (found.length === 0) break;
    sheets.push(...found);
    region = found[0];
  }
  return sheets;
}

function isSheet(piece: Component, page: number): boolean {
  const box = boxAround([piece]);
  if (box.width * box.height < MIN_SHEET * page) return false;
  // What lies between the first and the last ink of a row belongs to it.
  let [filled, row, first, last] = [0, -1, 0, 0];
  for (let i = 0; i < piece.runs.length; i += 3) {
    if (piece.runs[i] !== row) {
      filled += last - first;
      [row, first] = [piece.runs[i], piece.runs[i + 1]];
    }
    last = piece.runs[i + 2];
  }
  filled += last - first;
  return filled >= SHEET_FILL * box.width * box.height &&
    piece.area >= 0.5 * box.width * box.height;
}
