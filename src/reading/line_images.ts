import type { AlignedDigit } from "../engine/ctc.ts";
import { resizeArea } from "../image/frame.ts";
import type { Box, FoundInk, InkMap } from "../image/image.ts";
import { boxAround, type Component } from "../image/ink/components.ts";
import { type DeskewedInk, groupLines } from "./writing.ts";

/** The height of a line image, in pixels. */
export const LINE_HEIGHT = 32;

/** The height of a digit in a line image, in pixels. */
export const DIGIT_HEIGHT = 22;

/** The columns without ink at each end of a line image: half a window of the line network. */
export const LINE_MARGIN = 16;

/** The pixels from one step of a line to the next: those of the two poolings of the network. */
export const LINE_STEP = 4;

/** A line, as the line network reads it. */
export interface LineImage {
  /** The ink, 0 to 1; {@linkcode LINE_HEIGHT} rows. */
  readonly map: InkMap;
  /** Where its left and upper edge are in the map of the writing. */
  readonly left: number;
  readonly top: number;
  /** The length of its pixels there. */
  readonly scale: number;
  /** The pieces of ink that stand on the line, from the left. */
  readonly pieces: readonly Component[];
}

/**
 * Cuts the lines out of a writing, scaled so that a digit is {@linkcode DIGIT_HEIGHT} pixels high.
 *
 * @param ink The writing; its lines are level.
 * @param isTable Whether a row may be several numbers of a table.
 * @returns The lines, from the top.
 */
export function lineImages(ink: DeskewedInk, isTable = true): LineImage[] {
  const lines = groupLines(ink.pieces, ink.height, isTable);
  return withoutCutLines(ink, lines).map((pieces) => lineImage(ink, pieces));
}

/** A line is at the edge where this share of its ink is part of a piece there. */
const AT_EDGE = 0.5;

/** It is cut where its digits are lower than this, in heights of those on other lines. */
const WHOLE = 0.85;

/** Leaves out lines of which the upper or lower edge of the picture shows a part. */
function withoutCutLines(ink: DeskewedInk, lines: readonly Component[][]): Component[][] {
  const isAtEdge = (edge: (piece: Component) => boolean) => (line: readonly Component[]): boolean =>
    areaOf(line.filter(edge)) >= AT_EDGE * areaOf(line);
  const { region, inPicture } = ink;
  // To the nearest pixel of the map.
  const pixel = inPicture(0, 1)[1] - inPicture(0, 0)[1];
  const row = (x: number, y: number): number => (inPicture(x, y)[1] - region.y) / pixel;
  const atTop = isAtEdge(({ left, right, top }) => row((left + right) / 2, top) < 1);
  const atBottom = isAtEdge(({ left, right, bottom }) =>
    row((left + right) / 2, bottom + 1) > region.height / pixel - 1
  );
  const heightOf = (line: readonly Component[]): number => digitHeight(partsOf(line));
  const others = lines.filter((line) => !atTop(line) && !atBottom(line)).map(heightOf)
    .sort((a, b) => a - b);
  if (others.length === 0) return [...lines];
  const least = WHOLE * others[others.length >> 1];
  return lines.filter((line) => !(atTop(line) || atBottom(line)) || heightOf(line) >= least);
}

function areaOf(pieces: readonly Component[]): number {
  return pieces.reduce((sum, { area }) => sum + area, 0);
}

function lineImage(ink: DeskewedInk, pieces: readonly Component[]): LineImage {
  const parts = partsOf(pieces);
  const scale = digitHeight(parts) / DIGIT_HEIGHT;
  const box = boxAround(pieces);
  const width = Math.ceil(box.width / scale) + 2 * LINE_MARGIN;
  // On whole pixels of the map, from which an image is resized.
  const left = Math.floor(box.x + box.width / 2 - width * scale / 2);
  const top = Math.floor(middleOf(parts, LINE_HEIGHT * scale) - LINE_HEIGHT * scale / 2);
  // The part of the map that the image shows, with room around it.
  const area = {
    x: left - 1,
    y: top - 1,
    width: Math.ceil(width * scale) + 3,
    height: Math.ceil(LINE_HEIGHT * scale) + 3,
  };
  const own = copyInk(ink, pieces, area);
  const shown = { x: 1, y: 1, width: width * scale, height: LINE_HEIGHT * scale };
  const resized = resizeArea(own, shown, Math.max(width, LINE_HEIGHT));
  return { map: fit(resized, width), left, top, scale, pieces };
}

/**
 * Copies some pieces of a writing with their soft edges.
 *
 * @param ink The writing.
 * @param pieces The pieces, or parts of them.
 * @param area The part of its map that is copied.
 * @returns The ink there, and nothing else.
 */
