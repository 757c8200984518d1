import { type Component, findComponents, findEnclosures } from "../image/ink/components.ts";

/** In pixels of a view: a shorter line may be a stroke of any digit. */
const MIN_LENGTH = 16;

/** A line is at most this thick, as a share of the shorter side of the picture; 3 pixels always are thin. */
const THICKEST = 1 / 12;

/** A line is at least so many times as long as it is thick. */
const MIN_ASPECT = 8;

/** A line is expected to go on with a slope of at most 15°; ink that is somewhat steeper is still near enough to follow. */
const LEAN = 0.27;

/** Its slope is that of so many pixels before, or of half its length. */
const MEMORY = 32;

/** It follows the ink of a column by one part in so many. */
const INERTIA = 12;

/** How far it may jump from one column to the next, in pixels. */
const JUMP = 1.5;

/** Without ink it goes on for this share of its length so far. */
const MAX_GAP = 0.25;

/** A line across a picture: the ink of each column, from the first to the last. */
export interface TracedLine {
  /** The first column, and the one after the last. */
  readonly first: number;
  readonly end: number;
  /** How far down its middle is, for each column from the first. */
  readonly middles: readonly number[];
  /** The first row, and the row after the last, of its ink in each column; equal where a stroke crosses it or it is broken. */
  readonly tops: readonly number[];
  readonly bottoms: readonly number[];
  /** How thick it is, in pixels. */
  readonly thickness: number;
  /** The share of its columns in which there is ink, its own or that of a stroke across it. */
  readonly covered: number;
}

interface Trace {
  readonly first: number;
  readonly middles: number[];
  readonly tops: number[];
  readonly bottoms: number[];
  /** The length to the last column with ink, and the columns with ink of its own. */
  length: number;
  own: number;
  inked: number;
  thickness: number;
}

/**
 * Follows thin ink from column to column: straight or slightly bent lines that are about level. Strokes may cross a line;
 * it may be broken.
 *
 * @param mask 1 for ink, 0 for background.
 * @param width Columns.
 * @param height Rows.
 * @param right How many places further in the mask the next column is.
 * @param down How many places further the next row is.
 * @returns The lines.
 */
export function traceLines(
  mask: Uint8Array,
  width: number,
  height: number,
  right: number,
  down: number,
): TracedLine[] {
  const thickest = Math.max(3, Math.floor(THICKEST * Math.min(width, height)));
  const lines: TracedLine[] = [];
  let open: Trace[] = [];
  const close = (trace: Trace): void => {
    const { first, middles, tops, bottoms, length, own, inked, thickness } = trace;
    if (length < Math.max(MIN_LENGTH, MIN_ASPECT * thickness) || 2 * own < length) return;
    lines.push({
      first,
      end: first + length,
      middles: middles.slice(0, length),
      tops: tops.slice(0, length),
      bottoms: bottoms.slice(0, length),
      thickness,
      covered: inked / length,
    });
  };
  const claimed = new Int32Array(height).fill(-1);
  for (let x = 0; x < width; x++) {
    const at = x * right;
    const still: Trace[] = [];
    for (const trace of open) {
      const middle = expected(trace);
      const y = inkNear(mask, at, down, height, middle);
      let [top, bottom] = [Math.round(middle), Math.round(middle)];
      let isInk = false;
      if (y >= 0) {
        const most = Math.min(thickest, 1.5 * trace.thickness + 1);
        [top, bottom] = [y, y + 1];
        while (top > 0 && y - top <= most && mask[at + (top - 1) * down] === 1) top--;
        while (bottom < height && bottom - top <= most && mask[at + bottom * down] === 1) bottom++;
        isInk = true;
        const isThin = bottom - top <= most;
        if (isThin && claimed[top] === x) continue;
        if (isThin) {
          claimed.fill(x, top, bottom);
          trace.own++;
          trace.thickness += (bottom - top - trace.thickness) / Math.min(trace.own, MEMORY);
        } else [top, bottom] = [y, y];
      }
      // One stroke that leaves the line may not lead away from it.
      const off = bottom > top ? (top + bottom - 1) / 2 - middle : 0;
      trace.middles.push(middle + off / Math.min(trace.own, INERTIA));
      trace.tops.push(top);
      trace.bottoms.push(bottom);
      if (isInk) {
        trace.length = trace.middles.length;
        trace.inked++;
      }
      if (trace.middles.length - trace.length > Math.max(2, MAX_GAP * trace.length)) close(trace);
      else still.push(trace);
    }
    open = still;
    for (let y = 0; y < height; y++) {
      if (mask[at + y * down] === 0) continue;
      const top = y;
      while (y < height && mask[at + y * down] === 1) y++;
      if (y - top > thickest || claimed[top] === x) continue;
      open.push({
        first: x,
        middles: [(top + y - 1) / 2],
        tops: [top],
        bottoms: [y],
        length: 1,
        own: 1,
        inked: 1,
        thickness: y - top,
      });
    }
  }
  open.forEach(close);
  return lines;
}

