import { centreInk, DIGIT_BOX, DIGIT_SIDE, resizeArea, strengthenInk } from "../image/frame.ts";
import type { Box, FoundInk, InkMap } from "../image/image.ts";
import { evenStrokes, strokeWidth } from "../image/ink/strokes.ts";
import { type Cut, findCuts, type InkGroup, inkGroups, MAX_CUTS, mostCuts } from "./cuts.ts";
import { deskew, type DeskewedInk, groupLines, type Writing } from "./writing.ts";

/** A line taken apart: places between its smallest parts, and all stretches from place to place that may be digits. */
export interface Lattice {
  /** The ink of the whole writing. */
  readonly ink: DeskewedInk;
  /** The stretches. */
  readonly segments: readonly Segment[];
  /** The number of the last place; the first is 0. */
  readonly places: number;
}

/** A line of a writing, and where its ink may be cut. */
export interface CutLine {
  /** The ink of the whole writing. */
  readonly ink: DeskewedInk;
  /** The groups of the line from the left, with their cuts. */
  readonly groups: readonly { readonly group: InkGroup; readonly cuts: readonly Cut[] }[];
}

/**
 * Finds where the digits of a writing may end.
 *
 * @param writing The writing.
 * @returns The lines, from the top.
 */
export function cutLines(writing: Writing): CutLine[] {
  const ink = deskew(writing);
  const stroke = Math.max(1, strokeWidth(ink.map));
  return groupLines(ink.pieces, ink.height).map((line) => ({
    ink,
    groups: inkGroups(ink, line).map((group) => ({
      group,
      cuts: findCuts(group, ink.height, stroke),
    })),
  }));
}

/**
 * Takes a line apart where its digits may end.
 *
 * @param line The line.
 * @param density How many of the cuts are made, the best ones: so many for each height of a digit.
 * @returns The lattice.
 */
export function latticeOf({ ink, groups }: CutLine, density: number = MAX_CUTS): Lattice {
  const parts = groups.flatMap(({ group, cuts }) => {
    const most = mostCuts(group, ink.height, density);
    const made = cuts.filter(({ rank }) => rank < most);
    return Array.from(
      { length: made.length + 1 },
      (_, i): Part => ({ group, left: made[i - 1], right: made[i] }),
    );
  });
  return { ink, segments: listSegments(parts, ink.height, ink.edge), places: parts.length };
}

/** The lattices of all lines of a writing, from the top. */
export function latticesOf(writing: Writing): Lattice[] {
  return cutLines(writing).map((line) => latticeOf(line));
}

/** The smallest bits that a line is taken apart into: a group, or what is left of it between two cuts. */
interface Part {
  readonly group: InkGroup;
  /** The cut on its left, and the one on its right; none at the ends of a group. */
  readonly left: Cut | undefined;
  readonly right: Cut | undefined;
}

/** Some parts beside each other that may be a digit. */
export interface Segment {
  /** The first part, and the one after the last. */
  readonly first: number;
  readonly last: number;
  /** What surely is ink, in its map. */
  readonly found: FoundInk;
  /** Where its map is in the whole one. */
  readonly x: number;
  readonly y: number;
  /** How much ink it has. */
  readonly mass: number;
  /** How far the groups in it are apart at most, in pixels; below 0 where they overlap. */
  readonly gap: number;
  /** How much ink the cuts at its sides cross, in widths of a stroke. */
  readonly leftCost: number;
  readonly rightCost: number;
}

/** The widest digit, in heights of a digit. */
const WIDEST = 1.45;

/** How far apart the groups of one digit may be, in heights of a digit. */
const FURTHEST = 0.3;

/** A digit has at most so many parts. */
const MAX_PARTS = 60;

/**
 * Lists all segments of a line that may be digits by their size.
 *
 * @param parts The parts of the line.
 * @param height How high a digit is.
 * @param edge From how much on a pixel surely is ink.
 * @returns The segments.
 */
export function listSegments(parts: readonly Part[], height: number, edge: number): Segment[] {
  const segments: Segment[] = [];
  for (let first = 0; first < parts.length; first++) {
    for (let last = first + 1; last <= Math.min(parts.length, first + MAX_PARTS); last++) {
      const segment = segmentOf(parts, first, last, height, edge);
      if (segment === undefined) continue;
      if (segment === "too wide") break;
      segments.push(segment);
    }
  }
  return segments;
}