export function copyInk(
  { map, reach }: DeskewedInk,
  pieces: readonly Pick<Component, "runs">[],
  area: Box,
): InkMap {
  const { width, height } = area;
  const data = new Float32Array(width * height);
  for (const { runs } of pieces) {
    for (let r = 0; r < runs.length; r += 3) {
      const first = Math.max(0, area.x, runs[r + 1] - reach);
      const end = Math.min(map.width, area.x + width, runs[r + 2] + reach);
      const last = Math.min(map.height, area.y + height, runs[r] + reach + 1);
      for (let y = Math.max(0, area.y, runs[r] - reach); y < last; y++) {
        const row = y * map.width;
        const to = (y - area.y) * width - area.x;
        for (let x = first; x < end; x++) data[to + x] = map.data[row + x];
      }
    }
  }
  return { data, width, height };
}

/** About one digit of a line: a piece, or a part of a piece in which digits touch. */
interface Part {
  readonly top: number;
  /** The row after the last. */
  readonly bottom: number;
  /** Its ink, in pixels. */
  readonly weight: number;
}

/** Digits that touch are one piece; it is looked at in parts of this width, in heights of the piece. */
const PART_WIDTH = 0.7;

function partsOf(line: readonly Component[]): Part[] {
  return line.flatMap(({ left, right, top, bottom, area, runs }) => {
    const width = right - left + 1;
    const count = Math.max(1, Math.round(width / (PART_WIDTH * (bottom - top + 1))));
    if (count === 1) return [{ top, bottom: bottom + 1, weight: area }];
    const parts = Array.from({ length: count }, () => ({ top: Infinity, bottom: -1, weight: 0 }));
    // One that touches hundreds of others has thousands of runs, each in few parts.
    const partAt = (x: number): number => Math.floor((x - left) * count / width);
    for (let r = 0; r < runs.length; r += 3) {
      const last = Math.min(count - 1, partAt(runs[r + 2]) + 1);
      for (let n = Math.max(0, partAt(runs[r + 1]) - 1); n <= last; n++) {
        const part = parts[n];
        const first = Math.max(runs[r + 1], left + n * width / count);
        const end = Math.min(runs[r + 2], left + (n + 1) * width / count);
        if (end <= first) continue;
        part.top = Math.min(part.top, runs[r]);
        part.bottom = Math.max(part.bottom, runs[r] + 1);
        part.weight += end - first;
      }
    }
    return parts.filter(({ weight }) => weight > 0);
  });
}

/** The highest digit of a line may be so many times as high as most of them, and still be whole in the image. */
const TALLEST = 1.3;

/** A part with less of the ink of a line does not tell how high its digits are. */
const LEAST_SHARE = 0.05;

/** How high the digits of a line are: the median by ink, or more where the highest digit would not fit. */
function digitHeight(parts: readonly Part[]): number {
  const sorted = parts.map(({ top, bottom, weight }) => ({ height: bottom - top, weight }))
    .sort((a, b) => a.height - b.height);
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  let below = 0;
  const { height } = sorted.find(({ weight }) => (below += weight) >= total / 2) ?? sorted[0];
  const tallest = sorted.findLast(({ weight }) => weight >= LEAST_SHARE * total)?.height ?? height;
  return Math.max(height, tallest / TALLEST);
}

/** The row in the middle of an image of so many rows: that of the ink, moved to where the digits are whole. */
function middleOf(parts: readonly Part[], rows: number): number {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  const mean =
    parts.reduce((sum, { top, bottom, weight }) => sum + weight * (top + bottom) / 2, 0) / total;
  const main = parts.filter(({ weight }) => weight >= LEAST_SHARE * total);
  const top = Math.min(...main.map(({ top }) => top));
  const bottom = Math.max(...main.map(({ bottom }) => bottom));
  if (bottom - top > rows) return mean;
  return Math.min(top + rows / 2, Math.max(bottom - rows / 2, mean));
}

/** The same map, with {@linkcode LINE_HEIGHT} rows and so many columns. */
function fit(map: InkMap, width: number): InkMap {
  if (map.width === width && map.height === LINE_HEIGHT) return map;
  const data = new Float32Array(width * LINE_HEIGHT);
  for (let y = 0; y < Math.min(LINE_HEIGHT, map.height); y++) {
    const row = map.data.subarray(y * map.width, y * map.width + Math.min(width, map.width));
    data.set(row, y * width);
  }
  return { data, width, height: LINE_HEIGHT };
}

/** The ink of one digit of a line. */
export interface DigitInk {
  /** Its box in the map of the writing. */
  readonly box: Box;
  /** Its ink by itself; none where the line network alone sees a digit. */
  readonly found: FoundInk | undefined;
  /** Whether it was cut off from what it touches. */
  readonly isCut: boolean;
}

/**
 * Finds the ink of each digit of a line: a line is divided between the places where its digits were seen, in columns that
 * are empty, or have little ink. A piece that is nearly all on one side goes to that side whole.
 *
 * @param ink The writing.
 * @param line The line.
 * @param digits The steps of each digit.
 * @returns The ink of each digit.
 */
