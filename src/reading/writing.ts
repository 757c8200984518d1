import { likelySeparation } from "../image/further.ts";
import type { Box, InkMap } from "../image/image.ts";
import { boxAround, type Component, findComponents } from "../image/ink/components.ts";
import {
  type EraseLines,
  type InkPieces,
  separateInk,
  type Separation,
  softInk,
} from "../image/ink/separate.ts";
import { type Page, regionAround, sheetsOf } from "../image/page.ts";
import * as math from "../model/math.ts";
import { eraseMarks, typicalHeight } from "./marks.ts";

/** The ink of all that is written in a picture. */
export interface Writing {
  /** The part of the picture that was looked at, made smaller. */
  readonly found: InkPieces;
  /** The pieces that may be digits or parts of them. */
  readonly pieces: readonly Component[];
  /** How high a digit is, in pixels of the smaller picture. */
  readonly height: number;
  /** The part of the picture. */
  readonly region: Box;
  /** How many pixels of it became one, across and down. */
  readonly factor: number;
}

/** A picture is first looked at with at most so many pixels on the longer side. */
const WORKING_SIDE = 800;

/** And with at least so many on the shorter side, if it has them: a line of a thousand digits is a long strip. */
const MIN_WORKING_SIDE = 24;

/** Digits are looked at with about so many pixels in height: two and a half for each that the network sees. */
const DIGIT_HEIGHT = 50;

/** Digits higher than this, in pixels, are made smaller, and lower ones looked at from nearer. */
const TALL = 110;

const LOW = 40;

/** A picture of the size at which digits are looked at has at most so many pixels. */
const MAX_PIXELS = 4_000_000;

/** Up to so many pixels it is not cut to what is written, which would cut frames. */
const MAX_UNCUT = 1_000_000;

/** How much around the writing is looked at again, in heights of a digit. */
const SURROUNDINGS = 0.7;

/** Pieces are specks that are smaller than this, across and down, in heights of a digit. */
const SPECK = 0.12;

/**
 * Finds what is written on a page, and what on each sheet of paper or window on it: a bold digit looks like a sheet, and
 * only what it holds tells them apart. A page is first looked at made small; then, where digits come out too small or
 * needlessly large, in the size in which they are read.
 *
 * @param page The page.
 * @returns The ink of the page, and that of each sheet, where there is any.
 */
export function findWritings(page: Page): Writing[] {
  return [page.whole, ...sheetsOf(page)].flatMap((region) => findWritingIn(page, region) ?? []);
}

function findWritingIn(page: Page, whole: Box): Writing | undefined {
  let region = whole;
  const [short, long] = [region.width, region.height].sort((a, b) => a - b);
  let factor = Math.min(
    Math.ceil(long / WORKING_SIDE),
    Math.max(1, Math.floor(short / MIN_WORKING_SIDE)),
  );
  let best: Writing | undefined;
  for (let look = 0; look < 4; look++) {
    const view = page.view(region, factor);
    const separated = separateInk(view, withoutMarks(likelySeparation(view.grey)));
    const writing = separated && asWriting(separated, region, factor);
    if (writing === undefined) return best;
    const { pieces, height } = writing;
    const wanted = Math.max(1, Math.floor(height * factor / DIGIT_HEIGHT));
    const isLow = height < LOW && wanted < factor;
    if (!isLow && !(height > TALL && wanted > factor)) return writing;
    if (isLow && best?.factor === wanted) return writing;
    best = writing;
    if (isLow && region.width * region.height > MAX_UNCUT * wanted * wanted) {
      region = regionAround(boxAround(pieces), SURROUNDINGS * height, view);
    }
    const fewest = Math.ceil(Math.sqrt(region.width * region.height / MAX_PIXELS));
    if (Math.max(wanted, fewest) === factor) return writing;
    factor = Math.max(wanted, fewest);
  }
  return best;
}