/** A segment as the network wants it: as any digit is prepared. */
export function prepareSegment({ found }: Segment): Float32Array<ArrayBuffer> {
  const { map, box } = evenStrokes(found);
  return strengthenInk(centreInk(resizeArea(map, box, DIGIT_BOX)));
}

/** A stretch of one group: its columns between two cuts. */
interface Stretch {
  readonly group: InkGroup;
  readonly left: Cut | undefined;
  readonly right: Cut | undefined;
}

function segmentOf(
  parts: readonly Part[],
  first: number,
  last: number,
  height: number,
  edge: number,
): Segment | "too wide" | undefined {
  const stretches: Stretch[] = [];
  for (let at = first; at < last;) {
    const { group, left } = parts[at];
    let end = at + 1;
    while (end < last && parts[end].group === group) end++;
    stretches.push({ group, left, right: parts[end - 1].right });
    at = end;
  }
  const boxes = stretches.map((stretch) => inkBox(stretch, edge));
  if (boxes.some(({ width }) => width <= 0)) return undefined;
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  if (right - x > WIDEST * height) return "too wide";
  let gap = -Infinity;
  for (let i = 1; i < boxes.length; i++) {
    gap = Math.max(gap, boxes[i].x - boxes[i - 1].x - boxes[i - 1].width);
  }
  if (gap > FURTHEST * height) return "too wide";
  const { ink, mass, margin } = paint(stretches, x, y, right, bottom);
  return {
    first,
    last,
    found: { map: ink, box: { x: margin, y: margin, width: right - x, height: bottom - y } },
    x: x - margin,
    y: y - margin,
    mass,
    gap,
    leftCost: parts[first].left?.cost ?? 0,
    rightCost: parts[last - 1].right?.cost ?? 0,
  };
}

/** The box around what surely is ink in a stretch, in the whole map. */
function inkBox({ group, left, right }: Stretch, edge: number): Box {
  const { data, width, height } = group;
  let [minX, maxX, minY, maxY] = [width, -1, height, -1];
  for (let y = 0; y < height; y++) {
    const from = left?.columns[y] ?? 0;
    const to = right?.columns[y] ?? width;
    for (let x = from; x < to; x++) {
      if (data[y * width + x] < edge) continue;
      if (x < minX) minX = x;
      if (x > maxX) maxX = x;
      if (y < minY) minY = y;
      maxY = y;
    }
  }
  return { x: group.x + minX, y: group.y + minY, width: maxX - minX + 1, height: maxY - minY + 1 };
}

/** How far around the box soft edges are kept. */
const MARGIN = 3;

function paint(
  stretches: readonly Stretch[],
  left: number,
  top: number,
  right: number,
  bottom: number,
): { ink: FoundInk["map"]; mass: number; margin: number } {
  const margin = MARGIN;
  const [x0, y0] = [left - margin, top - margin];
  const width = right - left + 2 * margin;
  const height = bottom - top + 2 * margin;
  const data = new Float32Array(width * height);
  let mass = 0;
  for (const { group, left, right } of stretches) {
    const firstRow = Math.max(0, y0 - group.y);
    const lastRow = Math.min(group.height, y0 + height - group.y);
    for (let y = firstRow; y < lastRow; y++) {
      const from = Math.max(left?.columns[y] ?? 0, x0 - group.x);
      const to = Math.min(right?.columns[y] ?? group.width, x0 + width - group.x);
      const row = (group.y + y - y0) * width + group.x - x0;
      for (let x = from; x < to; x++) {
        const ink = group.data[y * group.width + x];
        if (ink > data[row + x]) data[row + x] = ink;
        mass += ink;
      }
    }
  }
  return { ink: { data, width, height }, mass, margin };
}

/** A window on a line in which a digit is 20 pixels high, around a segment: its ink, and that of its neighbours. */
export const WINDOW: readonly [channels: number, height: number, width: number] = [
  2,
  DIGIT_SIDE,
  DIGIT_SIDE,
];

const SIZE = DIGIT_SIDE * DIGIT_SIDE;

