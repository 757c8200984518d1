import type { Box } from "../image.ts";
import { boxAround, type Component, findComponents } from "./components.ts";
import { eraseAcross } from "./rules.ts";

/** Pieces that span this share of a side are searched for lines, whether they are rules or strokes. */
const LINE_SPAN = 0.9;

/** Rounds in which the lines along pieces are erased: a second one finds the frame of which the first has left a side. */
const ROUNDS = 2;

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
    for (const piece of pieces) {
      if (piece.area >= MIN_LINED * largest) count += eraseAlong(mask, width, piece);
    }
    if (count === before) break;
  }
  return count > 0;
}

/** Erases the lines that go from side to side of the box of a piece, where they go beyond the rest of it. */
function eraseAlong(
  mask: Uint8Array,
  width: number,
  { left, right, top, bottom }: Component,
): number {
  const [across, down] = [right - left + 1, bottom - top + 1];
  if (Math.max(across, down) < MIN_LINES_SIDE) return 0;
  const part = new Uint8Array(across * down);
  for (let y = 0; y < down; y++) {
    const from = (top + y) * width + left;
    part.set(mask.subarray(from, from + across), y * across);
  }
  const level = eraseAcross(part, across, down, 1, across, MARK);
  const upright = eraseAcross(part, down, across, across, 1, MARK);
  if (level.count + upright.count === 0) return 0;
  const rest = boxOfRest(part, across, down);
  if (rest === undefined) return 0;
  const isWithin = (start: number, length: number, of: number): boolean =>
    start >= BEYOND * of && start + length <= (1 - BEYOND) * of;
  const isUnder = level.count > 0 && isWithin(rest.x, rest.width, across) &&
    (rest.y === 0 || rest.width >= MIN_UNDER * across);
  const isBeside = upright.count > 0 && isWithin(rest.y, rest.height, down);
  if (!isUnder && !isBeside) return 0;
  for (let y = 0; y < down; y++) {
    mask.set(part.subarray(y * across, (y + 1) * across), (top + y) * width + left);
  }
  return level.count + upright.count;
}

/** What is drawn around a digit touches it, so that both are one piece, at least this long. */
const MIN_OUTLINED = 0.3;

/** An outline is at most this thick, as a share of the longer side of its box. */
const THICKEST_OUTLINE = 0.15;

/** Strokes that meet the outline are thicker than it by this factor. */
const MEETING = 1.6;

/** What is left inside an outline spans at least this share of it. */
const MIN_INSIDE_OUTLINE = 0.25;

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
    const box = boxOfRest(rest, across, down);
    if (box === undefined) continue;
    if (Math.max(box.width / across, box.height / down) < MIN_INSIDE_OUTLINE) continue;
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
  return rest;
}

/** What remains of lines where strokes cross them has less than this share of the ink that is left. */
const REMNANT = 0.1;

/** The box around what is left when lines are erased, without remnants; `undefined` when nothing is. */
function boxOfRest(mask: Uint8Array, width: number, height: number): Box | undefined {
  const pieces = findComponents(mask, width, height);
  const largest = pieces.reduce((most, { area }) => Math.max(most, area), 0);
  return largest === 0
    ? undefined
    : boxAround(pieces.filter(({ area }) => area >= REMNANT * largest));
}
