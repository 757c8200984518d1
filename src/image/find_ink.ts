import type { Box } from "./box.ts";
import type { Component } from "./components.ts";
import { DIGIT_BOX } from "./digit_frame.ts";
import type { GreyImage } from "./grey_image.ts";
import type { FoundInk } from "./ink_map.ts";
import { findInPieces, type InkPieces } from "./ink_pieces.ts";
import { type PreparationSettings, takes } from "./preparation_step.ts";
import { reduceGrey } from "./reduce_grey.ts";
import { selectInk } from "./select_ink.ts";
import { softInk } from "./soft_ink.ts";
import { STROKE, strokeWidth } from "./stroke_width.ts";

/** Pictures are looked at with at most so many pixels on the longer side: ten for each that the network sees. */
const WORKING_SIDE = 200;

/** A digit smaller than this is looked at again, from nearer, if the picture has more to show. */
const LEAST_SIDE = 60;

/** How much of a sheet of paper is left out on every side when it is entered, as a share of its longer side. */
const SHEET_EDGE = 0.05;

/** How much of its surroundings is looked at then, as a share of the digit's longer side; less where more is too far. */
const SURROUNDINGS = 0.5;

/** What is wider than this and fills so much of its box is no stroke, but a sheet of paper on a table. */
const SHEET = 7.5;
const SHEET_FILL = 0.6;

/** A sheet that lies straight fills this share of its box. */
const SQUARE_FILL = 0.96;

/** What fills more of its box than any digit is a sheet by its outline, however much is written on it. */
const WRITTEN_FILL = 0.7;

/** How wide the strokes of writing on a sheet are. What is thinner is the outline of a shade, what is wider a shade. */
const THINNEST_WRITING = 0.6;
const WIDEST_WRITING = 5.2;

/** How far beyond the pixels that surely are ink its soft edge is kept, as a share of the digit's longer side. */
const SOFT_EDGE = 1 / 20;

/**
 * Finds the ink of a digit in a picture of any size: first in the whole, made small enough to be looked at quickly;
 * then, where the digit is a small part of it, in that part. Where what stands out is too wide for a stroke, such as a
 * sheet of paper on a table, the digit is looked for inside; it was no sheet if nothing is written there.
 *
 * @param grey The picture.
 * @param settings Steps to leave out, and who is told of them.
 * @returns The ink and its box, `undefined` when there is none.
 */
export function findInk(
  grey: GreyImage,
  settings: PreparationSettings = {},
): FoundInk | undefined {
  let region: Box = { x: 0, y: 0, width: grey.width, height: grey.height };
  let factor = factorFor(region);
  let best: FoundInk | undefined;
  let sheet: FoundInk | undefined;
  // Three looks are enough: each makes the region three times as small, or enters a sheet.
  for (let look = 0; look < 4; look++) {
    const found = findInkIn(reduceGrey(grey, region, factor), settings);
    if (found === undefined || !takes(settings, "zoom")) return found ?? best;
    const entersSheet = isSheet(found);
    if (sheet && !entersSheet && !isWriting(found)) return sheet;
    const { box } = found;
    const side = Math.max(box.width, box.height);
    if (factor > 1 && side < LEAST_SIDE) {
      best = found;
      sheet = undefined;
      region = around(box, nearness(side, factor), region, factor);
    } else if (entersSheet) {
      sheet ??= found;
      best ??= found;
      region = around(box, -edgeOf(found) * side, region, factor);
    } else return found;
    if (Math.min(region.width, region.height) < 8) return best;
    factor = factorFor(region);
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

/** A box in a reduced region with a margin around it, in pixels of the picture. */
function around(box: Box, margin: number, region: Box, factor: number): Box {
  const left = Math.max(0, Math.floor(box.x - margin)) * factor;
  const top = Math.max(0, Math.floor(box.y - margin)) * factor;
  const right = Math.min(region.width, Math.ceil(box.x + box.width + margin) * factor);
  const bottom = Math.min(region.height, Math.ceil(box.y + box.height + margin) * factor);
  return {
    x: region.x + left,
    y: region.y + top,
    width: Math.max(0, right - left),
    height: Math.max(0, bottom - top),
  };
}

/** The ink of the digit in a picture of the working size. */
function findInkIn(picture: GreyImage, settings: PreparationSettings): FoundInk | undefined {
  return findInPieces(picture, settings, (pieces) => readInk(pieces, settings), widthOf);
}

/** How wide the strokes are, in pixels of MNIST. */
function widthOf({ map, box, stroke = strokeWidth(map, box) }: FoundInk): number {
  return stroke * DIGIT_BOX / Math.max(box.width, box.height);
}

/** Whether what was found is a sheet, wider than any stroke and filling its box; or one with something written on it. */
function isSheet(found: FoundInk): boolean {
  const fill = fillOf(found);
  if (fill <= SHEET_FILL) return false;
  return widthOf(found) >= SHEET || fill > WRITTEN_FILL && widthOf(withoutHoles(found)) >= SHEET;
}

/** Whether what was found on a sheet was written there: with strokes as pens make them, and not from edge to edge. */
function isWriting(found: FoundInk): boolean {
  const { map: { width, height }, box } = found;
  const isCut = box.x === 0 || box.y === 0 ||
    box.x + box.width === width || box.y + box.height === height;
  const stroke = widthOf(found);
  return !isCut && stroke >= THINNEST_WRITING && stroke <= WIDEST_WRITING;
}

/** How much of a sheet is left out on every side: more where it lies askew, and the table shows in its corners. */
function edgeOf(found: FoundInk): number {
  return SHEET_EDGE + Math.max(0, SQUARE_FILL - fillOf(withoutHoles(found))) / 2;
}

/** How much of its box the ink fills. */
function fillOf({ map: { data, width }, box }: FoundInk): number {
  let ink = 0;
  for (let y = box.y; y < box.y + box.height; y++) {
    const end = y * width + box.x + box.width;
    for (let i = end - box.width; i < end; i++) ink += data[i];
  }
  return ink / (box.width * box.height);
}

/** What was found with all gaps between the first and the last ink of each row filled. */
function withoutHoles({ map, box }: FoundInk): FoundInk {
  const { width, height } = map;
  const data = map.data.slice();
  for (let y = box.y; y < box.y + box.height; y++) {
    const row = data.subarray(y * width + box.x, y * width + box.x + box.width);
    const first = row.findIndex((ink) => ink >= STROKE);
    if (first >= 0) row.fill(1, first, row.findLastIndex((ink) => ink >= STROKE) + 1);
  }
  return { map: { data, width, height }, box };
}

function readInk(found: InkPieces, settings: PreparationSettings): FoundInk | undefined {
  const { grey: { width, height } } = found;
  const pieces = takes(settings, "specks") ? selectInk(found.pieces, width, height) : found.pieces;
  if (pieces.length === 0) return undefined;
  const box = boxAround(pieces);
  const reach = Math.max(1, Math.ceil(SOFT_EDGE * Math.max(box.width, box.height)));
  const map = softInk(found, pieces, reach);
  settings.trace?.({ name: "ink", width, height, values: map.data });
  return { map, box, stroke: strokeWidth(map, box) };
}

function boxAround(pieces: readonly Component[]): Box {
  const x = Math.min(...pieces.map(({ left }) => left));
  const y = Math.min(...pieces.map(({ top }) => top));
  const right = Math.max(...pieces.map(({ right }) => right));
  const bottom = Math.max(...pieces.map(({ bottom }) => bottom));
  return { x, y, width: right - x + 1, height: bottom - y + 1 };
}