/** The ink of a line, cell by cell of a coarse grid. */
interface Grid {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
  /** How many pixels a cell is wide and high. */
  readonly cell: number;
}

/**
 * Looks at each segment of a line together with what is beside it: whether a digit has been cut through shows there,
 * and whether it is as high as the rest.
 *
 * @param lattice The line.
 * @returns [2, 28, 28] values from 0 (none) to 1 (ink) for each segment, one after another.
 */
export function segmentWindows({ ink, segments }: Lattice): Float32Array<ArrayBuffer> {
  const whole = gridOf(ink);
  const windows = new Float32Array(segments.length * 2 * SIZE);
  segments.forEach((segment, n) => drawWindow(windows.subarray(2 * n * SIZE), segment, whole));
  return windows;
}

/** The grids of writings, for all of their lines. */
const grids = new WeakMap<DeskewedInk, Grid>();

/** All ink of a writing, in cells of which a digit is 20 high. */
function gridOf(ink: DeskewedInk): Grid {
  let grid = grids.get(ink);
  if (grid === undefined) {
    const cell = Math.max(1, ink.height / DIGIT_BOX);
    const width = Math.ceil(ink.map.width / cell + 1);
    const height = Math.ceil(ink.map.height / cell + 1);
    grid = { data: new Float32Array(width * height), width, height, cell };
    addInk(grid, ink.map, 0, 0, 0, 0);
    grids.set(ink, grid);
  }
  return grid;
}

function drawWindow(
  window: Float32Array,
  { found: { map, box }, x, y }: Segment,
  whole: Grid,
): void {
  const { cell } = whole;
  const own = { data: window.subarray(0, SIZE), width: DIGIT_SIDE, height: DIGIT_SIDE, cell };
  const left = Math.round((x + box.x + box.width / 2) / cell - DIGIT_SIDE / 2);
  const top = Math.round((y + box.y + box.height / 2) / cell - DIGIT_SIDE / 2);
  addInk(own, map, x, y, left, top);
  for (let row = 0; row < DIGIT_SIDE; row++) {
    if (row + top < 0 || row + top >= whole.height) continue;
    for (let column = 0; column < DIGIT_SIDE; column++) {
      if (column + left < 0 || column + left >= whole.width) continue;
      const at = row * DIGIT_SIDE + column;
      const all = whole.data[(row + top) * whole.width + column + left];
      window[SIZE + at] = Math.min(1, Math.max(0, all - window[at]));
    }
  }
}

/** Adds the ink of a map whose corner is at x, y to a grid whose corner is the cell left, top. */
function addInk(grid: Grid, map: InkMap, x: number, y: number, left: number, top: number): void {
  const { data, width, height, cell } = grid;
  const columns = sharesOf(x, map.width, cell, left);
  const rows = sharesOf(y, map.height, cell, top);
  const area = 1 / (cell * cell);
  for (let v = 0; v < map.height; v++) {
    const row = rows.cells[v];
    if (row < -1 || row >= height) continue;
    const rowShare = rows.shares[v];
    const isInside = row >= 0;
    const isNextInside = row + 1 < height;
    for (let u = 0, at = v * map.width; u < map.width; u++, at++) {
      const ink = map.data[at];
      if (ink === 0) continue;
      const column = columns.cells[u];
      if (column < -1 || column >= width) continue;
      const columnShare = columns.shares[u];
      const first = row * width + column;
      if (isInside) {
        const share = ink * area * rowShare;
        if (column >= 0) data[first] += share * columnShare;
        if (column + 1 < width) data[first + 1] += share * (1 - columnShare);
      }
      if (isNextInside) {
        const share = ink * area * (1 - rowShare);
        if (column >= 0) data[first + width] += share * columnShare;
        if (column + 1 < width) data[first + width + 1] += share * (1 - columnShare);
      }
    }
  }
}

/** The cell in which each pixel begins, and how much of the pixel is in it; the rest is in the next. */
function sharesOf(
  start: number,
  count: number,
  cell: number,
  first: number,
): { cells: Int32Array; shares: Float32Array } {
  const cells = new Int32Array(count);
  const shares = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const at = (start + i) / cell;
    const begins = Math.floor(at);
    cells[i] = begins - first;
    shares[i] = Math.min(1, (begins + 1 - at) * cell);
  }
  return { cells, shares };
}