/** Erases the marks of a form as well as the rules of paper. */
function withoutMarks(separation: Separation): Separation {
  const erase: EraseLines = (mask, width, height, pieces) => {
    // First the marks: of a frame that reaches the edges of the picture, only two sides look like rules.
    const isMarked = eraseMarks(mask, width, height, pieces);
    const others = isMarked ? findComponents(mask, width, height) : pieces;
    return (separation.erase?.(mask, width, height, others) ?? false) || isMarked;
  };
  return { ...separation, erase };
}

function asWriting(found: InkPieces, region: Box, factor: number): Writing | undefined {
  if (found.pieces.length === 0) return undefined;
  const height = typicalHeight(found.pieces);
  const least = SPECK * height;
  const pieces = found.pieces.filter(({ left, right, top, bottom }) =>
    Math.max(right - left, bottom - top) + 1 > least
  );
  return { found, pieces, height, region, factor };
}

/** A piece at least this high, in heights of a digit, makes a line; lower ones join it. */
const MAIN = 0.5;

/** How far the middle of a digit may be from that of its line, in heights of a digit. */
const APART = 0.6;

/** How far a low piece may lie above or below the digits of its line, in heights of a digit. */
const BESIDE = 0.25;

/** A line of its own is at least so high as others, or it is dirt. */
const LEAST = 0.35;

/**
 * Tells which pieces stand on one line.
 *
 * @param pieces The pieces of a writing whose lines are level.
 * @param height How high a digit is.
 * @param isTable Whether a row may be several numbers of a table: then each of them is a line.
 * @returns The pieces of each line, from the left; the lines from the top.
 */
export function groupLines(
  pieces: readonly Component[],
  height: number,
  isTable = true,
): Component[][] {
  const middle = ({ top, bottom }: Component): number => (top + bottom + 1) / 2;
  const main: Component[] = [];
  const low: Component[] = [];
  for (const piece of pieces) {
    (piece.bottom - piece.top + 1 >= MAIN * height ? main : low).push(piece);
  }
  const lines: { members: Component[]; sum: number; area: number }[] = [];
  // The largest first, so that a line is where most of its ink is.
  for (const piece of main.sort((a, b) => b.area - a.area)) {
    let nearest: typeof lines[number] | undefined;
    let least = APART * height;
    for (const line of lines) {
      const distance = Math.abs(line.sum / line.area - middle(piece));
      if (distance < least) [nearest, least] = [line, distance];
    }
    if (nearest === undefined) {
      nearest = { members: [], sum: 0, area: 0 };
      lines.push(nearest);
    }
    nearest.members.push(piece);
    nearest.sum += piece.area * middle(piece);
    nearest.area += piece.area;
  }
  for (const piece of low) {
    let nearest: typeof lines[number] | undefined;
    let least = BESIDE * height;
    for (const line of lines) {
      for (const member of line.members) {
        const across = Math.max(0, member.left - piece.right, piece.left - member.right);
        if (across > height) continue;
        const down = Math.max(0, member.top - piece.bottom, piece.top - member.bottom);
        const distance = down + 0.1 * across;
        if (distance < least) [nearest, least] = [line, distance];
      }
    }
    if (nearest !== undefined) nearest.members.push(piece);
    else if (piece.bottom - piece.top + 1 >= LEAST * height) {
      lines.push({ members: [piece], sum: piece.area * middle(piece), area: piece.area });
    }
  }
  lines.sort((a, b) => a.sum / a.area - b.sum / b.area);
  const rows = lines.map(({ members }) => members.sort((a, b) => a.left - b.left));
  return isTable ? splitColumns(rows, height) : rows;
}

/** A number is apart from the next one of a row by at least so many heights of a digit, */
const COLUMN_GAP = 1.8;

/** and by so many times the gap between the digits of the row: those in the cells of a form are one number. */
const COLUMN_RATIO = 3;

/** Of the gaps of a row, that at this share from the smallest surely is between digits of one number. */
const INNER = 1 / 3;

/** Where another row has a gap between numbers, one of so many heights of a digit is one as well. */
const BELOW_GAP = 1;

/** The columns between two pieces that have no ink. */
interface Gap {
  readonly from: number;
  readonly to: number;
  /** The number of the piece after it. */
  readonly next: number;
}

