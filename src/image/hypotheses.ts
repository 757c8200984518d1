import {
  centreInk,
  DIGIT_BOX,
  DIGIT_SIDE,
  isFramedAsMnist,
  resizeArea,
  strengthenInk,
  undoStretch,
} from "./frame.ts";
import type { Box, FoundInk } from "./image.ts";
import { boxAround, type Component, isBorder, selectDigit } from "./ink/components.ts";
import { eraseRules } from "./ink/rules.ts";
import { separateInk, type Separation, softInk } from "./ink/separate.ts";
import { evenStrokes, strokeWidth } from "./ink/strokes.ts";
import {
  factorFor,
  MIN_REGION,
  type Page,
  type PreparationPicture,
  type PreparationSettings,
  type RecordStep,
  regionAround,
  takes,
  type View,
  WORKING_SIDE,
} from "./page.ts";

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
  /** Whether there is ink beside it that may be another digit. */
  readonly hasNeighbours: boolean;
  /** With `explain`: the pictures on the way to `pixels`. */
  readonly steps?: readonly PreparationPicture[];
}

/** A digit smaller than this is looked at again, from nearer, if the page has more to show. */
const MIN_SIDE = 60;

/** How much of its surroundings is looked at then, as a share of the digit's longer side; less where more is too far. */
const SURROUNDINGS = 0.5;

/** How often a digit is looked for: each look makes the region about three times as small. */
const MAX_LOOKS = 4;

/** How far beyond the pixels that surely are ink its soft edge is kept, as a share of the digit's longer side. */
const SOFT_EDGE = 1 / 20;

/** One threshold for all pixels, and all lines kept. */
export const OWN: Separation = { threshold: "otsu", erase: eraseRules };

/**
 * Finds the ink of a digit as most pictures show it: by one threshold, as it is.
 *
 * @param page The picture.
 * @param settings What to leave out, and whether to keep the pictures on the way.
 * @returns The hypothesis; `undefined` where nothing stands out.
 */
export function firstHypothesis(
  page: Page,
  settings: PreparationSettings = {},
): Hypothesis | undefined {
  return makeHypothesis("own", page, page.whole, OWN, settings);
}

/**
 * Finds the ink of a digit in one way, and prepares it for the networks.
 *
 * @param name The name of the way.
 * @param page The picture.
 * @param region Where to look.
 * @param separation How to separate ink.
 * @param settings What to leave out, and whether to keep the pictures on the way.
 * @returns The hypothesis; `undefined` where nothing stands out, and where it is left out.
 */
export function makeHypothesis(
  name: string,
  page: Page,
  region: Box,
  separation: Separation,
  settings: PreparationSettings,
): Hypothesis | undefined {
  if (!takes(settings, name)) return undefined;
  const steps: PreparationPicture[] = [];
  const record = settings.explain ? (step: PreparationPicture) => void steps.push(step) : undefined;
  const digit = findDigit(page, region, allowed(separation, settings), settings, record);
  if (digit === undefined) return undefined;
  const { view, hasNeighbours } = digit;
  const ink = undoStretch(digit.ink);
  const even = takes(settings, "strokes") ? evenStrokes(ink) : ink;
  const { map: { width, height, data } } = even;
  record?.({ name: "strokes", width, height, values: data });
  const byMass = takes(settings, "centre");
  const pixels = frameInk(even, byMass);
  record?.({ name: "input", width: DIGIT_SIDE, height: DIGIT_SIDE, values: pixels.slice() });
  return {
    name,
    pixels,
    found: even === ink ? pixels : frameInk(ink, byMass),
    isFramed: isFramedAsMnist(digit.ink, page.whole.width, page.whole.height),
    box: regionAround(digit.ink.box, 0, view),
    hasNeighbours,
    ...(settings.explain && { steps }),
  };
}

/** A separation without the steps that are left out. */
function allowed(separation: Separation, settings: PreparationSettings): Separation {
  if (settings.without === undefined) return separation;
  const { correct, erase, ...others } = separation;
  const erases = erase !== eraseRules || takes(settings, "rules");
  return {
    ...others,
    ...(correct && takes(settings, "light") && { correct }),
    ...(erase && erases && { erase }),
  };
}