/** Where a line goes on. */
function expected({ middles }: Trace): number {
  const last = middles.length - 1;
  const back = Math.min(Math.max(MEMORY, last >> 1), last);
  // The first few pixels tell no slope.
  const slope = back < MEMORY / 4 ? 0 : (middles[last] - middles[last - back]) / back;
  return middles[last] + Math.min(LEAN, Math.max(-LEAN, slope));
}

/** The row next to the expected one that has ink; −1 when none near it has. */
function inkNear(
  mask: Uint8Array,
  at: number,
  down: number,
  height: number,
  middle: number,
): number {
  const y = Math.round(middle);
  for (let off = 0; off <= JUMP; off++) {
    if (y - off >= 0 && y - off < height && mask[at + (y - off) * down] === 1) return y - off;
    if (y + off >= 0 && y + off < height && mask[at + (y + off) * down] === 1) return y + off;
  }
  return -1;
}

/** A mark is at least so long, in heights of a digit: the bar of one digit is shorter. */
const MIN_MARK = 1.3;

/** An underline that touches digits goes beyond them by this on both sides, or on one; in heights of a digit. */
const BEYOND_UNDER = [0.15, 0.6] as const;

/** What lies over digits, or goes through them, goes further: the bars of 7 and 5 that touch do so, too. */
const BEYOND_OVER = [0.4, 0.9] as const;

/** A digit that stands on a line reaches below it by less than this, in heights of a digit. */
const BELOW = 0.2;

/** The sides of a frame, and the teeth of a comb, differ in length by at most this share. */
const UNEQUAL = 0.12;

/** They lean by the same, but for this share of their length. */
const ASKEW = 0.05;

/** A side has ink on this share of its length: a stroke and a line further on are none. */
const MIN_SIDE_COVERED = 0.9;

/** The lines of a frame end beyond each other or apart by at most so many pixels, and one and a half times their thickness. */
const NEAR_CORNER = 4;

/** What is written in a frame is at least this high, as a share of the frame; and so wide, where it crosses a side. */
const MIN_WRITTEN = 0.3;

/** A line under a single digit: at least this long, at most so far below it, both in heights of a digit. */
const SHORT_MARK = 0.5;

/** A line over a digit and apart from it is longer than the digit is wide by this factor: the flag of a 5 is shorter. */
const MIN_OVERLINE = 1.15;

/** Or it is so far above it, in heights of a digit. */
const OVERLINE_GAP = 0.12;

/**
 * Erases what is drawn around, under and over digits and is none: frames and ovals that surround them, underlines and
 * overlines, frames and combs of cells whose lines touch each other or digits.
 *
 * @param mask 1 for ink, 0 for background, row by row; changed in place.
 * @param width Columns.
 * @param height Rows.
 * @param pieces The pieces of the ink.
 * @returns Whether there were any.
 */
export function eraseMarks(
  mask: Uint8Array,
  width: number,
  height: number,
  pieces: readonly Component[],
): boolean {
  const hasLines = eraseLineMarks(mask, width, height);
  // A frame that digits touch is taken apart by now: what they are a part of is not erased with them.
  const others = hasLines ? findComponents(mask, width, height) : pieces;
  const enclosures = findEnclosures(others, width, height);
  for (const { runs } of enclosures) {
    for (let r = 0; r < runs.length; r += 3) {
      mask.fill(0, runs[r] * width + runs[r + 1], runs[r] * width + runs[r + 2]);
    }
  }
  return hasLines || enclosures.size > 0;
}

