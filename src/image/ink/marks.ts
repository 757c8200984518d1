import type { Box } from "../image.ts";
import { boxAround, type Component, findComponents, isUprightBar } from "./components.ts";
import { eraseAcross, type Erased, NONE } from "./rules.ts";
import { withoutTicks } from "./separate.ts";

/** Pieces that span this share of a side are searched for lines, whether they are rules or strokes. */
const LINE_SPAN = 0.9;

/** Rounds in which the lines along pieces are erased: a second one finds the frame of which the first has left a side. */
const ROUNDS = 2;

/** So many pieces are searched for lines at most: a digit and what is around it are fewer. */
const MAX_LINED = 4;

/** In smaller pictures, in pixels, all lines may be strokes. */
const MIN_LINES_SIDE = 40;

/** A piece with lines along it has at least this share of the largest piece's ink. */
const MIN_LINED = 0.1;

/**
 * A frame or an underline is covered by this share, more than the strokes of a digit are, which bend; and it is at most
 * this thick, as a share of the longer side of what it is part of.
 */
const MARK = [0.85, 0.12] as const;

/** How far a line goes beyond the digit on either side, as a share of its length: a stroke of the digit ends with it. */
const BEYOND = 0.04;

/** How far from the middle of a digit a line lies that is no stroke of it, as a share of the digit's height. */
const MIN_ASIDE = 0.3;

/** A digit under a line has at least this share of the line's length: what is narrower is the stem of a T. */
const MIN_UNDER = 0.35;

/**
 * Erases all straight lines: those that cross the picture, whatever is left then, and those that go along or through a
 * piece and beyond the rest of it on both sides, such as the frame of a form's cell or an underline. Of a digit without
 * frame or rules it may erase strokes.
 *
 * @param mask 1 for ink, 0 for background, row by row; changed in place.
 * @param width Columns.
 * @param height Rows.
 * @returns Whether there were any.
 */
export function eraseLines(mask: Uint8Array, width: number, height: number): boolean {
  if (Math.max(width, height) < MIN_LINES_SIDE) return false;
  let pieces = findComponents(mask, width, height);
  let count = 0;
  if (pieces.some(({ left, right }) => right - left + 1 >= LINE_SPAN * width)) {
    count += eraseAcross(mask, width, height, 1, width).count;
  }
  if (pieces.some(({ top, bottom }) => bottom - top + 1 >= LINE_SPAN * height)) {
    count += eraseAcross(mask, height, width, width, 1).count;
  }
  for (let round = 0; round < ROUNDS; round++) {
    pieces = findComponents(mask, width, height);
    const largest = pieces.reduce((most, { area }) => Math.max(most, area), 0);
    const before = count;
    const lined = pieces.filter(({ area }) => area >= MIN_LINED * largest)
      .sort((a, b) => b.area - a.area).slice(0, MAX_LINED);
    for (const piece of lined) count += eraseAlong(mask, width, piece);
    if (count === before) break;
  }
  return count > 0;
}

/**
 * Erases the lines that go from side to side of the box of a piece, where they go beyond the rest of it: first those that
 * are level, since an upright one may be a stroke of the digit; then all.
 */
function eraseAlong(
  mask: Uint8Array,
  width: number,
  { left: x, right, top, bottom }: Component,
): number {
  const [across, down] = [right - x + 1, bottom - top + 1];
  if (Math.max(across, down) < MIN_LINES_SIDE) return 0;
  const before = new Uint8Array(across * down);
  for (let y = 0; y < down; y++) {
    const from = (top + y) * width + x;
    before.set(mask.subarray(from, from + across), y * across);
  }
  const part = before.slice();
  const level = eraseAcross(part, across, down, 1, across, MARK);
  if (level.count === 0) return 0;
  for (const isFrame of [false, true]) {
    const upright = isFrame ? eraseAcross(part, down, across, across, 1, MARK) : NONE;
    if (isFrame && upright.count === 0) return 0;
    const left = part.slice();
    eraseTicks(before, left, across, down);
    const rest = boxOfRest(left, across, down, down);
    if (rest === undefined || !areMarks(level, upright, rest, across, down)) continue;
    for (let y = 0; y < down; y++) {
      mask.set(left.subarray(y * across, (y + 1) * across), (top + y) * width + x);
    }
    return level.count + upright.count;
  }
  return 0;
}

