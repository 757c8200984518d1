import type { InkMap } from "../image/image.ts";
import { type Component, findComponents } from "../image/ink/components.ts";
import { softInk } from "../image/ink/separate.ts";
import * as math from "../model/math.ts";
import { typicalHeight } from "./marks.ts";
import type { Writing } from "./writing.ts";

/** The ink of a writing whose lines are level. */
export interface DeskewedInk {
  /** How much ink each pixel is. */
  readonly map: InkMap;
  /** From how much on a pixel surely is ink. */
  readonly edge: number;
  /** The pieces of what surely is ink. */
  readonly pieces: readonly Component[];
  /** How high a digit is, in pixels. */
  readonly height: number;
  /** How far beyond what surely is ink its soft edge reaches, in pixels. */
  readonly reach: number;
  /** Where a point of the map is in the picture. */
  readonly inPicture: (x: number, y: number) => readonly [x: number, y: number];
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
  const { background: _, floor, full, edge: far } = found.levels;
  const edge = (far - floor) / (full - floor);
  const reach = Math.max(1, Math.ceil(SOFT_EDGE * height));
  const ink = softInk(found, pieces, reach);
  const slope = findSlope(pieces, height);
  const asItIs: DeskewedInk = {
    map: ink,
    edge,
    pieces,
    height,
    reach,
    inPicture: (x, y) => [region.x + x * factor, region.y + y * factor],
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
  return { map, edge, pieces: level, height: typicalHeight(level), reach, inPicture };
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
