import { boxAround, type Component } from "../image/ink/components.ts";
import type { DeskewedInk } from "./writing.ts";

/** A way through a group of ink from its upper edge to its lower one, along which two digits may be taken apart. */
export interface Cut {
  /** In each row the first column that is to the right of it, from the left of the group. */
  readonly columns: Int32Array;
  /** How much ink it crosses, in widths of a stroke. */
  readonly cost: number;
  /** How much ink is to the left of it. */
  readonly mass: number;
  /** How many cuts of the group were better. */
  readonly rank: number;
}

/** What a step to the side costs, in pixels of ink: little, or a way around a flag would be too dear. */
const ASIDE = 0.4;

/** How far a way goes to the left, for each pixel down, at no cost: writing leans to the right, more or less. */
const SLANTS = [0, 0.35];

/** Cuts that cross more than this, in widths of a stroke, are none. */
const DEAREST = 5;

/** Two cuts have at least so much ink between them, in strokes as long as a digit is high. */
const BETWEEN = 0.1;

/** At these heights of the group a cut is sought through every column. */
const HEIGHTS = [0.25, 0.5, 0.75];

/** At most so many cuts, for each height of a digit that the group is wide. */
export const MAX_CUTS = 16;

/** A group with ink on this share of its box is a bar, not digits that touch. */
const MAX_FILL = 0.75;

/**
 * Finds where a group of ink may be cut: along the ways from top to bottom that cross the least ink, whatever their
 * slant. They go around what hangs over, and through strokes where those are thinnest.
 *
 * @param group The ink.
 * @param height How high a digit is.
 * @param stroke How wide strokes are.
 * @returns The cuts, from the left.
 */
export function findCuts(group: InkGroup, height: number, stroke: number): Cut[] {
  const { data, width, height: rows } = group;
  if (width < 0.3 * height) return [];
  // The ink before each pixel of its row.
  const before = new Float32Array((width + 1) * rows);
  for (let y = 0, i = 0; y < rows; y++) {
    for (let x = 0, at = y * (width + 1); x < width; x++, i++, at++) {
      before[at + 1] = before[at] + data[i];
    }
  }
  let total = 0;
  for (let y = 0; y < rows; y++) total += before[y * (width + 1) + width];
  if (total >= MAX_FILL * width * rows) return [];
  const ways = SLANTS.map((slant) => ({
    down: costs(data, width, rows, false, slant),
    up: costs(data, width, rows, true, slant),
    seen: new Set<number>(),
  }));

  const starts: { x: number; y: number; price: number; way: typeof ways[number] }[] = [];
  for (const way of ways) {
    for (const share of HEIGHTS) {
      const y = Math.min(rows - 1, Math.floor(share * rows));
      for (let x = 1; x < width; x++) {
        const at = y * width + x;
        const price = way.down.cost[at] + way.up.cost[at] - data[at];
        if (price < (DEAREST + 1) * stroke) starts.push({ x, y, price, way });
      }
    }
  }
  starts.sort((a, b) => a.price - b.price);
  const least = BETWEEN * stroke * height;
  const most = mostCuts(group, height, MAX_CUTS);
  const cuts: Cut[] = [];
  for (const { x, y, way: { down, up, seen } } of starts) {
    if (cuts.length >= most) break;
    if (seen.has(y * width + x)) continue;
    const columns = new Int32Array(rows);
    let crossed = trace(down, data, width, x, y, -1, columns, seen) +
      trace(up, data, width, x, y, 1, columns, seen);
    crossed -= data[y * width + x];
    const cost = crossed / stroke;
    if (cost > DEAREST) continue;
    let mass = 0;
    for (let row = 0; row < rows; row++) mass += before[row * (width + 1) + columns[row]];
    if (mass < least || total - mass < least) continue;
    const isNew = cuts.every((other) => {
      let between = 0;
      for (let row = 0, at = 0; row < rows; row++, at += width + 1) {
        between += Math.abs(before[at + columns[row]] - before[at + other.columns[row]]);
      }
      return between >= least;
    });
    if (isNew) cuts.push({ columns, cost, mass, rank: cuts.length });
  }
  return cuts.sort((a, b) => a.mass - b.mass);
}

/**
 * How many cuts a group may have.
 *
 * @param group The ink.
 * @param height How high a digit is.
 * @param density Cuts for each height of a digit that the group is wide.
 */
export function mostCuts({ width }: InkGroup, height: number, density: number): number {
  return Math.ceil(density * width / height);
}

/** The cheapest ways from one edge to every pixel: their cost, and how far aside the one before is. */
interface Ways {
  readonly cost: Float32Array;
  /** In the row before: −1, 0 or 1; in the same row: 2 from the left, 3 from the right. */
  readonly from: Int8Array;
}