function eraseLineMarks(mask: Uint8Array, width: number, height: number): boolean {
  const level = traceLines(mask, width, height, 1, width);
  if (level.length === 0) return false;
  const rest = restOf(mask, width, height, level);
  if (rest.pieces.length === 0) return false;
  const digit = typicalHeight(rest.pieces);
  const isLong = ({ first, end }: TracedLine): boolean => end - first >= MIN_MARK * digit;
  const uprights = level.some(isLong) ? traceLines(mask, height, width, width, 1) : [];
  let isErased = false;
  for (const line of level) {
    const touching = touchingPieces(line, rest);
    const teeth = isLong(line) ? teethOf(line, uprights, rest) : [];
    const isMark = isLong(line)
      ? teeth.length > 0 || touching !== undefined && goesBeyond(line, touching, digit)
      : touching?.length === 0 && isBesideDigit(line, rest, digit);
    if (!isMark) continue;
    isErased = true;
    eraseLine(mask, line, 1, width);
    for (const tooth of teeth) eraseLine(mask, tooth, width, 1);
  }
  return isErased;
}

/** What is left without lines. */
interface Rest {
  readonly pieces: readonly Component[];
  /** The number of the piece on each pixel, from 1; 0 for none, and −1 on lines. */
  readonly owners: Int32Array;
  readonly width: number;
  readonly height: number;
}

function restOf(
  mask: Uint8Array,
  width: number,
  height: number,
  lines: readonly TracedLine[],
): Rest {
  const without = mask.slice();
  for (const line of lines) eraseLine(without, line, 1, width);
  const pieces = findComponents(without, width, height);
  const owners = new Int32Array(mask.length);
  for (let i = 0; i < mask.length; i++) owners[i] = without[i] - mask[i];
  for (const [n, { runs }] of pieces.entries()) {
    for (let r = 0; r < runs.length; r += 3) {
      owners.fill(n + 1, runs[r] * width + runs[r + 1], runs[r] * width + runs[r + 2]);
    }
  }
  return { pieces, owners, width, height };
}

function eraseLine(
  mask: Uint8Array,
  { first, tops, bottoms }: TracedLine,
  right: number,
  down: number,
): void {
  for (let i = 0; i < tops.length; i++) {
    for (let y = tops[i]; y < bottoms[i]; y++) mask[(first + i) * right + y * down] = 0;
  }
}

/**
 * The pieces that touch a level line from above or below, or cross it; `undefined` where another line goes on from one of
 * its ends, as in an oval.
 */
function touchingPieces(
  { first, end, tops, bottoms }: TracedLine,
  { pieces, owners, width, height }: Rest,
): Component[] | undefined {
  const found = new Set<number>();
  for (let i = 0; i < tops.length; i++) {
    const bottom = Math.min(height - 1, bottoms[i]);
    const last = Math.min(width - 1, first + i + 1);
    for (let y = Math.max(0, tops[i] - 1); y <= bottom; y++) {
      for (let x = Math.max(0, first + i - 1); x <= last; x++) {
        const owner = owners[y * width + x];
        if (owner > 0) found.add(owner);
        else if (owner < 0 && (x < first || x >= end)) return undefined;
      }
    }
  }
  return [...found].map((n) => pieces[n - 1]);
}

/** Whether a line goes beyond the pieces that touch it, as no bar of a digit does. */
function goesBeyond(
  { first, end, middles }: TracedLine,
  touching: readonly Component[],
  digit: number,
): boolean {
  if (touching.length === 0) return true;
  let [left, right, below] = [Infinity, -1, 0];
  for (const piece of touching) {
    left = Math.min(left, piece.left);
    right = Math.max(right, piece.right);
    const middle = Math.min(end - 1, Math.max(first, Math.round((piece.left + piece.right) / 2)));
    below = Math.max(below, piece.bottom - middles[middle - first]);
  }
  const [both, one] = below < BELOW * digit ? BEYOND_UNDER : BEYOND_OVER;
  const ends = [left - first, end - 1 - right];
  return Math.min(...ends) >= both * digit || Math.max(...ends) >= one * digit;
}

/**
 * The sides and teeth of a frame or comb of which a line is the upper or lower side: upright lines of one length that
 * meet it, the outer ones at its ends. None where nothing is written between them.
 */