/** So many lines are a frame, wherever they are. */
const MIN_FRAME = 3;

/** Whether lines along a piece are no strokes of what is left of it. */
function areMarks(
  level: Erased,
  upright: Erased,
  { x, y, width, height }: Box,
  across: number,
  down: number,
): boolean {
  const isWithin = (start: number, length: number, of: number): boolean =>
    start >= BEYOND * of && start + length <= (1 - BEYOND) * of;
  const isBetween = isWithin(x, width, across);
  if (level.count > 1 && upright.count > 1 && isBetween) return true;
  if (upright.count > 0) {
    // The bar and the stem of a 4 are two, and go through the rest of it.
    const isOutside = (rows: readonly number[], start: number, length: number): boolean =>
      rows.every((row) => row < start + BEYOND * length || row > start + (1 - BEYOND) * length);
    const isFrame = level.count + upright.count >= MIN_FRAME ||
      isOutside(level.rows, y, height) && isOutside(upright.rows, x, width);
    if (!isFrame) return false;
    if (isWithin(y, height, down)) return true;
  }
  // One line by itself lies under or over a digit; what goes through it is a stroke, such as the shaft of an arrow.
  const places = level.rows.map((row) => (row - y) / height - 0.5);
  const isMark = level.count > 1 || upright.count > 0 || Math.abs(places[0]) > MIN_ASIDE;
  const hangs = places.some((place) => place < 0);
  return isMark && isBetween && (!hangs || width >= MIN_UNDER * across);
}

/** Erases the ticks of a comb and the lines between cells that stood on erased lines. */
function eraseTicks(before: Uint8Array, after: Uint8Array, width: number, height: number): void {
  const erased = before.map((ink, i) => ink & ~after[i]);
  const pieces = findComponents(after, width, height);
  const rest = withoutTicks(pieces, erased, width, (piece) => isUprightBar(piece) || isFull(piece));
  // One by itself is what a stem has below the bar of a 4.
  if (pieces.length - rest.length < MIN_TICKS) return;
  for (const piece of pieces) if (!rest.includes(piece)) erase(after, width, piece);
}

/** A comb has so many ticks at least. */
const MIN_TICKS = 2;

/** A tick that is too short for a bar fills at least this share of its box. */
const TICK_FILL = 0.75;

function isFull({ left, right, top, bottom, area }: Component): boolean {
  return area >= TICK_FILL * (right - left + 1) * (bottom - top + 1);
}

function erase(mask: Uint8Array, width: number, { runs }: Component): void {
  for (let i = 0; i < runs.length; i += 3) {
    const row = runs[i] * width;
    mask.fill(0, row + runs[i + 1], row + runs[i + 2]);
  }
}

/** What is drawn around a digit touches it, so that both are one piece, at least this long. */
const MIN_OUTLINED = 0.3;

/** An outline is at most this thick, as a share of the longer side of its box. */
const THICKEST_OUTLINE = 0.15;

/** Strokes that meet the outline are thicker than it by this factor. */
const MEETING = 1.6;

/**
 * Erases the outline of large pieces: a circle, triangle or frame that was drawn around a digit and touches it. Seen from
 * every side, what comes first is the outline, and is as thick as its median; where a stroke meets it, it is thicker.
 *
 * @param mask 1 for ink, 0 for background, row by row; changed in place.
 * @param width Columns.
 * @param height Rows.
 * @returns Whether there were any.
 */
export function eraseOutlines(mask: Uint8Array, width: number, height: number): boolean {
  let isErased = false;
  for (const piece of findComponents(mask, width, height)) {
    const [across, down] = [piece.right - piece.left + 1, piece.bottom - piece.top + 1];
    const isLarge = across >= MIN_OUTLINED * width && down >= MIN_OUTLINED * height ||
      Math.min(across, down) >= MIN_LINES_SIDE;
    if (!isLarge || piece.area > 0.5 * across * down) continue;
    const part = new Uint8Array(across * down);
    for (let i = 0; i < piece.runs.length; i += 3) {
      const row = (piece.runs[i] - piece.top) * across - piece.left;
      part.fill(1, row + piece.runs[i + 1], row + piece.runs[i + 2]);
    }
    const rest = peel(part, across, down);
    if (rest === undefined) continue;
    const box = boxOfRest(rest, across, down, Math.max(across, down));
    if (box === undefined) continue;
    if (!isAround(box, part, rest, across, down)) continue;
    for (let y = 0; y < down; y++) {
      for (let x = 0; x < across; x++) {
        if (part[y * across + x] === 1) {
          mask[(piece.top + y) * width + piece.left + x] = rest[y * across + x];
        }
      }
    }
    isErased = true;
  }
  return isErased;
}