export function digitInks(
  ink: DeskewedInk,
  line: LineImage,
  digits: readonly AlignedDigit[],
): DigitInk[] {
  const centres = digits.map(({ first, end }) =>
    LINE_STEP * (first + end - 1) / 2 + LINE_HEIGHT / 2
  );
  const borders = [
    -Infinity,
    ...centres.slice(1).map((centre, i) =>
      line.left + line.scale * emptiestColumn(line, centres[i], centre)
    ),
    Infinity,
  ];
  const shares: Component[][] = digits.map(() => []);
  const isCut = digits.map(() => false);
  for (const piece of line.pieces) {
    const parts = digits.map((_, i) => columnsOf(piece, borders[i], borders[i + 1]));
    const whole = parts.findIndex((part) => part !== undefined && part.area >= OWN * piece.area);
    if (whole >= 0) {
      shares[whole].push(piece);
      continue;
    }
    parts.forEach((part, i) => {
      if (part === undefined) return;
      shares[i].push(part);
      isCut[i] = true;
    });
  }
  const height = DIGIT_HEIGHT * line.scale;
  return digits.map((_, i) => {
    const pieces = withoutMarks(shares[i], height);
    if (pieces.length === 0) {
      const [left, right] = [centres[i] - DIGIT_HEIGHT / 4, centres[i] + DIGIT_HEIGHT / 4];
      const box = {
        x: Math.round(line.left + line.scale * left),
        y: Math.round(line.top + line.scale * (LINE_HEIGHT - DIGIT_HEIGHT) / 2),
        width: Math.max(1, Math.round(line.scale * (right - left))),
        height: Math.max(1, Math.round(height)),
      };
      return { box, found: undefined, isCut: isCut[i] };
    }
    const box = boxAround(pieces);
    const margin = ink.reach + 1;
    const area = {
      x: box.x - margin,
      y: box.y - margin,
      width: box.width + 2 * margin,
      height: box.height + 2 * margin,
    };
    const map = copyInk(ink, pieces, area);
    return { box, found: { map, box: { ...box, x: margin, y: margin } }, isCut: isCut[i] };
  });
}

/** A piece with this share of its ink in one digit's columns is all of that digit: an arm may hang over the next one. */
const OWN = 0.85;

/**
 * Where digits touch, a column farther from the middle between them costs as much as so many pixels of ink: the least ink is
 * often in the hole of a 0.
 */
const ASIDE = 2;

/** A column with less ink, in pixels, is empty. */
const EMPTY = 0.5;

/**
 * An empty column between two digits, the nearest to their middle where there are several; one with little ink near the
 * middle where there is none.
 */
function emptiestColumn({ map: { data, width } }: LineImage, left: number, right: number): number {
  const middle = (left + right) / 2;
  let [best, least] = [middle, Infinity];
  for (let x = Math.ceil(left); x <= Math.floor(right); x++) {
    let ink = 0;
    for (let y = 0; y < LINE_HEIGHT; y++) ink += data[y * width + x];
    const cost = ink + (ink < EMPTY ? 1 / width : ASIDE) * Math.abs(x - middle);
    if (cost < least) [best, least] = [x, cost];
  }
  return best;
}

/** The part of a piece between two columns; none where it has no ink there. */
function columnsOf(piece: Component, from: number, to: number): Component | undefined {
  if (from <= piece.left && piece.right < to) return piece;
  if (piece.right < from || piece.left >= to) return undefined;
  const runs: number[] = [];
  let [area, left, right, top, bottom] = [0, Infinity, -1, Infinity, -1];
  for (let r = 0; r < piece.runs.length; r += 3) {
    const row = piece.runs[r];
    const first = Math.max(piece.runs[r + 1], Math.ceil(from));
    const end = Math.min(piece.runs[r + 2], Math.ceil(to));
    if (first >= end) continue;
    runs.push(row, first, end);
    area += end - first;
    left = Math.min(left, first);
    right = Math.max(right, end - 1);
    top = Math.min(top, row);
    bottom = row;
  }
  return area === 0 ? undefined : { area, left, right, top, bottom, runs };
}

/** A piece of this height, in heights of a digit, is most of a digit; a lower one is, too, where there is no such piece. */
const MAIN = 0.4;

/** A low piece is a part of a digit where this share of its width is above or below the rest. */
const BESIDE = 0.5;

/** Leaves out dots, commas and dashes, which stand beside digits. */
function withoutMarks(pieces: readonly Component[], height: number): Component[] {
  const main = pieces.filter(({ top, bottom }) => bottom - top + 1 >= MAIN * height);
  if (main.length === 0) return [...pieces];
  const { x, width } = boxAround(main);
  return pieces.filter((piece) => {
    const shared = Math.min(piece.right + 1, x + width) - Math.max(piece.left, x);
    return main.includes(piece) || shared >= BESIDE * (piece.right - piece.left + 1);
  });
}