/** Divides the rows of a table into numbers. */
function splitColumns(rows: readonly Component[][], height: number): Component[][] {
  const gaps = rows.map(gapsOf);
  const wide = gaps.flatMap((row) => row.filter((gap) => isBetweenNumbers(gap, row, height)));
  return rows.flatMap((row, n) => {
    const ends = gaps[n].filter((gap) =>
      wide.includes(gap) ||
      lengthOf(gap) >= BELOW_GAP * height && wide.some((other) =>
          gap.from < (other.from + other.to) / 2 && (other.from + other.to) / 2 < gap.to
        )
    ).map(({ next }) => next);
    return [0, ...ends].map((first, i) => row.slice(first, ends[i]));
  });
}

/** The gaps of a row; parts of a digit above each other have none between them. */
function gapsOf(row: readonly Component[]): Gap[] {
  let from = row[0].right + 1;
  return row.flatMap(({ left, right }, next) => {
    const gap = { from, to: left, next };
    from = Math.max(from, right + 1);
    return lengthOf(gap) > 0 ? [gap] : [];
  });
}

function lengthOf({ from, to }: Gap): number {
  return to - from;
}

function isBetweenNumbers(gap: Gap, row: readonly Gap[], height: number): boolean {
  const lengths = row.map(lengthOf).sort((a, b) => a - b);
  const inner = lengths[Math.floor(INNER * (lengths.length - 1))];
  return lengthOf(gap) >= Math.max(COLUMN_GAP * height, COLUMN_RATIO * inner);
}

/** The ink of a writing whose lines are level. */
export interface DeskewedInk {
  /** How much ink each pixel is. */
  readonly map: InkMap;
  /** The pieces of what surely is ink. */
  readonly pieces: readonly Component[];
  /** How high a digit is, in pixels. */
  readonly height: number;
  /** How far beyond what surely is ink its soft edge reaches, in pixels. */
  readonly reach: number;
  /** Where a point of the map is in the picture. */
  readonly inPicture: (x: number, y: number) => readonly [x: number, y: number];
  /** The part of the picture that was looked at. */
  readonly region: Box;
}

/** How far beyond the pixels that surely are ink its soft edge is kept, in heights of a digit. */
const SOFT_EDGE = 1 / 20;

/** Lines that lean by less than this stay as they are: 1.4°, which the network does not mind. */
const LEVEL = 0.025;

/**
 * Turns a writing so that its lines are level.
 *
 * @param writing The writing.
 * @returns Its ink.
 */
export function deskew({ found, pieces, height, region, factor }: Writing): DeskewedInk {
  const { floor, full, edge: far } = found.levels;
  const edge = (far - floor) / (full - floor);
  const reach = Math.max(1, Math.ceil(SOFT_EDGE * height));
  const ink = softInk(found, pieces, reach);
  const slope = findSlope(pieces, height);
  const asItIs: DeskewedInk = {
    map: ink,
    pieces,
    height,
    reach,
    inPicture: (x, y) => [region.x + x * factor, region.y + y * factor],
    region,
  };
  if (Math.abs(slope) < LEVEL) return asItIs;
  const cos = 1 / math.hypot(1, slope);
  const sin = slope * cos;
  const { width, height: rows } = ink;
  const left = Math.min(0, rows * sin);
  const top = Math.min(0, -width * sin);
  const map = turn(ink, cos, sin, left, top);
  const level = findComponents(maskOf(map, edge), map.width, map.height)
    .filter((piece) => Math.max(piece.right - piece.left, piece.bottom - piece.top) >= reach);
  // Faint ink of few pixels may be blurred below the edge.
  if (level.length === 0) return asItIs;
  const inPicture = (u: number, v: number) => {
    const [x, y] = [u + left, v + top];
    return [
      region.x + (x * cos - y * sin) * factor,
      region.y + (x * sin + y * cos) * factor,
    ] as const;
  };
  return { map, pieces: level, height: typicalHeight(level), reach, inPicture, region };
}

