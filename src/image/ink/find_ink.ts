import { DIGIT_BOX } from "../frame.ts";
import type { Box, FoundInk, GreyImage, InkMap } from "../image.ts";
import { asWords, toUnit } from "../values.ts";

import { type Component, findComponents, selectInk } from "./components.ts";
import { despeckle, reduceGrey } from "./grey.ts";
import { eraseRules } from "./lines.ts";
import { evenLight, isEven } from "./illumination.ts";
import { type PreparationSettings, takes } from "./steps.ts";
import { STROKE, strokeWidth } from "./strokes.ts";
import { borderOf, findInkLevels, histogram, inkCurve, type InkLevels } from "./threshold.ts";

/** Pictures are looked at with at most so many pixels on the longer side: ten for each that the network sees. */
const WORKING_SIDE = 200;

/** A digit smaller than this is looked at again, from nearer, if the picture has more to show. */
const MIN_SIDE = 60;

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
    if (factor > 1 && side < MIN_SIDE) {
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

/** All ink of a picture, in the pieces that hang together. */
export interface InkPieces {
  /** The picture in the light in which it is looked at. */
  readonly grey: GreyImage;
  /** What in it is background and what is ink. */
  readonly levels: InkLevels;
  /** The pieces, from the upper left; specks and what else is no digit are among them. */
  readonly pieces: readonly Component[];
  /** Whether lines of ruled paper were left out. */
  readonly isRuled: boolean;
}

/** In smaller pictures a speck and the end of a stroke look the same. */
const SMALL = 60;

/** 995 of 1,000 of MNIST's digits have strokes narrower than this, in its pixels. What is wider may be a shadow. */
const WIDEST = 5.2;

/** From this brightness down a ground is black. */
const BLACK = 8;

/** No pen is as thin as the outline that is left of a thing on a light ground when its shades are taken for shadows. */
const OUTLINE = 1.1;

/** It was one if strokes are narrower by this factor once the light is even. */
const NARROWER = 0.75;

/**
 * Finds something in the ink of a picture: in the picture's own light, or else in light made even.
 *
 * @param picture The picture, of the size in which it is looked at.
 * @param settings Steps to leave out, and who is told of them.
 * @param find Finds it in the pieces of the ink; `undefined` where it is not among them.
 * @param widthOf How wide the strokes of what was found are, in pixels of MNIST.
 * @returns What was found; `undefined` when there is nothing in any light.
 */
export function findInPieces<Found>(
  picture: GreyImage,
  settings: PreparationSettings,
  find: (pieces: InkPieces) => Found | undefined,
  widthOf: (found: Found) => number,
): Found | undefined {
  const isSmall = Math.max(picture.width, picture.height) < SMALL;
  const counts = histogram(picture.data);
  const ground = groundOf(borderOf(picture), counts, picture.data.length);
  const isAsItIs = isSmall || ground === "flat" || !takes(settings, "specks");
  const grey = isAsItIs ? picture : despeckle(picture);
  const findIn = (grey: GreyImage, levels: InkLevels | undefined): Found | undefined =>
    levels && find(inkPieces(grey, levels, settings));
  const known = grey === picture ? counts : histogram(grey.data);
  const levels = findInkLevels(grey, undefined, known);
  const isOneTone = ground !== "mixed";
  // A small picture is a drawing or an icon, no photo with shadows; and nothing casts a shadow on black.
  const isDrawn = isSmall || (isOneTone && levels !== undefined && levels.background <= BLACK);
  const isPlain = isDrawn || isEven(grey, known) || !takes(settings, "light");
  const plain = isPlain ? findIn(grey, levels) : undefined;
  if (plain && (isDrawn || widthOf(plain) <= WIDEST)) return plain;
  if (grey.width < 8 || grey.height < 8 || !takes(settings, "light")) return plain;
  const even = evenLight(grey);
  const found = findIn(even, findInkLevels(even, even.direction));
  if (found && isOneTone && widthOf(found) < OUTLINE) {
    const whole = plain ?? findIn(grey, levels);
    if (whole && NARROWER * widthOf(whole) > widthOf(found)) return whole;
  }
  if (plain === undefined) return found;
  return found && widthOf(found) < NARROWER * widthOf(plain) ? found : plain;
}

/**
 * What a picture is on: a ground of one tone that is much of the picture and all of its border, as on a canvas, which
 * has no noise and no specks of it; one that is most of the border; or neither.
 */
function groundOf(
  border: Uint8Array,
  counts: Uint32Array,
  pixels: number,
): "flat" | "one tone" | "mixed" {
  const tones = histogram(border);
  const ground = tones.findIndex((count) => 2 * count > border.length);
  if (ground < 0 || 4 * counts[ground] <= pixels) return "mixed";
  return tones[ground] === border.length ? "flat" : "one tone";
}

/** Takes the ink apart into pieces, without the lines of ruled paper. */
function inkPieces(
  grey: GreyImage,
  levels: InkLevels,
  settings: PreparationSettings,
): InkPieces {
  const { width, height } = grey;
  const mask = inkMask(grey, levels);
  let pieces = findComponents(mask, width, height);
  let isRuled = false;
  if (takes(settings, "rules") && eraseRules(mask, width, height, pieces)) {
    const others = findComponents(mask, width, height);
    // A line with nothing on it is what was drawn.
    isRuled = others.length > 0;
    if (isRuled) pieces = others;
  }
  settings.trace?.({ name: "even light", width, height, values: toUnit(grey.data) });
  settings.trace?.({ name: "surely ink", width, height, values: Float32Array.from(mask) });
  return { grey, levels, pieces, isRuled };
}

/** Which pixels surely are ink. */
export function inkMask(
  { data }: GreyImage,
  { background, direction, edge }: InkLevels,
): Uint8Array {
  const isInk = new Uint8Array(256).map((_, level) =>
    direction * (level - background) >= edge ? 1 : 0
  );
  const mask = new Uint8Array(data.length);
  const fours = asWords(data);
  const target = new Int32Array(mask.buffer, 0, fours.length);
  // Drawings are mostly flat: four pixels like the four before need no look.
  let [last, four] = [~fours[0], 0];
  for (let i = 0; i < fours.length; i++) {
    if (fours[i] !== last) {
      last = fours[i];
      four = isInk[last & 255] | isInk[last >>> 8 & 255] << 8 | isInk[last >>> 16 & 255] << 16 |
        isInk[last >>> 24] << 24;
    }
    target[i] = four;
  }
  for (let i = 4 * fours.length; i < mask.length; i++) mask[i] = isInk[data[i]];
  return mask;
}

/**
 * How much ink each pixel of some pieces is, and each beside them: the soft edges of strokes.
 *
 * @param from The ink that the pieces are of.
 * @param pieces The pieces.
 * @param reach How far beyond the pixels that surely are ink the soft edge is kept, in pixels.
 * @returns The ink, 0 elsewhere.
 */
export function softInk(
  { grey: { data, width, height }, levels, pieces: all, isRuled }: InkPieces,
  pieces: readonly Component[],
  reach: number,
): InkMap {
  const curve = inkCurve(levels);
  const ink = new Float32Array(data.length);
  if (pieces.length === all.length && !isRuled) {
    // Nothing is left out: the soft edges are all there is around.
    const top = Math.max(0, Math.min(...pieces.map((piece) => piece.top)) - reach);
    const bottom = Math.min(height - 1, Math.max(...pieces.map((piece) => piece.bottom)) + reach);
    const left = Math.max(0, Math.min(...pieces.map((piece) => piece.left)) - reach);
    const right = Math.min(width - 1, Math.max(...pieces.map((piece) => piece.right)) + reach);
    for (let y = top; y <= bottom; y++) {
      const end = y * width + right;
      for (let at = y * width + left; at <= end; at++) ink[at] = curve[data[at]];
    }
    return { data: ink, width, height };
  }
  for (const { runs } of pieces) {
    for (let i = 0; i < runs.length; i += 3) {
      const first = Math.max(0, runs[i + 1] - reach);
      const last = Math.min(width, runs[i + 2] + reach);
      const bottom = Math.min(height - 1, runs[i] + reach);
      for (let y = Math.max(0, runs[i] - reach); y <= bottom; y++) {
        const end = y * width + last;
        for (let at = y * width + first; at < end; at++) ink[at] = curve[data[at]];
      }
    }
  }
  return { data: ink, width, height };
}