/** The ink of a digit, and where it was found. */
interface FoundDigit {
  readonly ink: FoundInk;
  readonly view: View;
  /** Whether there is ink beside it, in any look, that may be another digit. */
  readonly hasNeighbours: boolean;
  /** Whether it lies along an edge of the view, like the shadow at the edge of a scan. */
  readonly isBorder: boolean;
}

/** How far a shadow at the edge is soft, in pixels of the view. */
const SOFT_BORDER = 3;

/** The part of a view that a shadow along one of its edges leaves. */
function beside(border: Box, view: View): Box {
  const { width, height } = view.grey;
  const isUpright = border.height > border.width;
  const [start, length, of] = isUpright
    ? [border.x, border.width, width]
    : [border.y, border.height, height];
  const [from, to] = start === 0 ? [length + SOFT_BORDER, of] : [0, start - SOFT_BORDER];
  const box = isUpright
    ? { x: from, y: 0, width: to - from, height }
    : { x: 0, y: from, width, height: to - from };
  return regionAround(box, 0, view);
}

/** Finds the ink of a digit: first in the whole region, reduced; then, where the digit is a small part of it, there. */
function findDigit(
  page: Page,
  whole: Box,
  separation: Separation,
  settings: PreparationSettings,
  record: RecordStep | undefined,
): FoundDigit | undefined {
  let region = whole;
  let best: FoundDigit | undefined;
  for (let look = 0; look < MAX_LOOKS; look++) {
    const view = page.view(region, factorFor(region));
    const digit = findDigitIn(view, separation, settings, record);
    if (digit === undefined) return best;
    // From nearer, what is beside it may be out of sight.
    best = { ...digit, hasNeighbours: digit.hasNeighbours || best?.hasNeighbours === true };
    const { box } = digit.ink;
    if (digit.isBorder) {
      region = beside(box, view);
      if (Math.min(region.width, region.height) < MIN_REGION) return best;
      continue;
    }
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

function findDigitIn(
  view: View,
  separation: Separation,
  settings: PreparationSettings,
  record: RecordStep | undefined,
): FoundDigit | undefined {
  const separated = separateInk(view, separation, record);
  if (separated === undefined) return undefined;
  const { width, height } = view.grey;
  const { digit: selected, others } = takes(settings, "specks")
    ? selectDigit(separated.pieces, width, height)
    : { digit: separated.pieces, others: [] };
  if (selected.length === 0) return undefined;
  const box = boxAround(selected);
  const reach = Math.max(1, Math.ceil(SOFT_EDGE * Math.max(box.width, box.height)));
  const map = softInk(separated, selected, reach);
  record?.({ name: "ink", width, height, values: map.data });
  const ink = { map, box, stroke: strokeWidth(map, box) };
  const area = selected.reduce((sum, piece) => sum + piece.area, 0);
  const hasNeighbours = others.some((piece) => isNeighbour(piece, ink, area));
  const isAlongBorder = selected.every((piece) => isBorder(piece, width, height));
  return { ink, view, hasNeighbours, isBorder: isAlongBorder };
}

/** A piece of ink beside a digit is one, too, when it has at least this share of its height, and of its ink. */
const NEIGHBOUR_HEIGHT = 0.5;

const NEIGHBOUR_INK = 0.2;

/** Whether a piece of ink that is no part of a digit, of `ink` pixels, may be another digit on the same line. */
function isNeighbour(
  { left, right, top, bottom, area }: Component,
  { map: { width, height }, box }: FoundInk,
  ink: number,
): boolean {
  const isCut = left === 0 || top === 0 || right === width - 1 || bottom === height - 1;
  if (isCut || bottom - top + 1 < NEIGHBOUR_HEIGHT * box.height) return false;
  if (bottom < box.y || top >= box.y + box.height) return false;
  return area >= NEIGHBOUR_INK * ink;
}

/** Frames ink as in MNIST: 20 pixels long, centred in 28×28, its strongest pixel 1. */
function frameInk({ map, box }: FoundInk, byMass: boolean): Float32Array<ArrayBuffer> {
  return strengthenInk(centreInk(resizeArea(map, box, DIGIT_BOX), byMass));
}