/** Erases the first and the last run of every row and column that is no thicker than most are. */
function peel(mask: Uint8Array, width: number, height: number): Uint8Array | undefined {
  const runs: { from: number; step: number; length: number }[] = [];
  const scan = (start: number, step: number, count: number): void => {
    let first = 0;
    while (first < count && mask[start + first * step] === 0) first++;
    if (first === count) return;
    let end = first;
    while (end < count && mask[start + end * step] === 1) end++;
    runs.push({ from: start + first * step, step, length: end - first });
  };
  for (let y = 0; y < height; y++) {
    scan(y * width, 1, width);
    scan((y + 1) * width - 1, -1, width);
  }
  for (let x = 0; x < width; x++) {
    scan(x, width, height);
    scan((height - 1) * width + x, -width, height);
  }
  const lengths = runs.map(({ length }) => length).sort((a, b) => a - b);
  const thickness = lengths[lengths.length >> 1];
  if (thickness > THICKEST_OUTLINE * Math.max(width, height)) return undefined;
  const rest = mask.slice();
  for (const { from, step, length } of runs) {
    if (length > MEETING * thickness + 1) continue;
    for (let k = 0; k < length; k++) rest[from + k * step] = 0;
  }
  // Seen from every side, the corners of a frame belong to the side beside them.
  for (const piece of findComponents(rest, width, height)) {
    const box = boxAround([piece]);
    if (Math.max(box.width, box.height) <= MEETING * thickness + 1) erase(rest, width, piece);
  }
  return rest;
}

/** What remains of lines where strokes cross them has less than this share of the ink that is left. */
const REMNANT = 0.1;

/** What is left may be a digit when most of it is one piece, of at least this share of the ink. */
const MIN_MAIN = 0.5;

/** It is at least this long, as a share of the height of what lines were part of, or of the longer side of an outline. */
const MIN_REST = 0.3;

/** A 1 is longer: the notch of a heart is not. */
const MIN_ONE = 0.36;

/** And it is no wider than this many times its height. */
const WIDEST_REST = 1.8;

/** The box around what is left of something so long, without remnants; `undefined` where it can be no digit. */
function boxOfRest(
  mask: Uint8Array,
  width: number,
  height: number,
  length: number,
): Box | undefined {
  const pieces = findComponents(mask, width, height);
  let [largest, total] = [0, 0];
  for (const { area } of pieces) {
    largest = Math.max(largest, area);
    total += area;
  }
  if (largest === 0 || largest < MIN_MAIN * total) return undefined;
  const main = pieces.filter(({ area }) => area >= REMNANT * largest);
  const box = boxAround(main);
  const least = main.every(isUprightBar) ? MIN_ONE : MIN_REST;
  const isDigit = Math.max(box.width, box.height) >= least * length &&
    box.width <= WIDEST_REST * box.height;
  return isDigit ? box : undefined;
}

/** On at least three sides, this share of what is left must have had the outline beside it. */
const MIN_OUTLINE = 0.6;

/** Whether erased ink lies around a box, on three sides at least. */
function isAround(
  { x, y, width: across, height: down }: Box,
  before: Uint8Array,
  after: Uint8Array,
  width: number,
  height: number,
): boolean {
  const erased = (at: number): boolean => before[at] === 1 && after[at] === 0;
  const met = (count: number, depth: number, at: (k: number, d: number) => number): boolean => {
    let sum = 0;
    for (let k = 0; k < count; k++) {
      for (let d = 0; d < depth; d++) {
        if (!erased(at(k, d))) continue;
        sum++;
        break;
      }
    }
    return sum >= MIN_OUTLINE * count;
  };
  const sides = [
    met(down, x, (k, d) => (y + k) * width + d),
    met(down, width - x - across, (k, d) => (y + k) * width + x + across + d),
    met(across, y, (k, d) => d * width + x + k),
    met(across, height - y - down, (k, d) => (y + down + d) * width + x + k),
  ];
  return sides.filter((isMet) => isMet).length > 2;
}