/** Takes each new pixel from between four old ones. */
function turn(
  { data, width, height }: InkMap,
  cos: number,
  sin: number,
  left: number,
  top: number,
): InkMap {
  const columns = Math.ceil(width * cos + height * Math.abs(sin));
  const rows = Math.ceil(height * cos + width * Math.abs(sin));
  const turned = new Float32Array(columns * rows);
  for (let v = 0, at = 0; v < rows; v++) {
    const y0 = v + 0.5 + top;
    for (let u = 0; u < columns; u++, at++) {
      const x0 = u + 0.5 + left;
      const x = x0 * cos - y0 * sin - 0.5;
      const y = x0 * sin + y0 * cos - 0.5;
      const [column, row] = [Math.floor(x), Math.floor(y)];
      if (column < 0 || row < 0 || column >= width - 1 || row >= height - 1) continue;
      const i = row * width + column;
      const [fx, fy] = [x - column, y - row];
      turned[at] = (1 - fy) * ((1 - fx) * data[i] + fx * data[i + 1]) +
        fy * ((1 - fx) * data[i + width] + fx * data[i + width + 1]);
    }
  }
  return { data: turned, width: columns, height: rows };
}

function maskOf({ data }: InkMap, edge: number): Uint8Array {
  const mask = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) mask[i] = data[i] >= edge ? 1 : 0;
  return mask;
}

/** Pieces are looked at in parts of this width, in heights of a digit: about a digit each. */
const PART = 0.75;

/** Two parts are compared that are so far apart, in heights of a digit: on one line, not on two. */
const NEAREST = 0.5;

const FURTHEST = 6;

/** Lines lean by no more than this: 11°, somewhat more than what is levelled. */
const STEEPEST = 0.2;

/** How far the feet of digits are from their line, against how far lines lean, both squared. */
const DOUBT = 1;

/** More parts than this say nothing new. */
const MOST = 160;

/**
 * How the lines of a writing lean: the median slope from the foot of one digit to that of another, weighted by their
 * distance. Two digits tell little of it, and are believed only in part.
 *
 * @param pieces The pieces of the ink.
 * @param height How high a digit is.
 * @returns How far a line goes down for each pixel to the right.
 */
export function findSlope(pieces: readonly Component[], height: number): number {
  const feet = pieces.flatMap((piece) => feetOf(piece, height)).slice(0, MOST);
  const slopes: { slope: number; weight: number }[] = [];
  let total = 0;
  for (const a of feet) {
    for (const b of feet) {
      const across = (b.x - a.x) / height;
      if (across < NEAREST || across > FURTHEST) continue;
      const slope = (b.y - a.y) / (b.x - a.x);
      if (Math.abs(slope) > STEEPEST) continue;
      slopes.push({ slope, weight: across });
      total += across;
    }
  }
  if (slopes.length === 0) return 0;
  slopes.sort((a, b) => a.slope - b.slope);
  let below = 0;
  const { slope } = slopes.find(({ weight }) => (below += weight) >= total / 2)!;
  const known = slopes.reduce((sum, { weight }) => sum + weight * weight, 0) / feet.length;
  return slope * known / (known + DOUBT);
}

/** The lowest point of each part of a piece that is high enough to stand on the line. */
function feetOf(piece: Component, height: number): { x: number; y: number }[] {
  if (piece.bottom - piece.top + 1 < 0.5 * height) return [];
  const width = piece.right - piece.left + 1;
  const count = Math.max(1, Math.round(width / (PART * height)));
  const bottoms = new Array<number>(count).fill(-1);
  const xs = new Array<number>(count).fill(0);
  for (let i = 0; i < piece.runs.length; i += 3) {
    const [y, start, end] = [piece.runs[i], piece.runs[i + 1], piece.runs[i + 2]];
    const at = Math.floor(((start + end - 1) / 2 - piece.left) / width * count);
    if (y >= bottoms[at]) [bottoms[at], xs[at]] = [y, piece.left + (at + 0.5) * width / count];
  }
  return bottoms.map((y, i) => ({ x: xs[i], y })).filter(({ y }) => y >= 0);
}