function teethOf(line: TracedLine, uprights: readonly TracedLine[], rest: Rest): TracedLine[] {
  const near = NEAR_CORNER + 1.5 * line.thickness;
  const lengthOf = ({ first, end }: TracedLine): number => end - first;
  const meeting = uprights.flatMap((upright) => {
    if (upright.covered < MIN_SIDE_COVERED) return [];
    const x = meet(line, upright, near);
    return x === undefined ? [] : [{ upright, x }];
  });
  const longest = (some: typeof meeting): number =>
    some.reduce((most, { upright }) => Math.max(most, lengthOf(upright)), 0);
  // Where the line is cut by the edge of the picture, its end is out of sight.
  const outer = [
    ...(line.first > 0 ? [longest(meeting.filter(({ x }) => x < line.first + near))] : []),
    ...(line.end < rest.width ? [longest(meeting.filter(({ x }) => x >= line.end - near))] : []),
  ];
  const length = outer.length > 0 ? Math.max(...outer) : longest(meeting);
  if (length === 0 || outer.some((other) => other < (1 - UNEQUAL) * length)) return [];
  const lean = leanOf(meeting.find(({ upright }) => lengthOf(upright) === length)!.upright);
  const teeth = meeting.filter(({ upright }) =>
    Math.abs(lengthOf(upright) - length) <= UNEQUAL * length &&
    Math.abs(leanOf(upright) - lean) <= ASKEW
  );
  const isWritten = rest.pieces.some((piece) =>
    piece.left > line.first && piece.right < line.end &&
    piece.bottom - piece.top + 1 >= MIN_WRITTEN * length &&
    (piece.right - piece.left + 1 >= MIN_WRITTEN * length ||
      teeth.every(({ x }) => x < piece.left - 1 || x > piece.right + 1))
  );
  return isWritten && teeth.length > 1 ? teeth.map(({ upright }) => upright) : [];
}

/** How far a line leans, as a share of its length. */
function leanOf({ middles }: TracedLine): number {
  return (middles[middles.length - 1] - middles[0]) / middles.length;
}

/** The column in which an upright line ends at a level one; `undefined` where they are apart, or cross. */
function meet(level: TracedLine, upright: TracedLine, near: number): number | undefined {
  const middle = level.middles[(level.end - level.first) >> 1];
  const at = Math.min(upright.end - 1, Math.max(upright.first, Math.round(middle)));
  const x = upright.middles[at - upright.first];
  if (x < level.first - near || x >= level.end + near) return undefined;
  const column = Math.min(level.end - 1, Math.max(level.first, Math.round(x)));
  const y = level.middles[column - level.first];
  const distance = Math.min(Math.abs(y - upright.first), Math.abs(y - upright.end + 1));
  return distance <= near ? x : undefined;
}

/** Whether a line that touches nothing lies under or over a digit. */
function isBesideDigit(
  { first, end, middles }: TracedLine,
  { pieces }: Rest,
  digit: number,
): boolean {
  const length = end - first;
  if (length < SHORT_MARK * digit) return false;
  const middle = middles[length >> 1];
  return pieces.some(({ left, right, top, bottom }) => {
    const shared = Math.min(end - 1, right) - Math.max(first, left) + 1;
    const width = right - left + 1;
    if (bottom - top + 1 < SHORT_MARK * digit || 2 * shared < Math.min(length, width)) return false;
    if (middle > bottom) return middle - bottom < SHORT_MARK * digit && 2 * length >= width;
    if (middle >= top || top - middle >= SHORT_MARK * digit) return false;
    return top - middle > OVERLINE_GAP * digit
      ? 2 * length >= width
      : length >= MIN_OVERLINE * width;
  });
}

/**
 * How high the digits of a writing are: the median height of its pieces, weighted by their ink, so that specks and
 * bits of broken strokes do not count for much.
 *
 * @param pieces The pieces, at least one.
 * @returns The height in pixels.
 */
export function typicalHeight(pieces: readonly Component[]): number {
  const sorted = pieces.map(({ top, bottom, area }) => ({ height: bottom - top + 1, area }))
    .sort((a, b) => a.height - b.height);
  const half = sorted.reduce((sum, { area }) => sum + area, 0) / 2;
  let below = 0;
  return sorted.find(({ area }) => (below += area) >= half)!.height;
}
