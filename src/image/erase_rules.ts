import type { Component } from "./components.ts";

/** How far a line may lean, as a share of its length: 15°. */
const LEAN = 0.27;

/** The share of a line's length, from one edge of the picture to the other, on which ink must be found. */
const COVERED = 0.62;

/** A line is at most this thick, as a share of the picture's longer side. */
const THICKEST = 0.045;

/** The share of a picture's side that a piece must span to hold a line. */
const SPAN = 0.97;

/** In smaller pictures, in pixels, a stroke may be as long and as thin as a line. */
const SMALLEST = 60;

/** At every so many pixels a line is looked at when it is searched. */
const STEP = 3;

/** How far the ends of two lines must be apart, in pixels, both ends together. */
const APART = 10;

/**
 * Erases the lines of ruled and squared paper: straight, thin, and from one edge of the picture to the other. What is
 * thicker across the line than the line itself, a stroke that crosses it, stays.
 *
 * @param mask 1 for ink, 0 for background, row by row; changed in place.
 * @param width Columns.
 * @param height Rows.
 * @param components The pieces of the ink.
 * @returns Whether anything was erased.
 */
export function eraseRules(
  mask: Uint8Array,
  width: number,
  height: number,
  components: readonly Component[],
): boolean {
  if (Math.max(width, height) < SMALLEST) return false;
  const spans = (first: number, last: number, length: number): boolean =>
    last - first + 1 >= SPAN * length;
  let erased = false;
  if (components.some(({ left, right }) => spans(left, right, width))) {
    erased = eraseAcross(mask, width, height, 1, width);
  }
  if (components.some(({ top, bottom }) => spans(top, bottom, height))) {
    erased = eraseAcross(mask, height, width, width, 1) || erased;
  }
  return erased;
}

/** A line from one side to the other: how far down it is at the first and at the last column. */
interface Rule {
  readonly from: number;
  readonly to: number;
  readonly covered: number;
}

/** Erases lines that lie rather across: one step right is `right` places further, one down is `down`. */
function eraseAcross(
  mask: Uint8Array,
  width: number,
  height: number,
  right: number,
  down: number,
): boolean {
  const rules = findRules(mask, width, height, right, down);
  const thickest = Math.max(3, THICKEST * Math.max(width, height));
  let erased = false;
  for (const { from, to } of rules) {
    const starts = new Int32Array(width).fill(-1);
    const lengths: number[] = [];
    const ends = new Int32Array(width);
    for (let x = 0; x < width; x++) {
      const middle = Math.round(from + (to - from) * x / (width - 1));
      const y = [middle, middle - 1, middle + 1, middle - 2, middle + 2].find((y) =>
        y >= 0 && y < height && mask[y * down + x * right] === 1
      );
      if (y === undefined) continue;
      let [start, end] = [y, y + 1];
      while (start > 0 && mask[(start - 1) * down + x * right] === 1) start--;
      while (end < height && mask[end * down + x * right] === 1) end++;
      starts[x] = start;
      ends[x] = end;
      lengths.push(end - start);
    }
    const thickness = lengths.sort((a, b) => a - b)[lengths.length >> 1] ?? 0;
    if (thickness === 0 || thickness > thickest) continue;
    erased = true;
    for (let x = 0; x < width; x++) {
      if (starts[x] < 0 || ends[x] - starts[x] > 1.5 * thickness + 1) continue;
      for (let y = starts[x]; y < ends[x]; y++) mask[y * down + x * right] = 0;
    }
  }
  return erased;
}

/** The lines on which the most ink lies, each of them once. */
function findRules(
  mask: Uint8Array,
  width: number,
  height: number,
  right: number,
  down: number,
): Rule[] {
  // A pixel beside the line counts as well. Columns are copied one after another: a search goes along them.
  const samples = Math.ceil(width / STEP);
  const near = new Uint8Array(samples * height);
  for (let k = 0; k < samples; k++) {
    const column = k * STEP * right;
    for (let y = 0; y < height; y++) {
      const at = column + y * down;
      near[k * height + y] = mask[at] | (y > 0 ? mask[at - down] : 0) |
        (y < height - 1 ? mask[at + down] : 0);
    }
  }
  const lean = Math.round(LEAN * width);
  const found: Rule[] = [];
  for (let from = -lean; from < height + lean; from++) {
    for (let to = from - lean; to <= from + lean; to++) {
      const slope = (to - from) / (samples - 1);
      let [inside, covered, missed] = [0, 0, 0];
      const most = (1 - COVERED) * samples;
      for (let k = 0; k < samples && missed <= most; k++) {
        const y = Math.round(from + slope * k);
        if (y < 0 || y >= height) continue;
        inside++;
        if (near[k * height + y] === 1) covered++;
        else missed++;
      }
      if (inside >= 0.6 * samples && covered >= COVERED * inside) {
        found.push({ from, to, covered: covered / inside + 1e-4 * inside });
      }
    }
  }
  found.sort((a, b) => b.covered - a.covered);
  const rules: Rule[] = [];
  for (const rule of found) {
    const isNew = rules.every(({ from, to }) =>
      Math.abs(from - rule.from) + Math.abs(to - rule.to) >= APART
    );
    if (isNew) rules.push(rule);
  }
  return rules;
}