function costs(
  data: Float32Array,
  width: number,
  rows: number,
  fromBelow: boolean,
  slant: number,
): Ways {
  const cost = new Float32Array(width * rows);
  const from = new Int8Array(width * rows);
  const back = fromBelow ? width : -width;
  for (let n = 0; n < rows; n++) {
    const row = (fromBelow ? rows - 1 - n : n) * width;
    // Where a slanted way came from, one row before.
    const drift = Math.round(slant * n) - Math.round(slant * (n - 1));
    const free = fromBelow ? -drift : drift;
    for (let x = 0; x < width; x++) {
      const at = row + x;
      const ink = data[at];
      if (n === 0) {
        cost[at] = ink;
        continue;
      }
      let best = cost[at + back] + ink + ASIDE * Math.abs(free);
      let way = 0;
      const slanted = 1.414 * ink;
      const left = slanted + ASIDE * Math.abs(-1 - free);
      const right = slanted + ASIDE * Math.abs(1 - free);
      if (x > 0 && cost[at + back - 1] + left < best) {
        [best, way] = [cost[at + back - 1] + left, -1];
      }
      if (x < width - 1 && cost[at + back + 1] + right < best) {
        [best, way] = [cost[at + back + 1] + right, 1];
      }
      cost[at] = best;
      from[at] = way;
    }
    for (let x = 1; x < width; x++) {
      const step = cost[row + x - 1] + data[row + x] + ASIDE;
      if (step < cost[row + x]) [cost[row + x], from[row + x]] = [step, 2];
    }
    for (let x = width - 2; x >= 0; x--) {
      const step = cost[row + x + 1] + data[row + x] + ASIDE;
      if (step < cost[row + x]) [cost[row + x], from[row + x]] = [step, 3];
    }
  }
  return { cost, from };
}

/** Follows the cheapest way from a pixel to the edge, and tells how much ink it crosses. */
function trace(
  { from }: Ways,
  data: Float32Array,
  width: number,
  x: number,
  y: number,
  step: -1 | 1,
  columns: Int32Array,
  seen: Set<number>,
): number {
  const rows = columns.length;
  let crossed = 0;
  let factor = 1;
  columns[y] = x;
  while (true) {
    const at = y * width + x;
    seen.add(at);
    crossed += factor * data[at];
    const way = from[at];
    factor = 1;
    if (way === 2) x--;
    else if (way === 3) x++;
    else {
      y += step;
      if (y < 0 || y >= rows) return crossed;
      x += way;
      columns[y] = x;
      if (way !== 0) factor = 1.414;
    }
  }
}

/** Pieces that surely are of one digit, or of digits that touch, cut out with their soft edges. */
export interface InkGroup {
  /** How much ink each pixel is, row by row; that of other groups is left out. */
  readonly data: Float32Array<ArrayBuffer>;
  /** Its first column and row in the whole map. */
  readonly x: number;
  readonly y: number;
  /** Columns and rows. */
  readonly width: number;
  readonly height: number;
}

/** Pieces belong together where they lie above each other by this share of the narrower one. */
const ABOVE = 0.5;

/** Two pieces higher than this, in heights of a digit, may be two digits all the same. */
const WHOLE = 0.55;

/**
 * Puts together the pieces of a line that lie above each other, such as a 5 and its bar.
 *
 * @param ink The ink of the writing.
 * @param line The pieces of the line, from the left.
 * @returns The groups, from the left.
 */
export function inkGroups(ink: DeskewedInk, line: readonly Component[]): InkGroup[] {
  let groups: Component[][] = line.map((piece) => [piece]);
  for (let joined = true; joined;) {
    joined = false;
    outer: for (const [i, a] of groups.entries()) {
      for (const b of groups.slice(i + 1)) {
        if (!belongTogether(a, b, ink.height)) continue;
        groups = groups.filter((group) => group !== a && group !== b);
        groups.push([...a, ...b]);
        joined = true;
        break outer;
      }
    }
  }
  const owner = new Int32Array(ink.map.data.length);
  for (const [i, group] of groups.entries()) {
    for (const { runs } of group) {
      for (let r = 0; r < runs.length; r += 3) {
        const row = runs[r] * ink.map.width;
        owner.fill(i + 1, row + runs[r + 1], row + runs[r + 2]);
      }
    }
  }
  return groups.map((group, i) => cutOut(ink, group, owner, i + 1))
    .sort((a, b) => a.x + a.width / 2 - b.x - b.width / 2);
}

function belongTogether(
  first: readonly Component[],
  second: readonly Component[],
  height: number,
): boolean {
  const [a, b] = [boxAround(first), boxAround(second)];
  const shared = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  if (shared < ABOVE * Math.min(a.width, b.width)) return false;
  return Math.min(a.height, b.height) < WHOLE * height;
}

function cutOut(
  { map, reach }: DeskewedInk,
  group: readonly Component[],
  owner: Int32Array,
  own: number,
): InkGroup {
  const box = boxAround(group);
  const [x, y] = [Math.max(0, box.x - reach), Math.max(0, box.y - reach)];
  const width = Math.min(map.width, box.x + box.width + reach) - x;
  const height = Math.min(map.height, box.y + box.height + reach) - y;
  const data = new Float32Array(width * height);
  for (const { runs } of group) {
    for (let r = 0; r < runs.length; r += 3) {
      const first = Math.max(x, runs[r + 1] - reach);
      const last = Math.min(x + width, runs[r + 2] + reach);
      const end = Math.min(y + height, runs[r] + reach + 1);
      for (let row = Math.max(y, runs[r] - reach); row < end; row++) {
        for (let column = first; column < last; column++) {
          const at = row * map.width + column;
          if (owner[at] !== 0 && owner[at] !== own) continue;
          data[(row - y) * width + column - x] = map.data[at];
        }
      }
    }
  }
  return { data, x, y, width, height };
}
