import * as math from "../../model/math.ts";
import type { Box } from "../image.ts";
import { asWords } from "../values.ts";

/** A piece of ink whose pixels hang together, over edges or corners. */
export interface Component {
  /** How many pixels it has. */
  readonly area: number;
  /** Its first and last column. */
  readonly left: number;
  readonly right: number;
  /** Its first and last row. */
  readonly top: number;
  readonly bottom: number;
  /** Its pixels: row, first column and the column after the last, in turn. */
  readonly runs: readonly number[];
}

/**
 * Takes a picture of ink apart into the pieces that hang together.
 *
 * @param mask 1 for ink, 0 for background, row by row.
 * @param width Columns.
 * @param height Rows.
 * @returns The pieces, from the upper left.
 */
export function findComponents(mask: Uint8Array, width: number, height: number): Component[] {
  // Runs of ink, row by row; each knows one it hangs together with, the first of them itself.
  const rows: number[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const parents: number[] = [];
  const rootOf = (run: number): number => {
    while (parents[run] !== run) run = parents[run] = parents[parents[run]];
    return run;
  };
  const fours = asWords(mask);
  let above = 0;
  // Most rows of most pictures are empty; they are passed over at once.
  let next = mask.indexOf(1);
  for (let y = 0; y < height; y++) {
    const firstOfRow = starts.length;
    const row = y * width;
    if (next >= 0 && next < row) next = mask.indexOf(1, row);
    for (let x = next < 0 ? width : next - row; x < width; x++) {
      if (mask[row + x] === 0) {
        // Four at once; the end of the row ends this as well.
        if ((row + x & 3) === 0 && fours[row + x >> 2] === 0) x += 3;
        continue;
      }
      const start = x;
      while (x < width && mask[row + x] !== 0) x++;
      const run = starts.length;
      rows.push(y);
      starts.push(start);
      ends.push(x);
      parents.push(run);
      while (above < firstOfRow && ends[above] < start) above++;
      for (let other = above; other < firstOfRow && starts[other] <= x; other++) {
        const [a, b] = [rootOf(other), rootOf(run)];
        if (a < b) parents[b] = a;
        else parents[a] = b;
      }
    }
    above = firstOfRow;
  }

  // The root of a piece is the first of its runs.
  const byRoot = new Array<Mutable<Component>>(starts.length);
  const pieces: Component[] = [];
  for (let run = 0; run < starts.length; run++) {
    const [y, start, end] = [rows[run], starts[run], ends[run]];
    const root = rootOf(run);
    if (root === run) {
      const runs = [y, start, end];
      const first = { area: end - start, left: start, right: end - 1, top: y, bottom: y, runs };
      pieces.push(byRoot[run] = first);
      continue;
    }
    const component = byRoot[root];
    component.area += end - start;
    if (start < component.left) component.left = start;
    if (end - 1 > component.right) component.right = end - 1;
    component.bottom = y;
    component.runs.push(y, start, end);
  }
  return pieces;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly number[] ? number[] : T[K] };

/**
 * The bounding box of some pieces.
 *
 * @param pieces The pieces, at least one.
 * @returns The box.
 */
export function boxAround(pieces: readonly Component[]): Box {
  let [x, y, right, bottom] = [Infinity, Infinity, -1, -1];
  for (const piece of pieces) {
    x = Math.min(x, piece.left);
    y = Math.min(y, piece.top);
    right = Math.max(right, piece.right);
    bottom = Math.max(bottom, piece.bottom);
  }
  return { x, y, width: right - x + 1, height: bottom - y + 1 };
}

/** Pieces smaller than this share of the largest are specks: dust, noise, the dots of squared paper. */
const SPECK = 0.025;

/** How far from the rest a piece of the same digit may lie, as a share of the digit's longer side. */
const NEAR = 0.3;

/** The pieces of a digit, and what is beside it. */
export interface Selection {
  /** The pieces of the digit; none when there is no ink. */
  readonly digit: readonly Component[];
  /** Pieces that are no part of it, but may be parts of other digits. */
  readonly others: readonly Component[];
}

/**
 * Selects the pieces that are the digit: the largest, rather in the middle than cut by the edge of the picture, and what
 * lies close to it and is no speck. What is drawn around, under or over it is left out: frames, circles, underlines.
 *
 * @param components All pieces of ink.
 * @param width Columns of the picture.
 * @param height Rows of the picture.
 * @returns The digit, and what else may be one.
 */
export function selectDigit(
  components: readonly Component[],
  width: number,
  height: number,
): Selection {
  if (components.length < 2) return { digit: components, others: [] };
  const candidates = withoutMarks(components, width, height);
  let main: Component | undefined;
  let best = 0;
  for (const component of candidates) {
    const score = component.area * (isCut(component, width, height) ? 0.25 : 1) *
      centrality(component, width, height);
    if (score > best) [main, best] = [component, score];
  }
  if (main === undefined) return { digit: [], others: [] };
  const isMainCut = isCut(main, width, height);
  const near = candidates.filter((component) =>
    component !== main && component.area >= SPECK * main.area &&
    (isMainCut || !isCut(component, width, height))
  );
  // Without bars at first: an underline reaches other digits.
  const body = joined(main, near.filter((component) => !isBar(component)));
  const { y } = boxAround(body);
  // What lies over that much may be a stroke of a broken digit.
  const bars = isBar(main) ? [] : near.filter((bar) => isBar(bar) && middleOf(bar) >= y);
  const marks = new Set(marksAround(body, bars));
  const selected = joined(main, near.filter((component) => !marks.has(component)));
  const others = candidates.filter((component) =>
    !selected.includes(component) && !marks.has(component)
  );
  return { digit: withoutBars(selected), others };
}

/** A piece, and of the others what lies near to it or to what has joined it: a broken line is taken up piece by piece. */
function joined(main: Component, others: readonly Component[]): Component[] {
  const selected = [main];
  const box = { ...main };
  let rest = others;
  for (let count = -1; count !== selected.length;) {
    count = selected.length;
    const reach = NEAR * Math.max(box.right - box.left + 1, box.bottom - box.top + 1);
    rest = rest.filter((component) => {
      if (gap(box, component) > reach) return true;
      selected.push(component);
      box.left = Math.min(box.left, component.left);
      box.right = Math.max(box.right, component.right);
      box.top = Math.min(box.top, component.top);
      box.bottom = Math.max(box.bottom, component.bottom);
      return false;
    });
  }
  return selected;
}

/** The pieces without what is drawn around others, and without shadows along the edges of the picture. */
function withoutMarks(
  components: readonly Component[],
  width: number,
  height: number,
): readonly Component[] {
  const enclosures = findEnclosures(components, width, height);
  const candidates = components.filter((component) =>
    !enclosures.has(component) && !isBorder(component, width, height)
  );
  return candidates.length === 0 ? components : withoutSeparators(candidates);
}

/** A line between cells is at least so many times as high as the digit beside it. */
const SEPARATOR_HEIGHT = 1.15;

/** It was printed, and is thinner than the strokes of a pen by this factor at least: a 1 is not. */
const SEPARATOR_THICKNESS = 0.75;

/** The pieces without thin upright lines beside the largest of the others. */
function withoutSeparators(components: readonly Component[]): readonly Component[] {
  const bars = components.filter(isUprightBar);
  const largest = largestBeside(bars, components);
  if (largest === undefined) return components;
  const { left, right, top, bottom, area, runs } = largest;
  const stroke = 3 * area / runs.length;
  return components.filter((piece) => {
    if (!bars.includes(piece)) return true;
    const height = piece.bottom - piece.top + 1;
    const isBeside = piece.right < left || piece.left > right;
    return !isBeside || height < SEPARATOR_HEIGHT * (bottom - top + 1) ||
      piece.area / height > SEPARATOR_THICKNESS * stroke;
  });
}

/** What has less than this share of an upright line's ink is a speck beside a 1, and no digit beside a line. */
const MIN_BESIDE = 0.2;

/**
 * Finds the digit that upright bars may stand beside.
 *
 * @param bars The bars.
 * @param components All pieces of ink.
 * @returns The largest piece that is no bar; `undefined` where there is no bar, or no such piece of its size.
 */
export function largestBeside(
  bars: readonly Component[],
  components: readonly Component[],
): Component | undefined {
  if (bars.length === 0) return undefined;
  const least = MIN_BESIDE * bars.reduce((most, { area }) => Math.max(most, area), 0);
  let largest: Component | undefined;
  for (const component of components) {
    const { area } = component;
    if (area >= Math.max(least, largest?.area ?? 0) && !bars.includes(component)) {
      largest = component;
    }
  }
  return largest;
}

/** A shadow along an edge of the picture covers this share of the edge, at least. */
const BORDER_LENGTH = 0.9;

/** It reaches this share of the picture inwards, at most. */
const BORDER_DEPTH = 0.12;

/**
 * Tells whether a piece lies along an edge of the picture, like the shadow at the edge of a scan.
 *
 * @param piece The piece.
 * @param width Columns of the picture.
 * @param height Rows of the picture.
 * @returns Whether it does.
 */
export function isBorder(
  { left, right, top, bottom }: Component,
  width: number,
  height: number,
): boolean {
  const [across, down] = [right - left + 1, bottom - top + 1];
  const isUpright = left === 0 || right === width - 1;
  if (isUpright && down >= BORDER_LENGTH * height && across <= BORDER_DEPTH * width) return true;
  const isLevel = top === 0 || bottom === height - 1;
  return isLevel && across >= BORDER_LENGTH * width && down <= BORDER_DEPTH * height;
}

/** A bar is at least so many times as long as it is thick. */
const BAR_ASPECT = 4;

/** A bar leans by at most this share of its length: 15°. */
const BAR_LEAN = 0.27;

/** What is under a digit and apart from it is an underline from this share of the digit's width on. */
const UNDERLINE = 0.5;

/** What is over a digit and apart from it is an overline from this share of its width on: the flag of a 5 is shorter. */
const OVERLINE = 1.15;

/** From this distance on, as a share of the digit's height, a bar is no part of the digit that came off. */
const BAR_GAP = 0.12;

/** What is beside a digit and so far from its top is a dash, as a share of the digit's height: the flag of a 5 is higher. */
const DASH_TOP = 0.25;

/** Runs of ink in a row of an upright bar, at most, in the mean: the loop of a slender 6 or 9 has two. */
const MAX_RUNS = 1.1;

/** Leaves out straight bars that are drawn around the rest. */
function withoutBars(pieces: readonly Component[]): readonly Component[] {
  const bars = pieces.filter(isBar);
  const rest = pieces.filter((piece) => !bars.includes(piece));
  if (bars.length === 0 || rest.length === 0) return pieces;
  const marks = marksAround(rest, bars);
  return pieces.filter((piece) => !marks.includes(piece));
}

/** Finds the bars that are an underline or an overline of some pieces, whole or broken, or a dash beside them. */
function marksAround(rest: readonly Component[], bars: readonly Component[]): Component[] {
  const { x, y, width, height } = boxAround(rest);
  const under = boxAround(bars.filter((bar) => middleOf(bar) > y + height)).width;
  const over = boxAround(bars.filter((bar) => middleOf(bar) < y)).width;
  const away = BAR_GAP * height;
  return bars.filter((bar) => {
    const middle = middleOf(bar);
    if (middle > y + height) return under >= UNDERLINE * width;
    if (middle < y) return over >= (y - bar.bottom > away ? UNDERLINE : OVERLINE) * width;
    const isBeside = bar.right < x - away || bar.left >= x + width + away;
    return isBeside && middle > y + DASH_TOP * height;
  });
}

function middleOf({ top, bottom }: Component): number {
  return (top + bottom) / 2;
}

/** Whether a piece is a straight line that is about level. */
function isBar({ left, right, top, bottom, area }: Component): boolean {
  return isStraight(right - left + 1, bottom - top + 1, area);
}

/**
 * Tells whether a piece is a straight line that is about upright.
 *
 * @param piece The piece.
 * @returns Whether it is.
 */
export function isUprightBar({ left, right, top, bottom, area, runs }: Component): boolean {
  const height = bottom - top + 1;
  return runs.length <= 3 * MAX_RUNS * height && isStraight(height, right - left + 1, area);
}

function isStraight(length: number, across: number, area: number): boolean {
  const thickness = area / length;
  return length >= BAR_ASPECT * thickness && across <= thickness + 1 + BAR_LEAN * length;
}

/** Whether a piece reaches the edge of a picture of so many pixels. */
export function isCut(
  { left, top, right, bottom }: Component,
  width: number,
  height: number,
): boolean {
  return left === 0 || top === 0 || right === width - 1 || bottom === height - 1;
}

/** 1 in the middle, 0.5 in a corner. */
function centrality(
  { left, right, top, bottom }: Component,
  width: number,
  height: number,
): number {
  const x = (left + right + 1) / width - 1;
  const y = (top + bottom + 1) / height - 1;
  return 1 - 0.5 * Math.min(1, (x * x + y * y) / 2);
}

/** How far two boxes are apart. */
function gap(a: Component, b: Component): number {
  const x = Math.max(0, a.left - b.right - 1, b.left - a.right - 1);
  const y = Math.max(0, a.top - b.bottom - 1, b.top - a.bottom - 1);
  return math.hypot(x, y);
}

/** What is written inside an enclosure is at least this high or wide, as a share of it: in a 0 there are only specks. */
const ENCLOSED_SHARE = 0.25;

/** A dot, as in the middle of a 0, must be larger. */
const ENCLOSED_DOT = 0.35;

/** The share of its box that a dot fills: a disc π/4. */
const DOT_FILL = [0.65, 0.9] as const;

/** Its box is at most so many times as long as wide. */
const DOT_ASPECT = 1.5;

/** An enclosure is hollow: it fills at most this share of its box. */
const HOLLOW_FILL = 0.5;

/** What is written inside an enclosure has at least this share of its ink. */
const ENCLOSED_INK = 0.05;

/**
 * Finds what is drawn around others: frames, circles, ovals, diamonds.
 *
 * @param components All pieces of ink.
 * @param width Columns of the picture.
 * @param height Rows of the picture.
 * @returns The pieces that surround others which are large enough to be digits.
 */
export function findEnclosures(
  components: readonly Component[],
  width: number,
  height: number,
): Set<Component> {
  const enclosures = new Set<Component>();
  for (const outer of components) {
    const [across, down] = [outer.right - outer.left + 1, outer.bottom - outer.top + 1];
    if (outer.area > HOLLOW_FILL * across * down) continue;
    const inner = components.filter((other) =>
      other !== outer && other.area >= ENCLOSED_INK * outer.area && other.left > outer.left &&
      other.right < outer.right && other.top > outer.top && other.bottom < outer.bottom
    );
    if (inner.length === 0) continue;
    const box = boxAround(inner);
    const least = inner.length === 1 && isDot(inner[0]) ? ENCLOSED_DOT : ENCLOSED_SHARE;
    if (Math.max(box.width / across, box.height / down) < least) continue;
    if (inner.every((piece) => surrounds(outer, piece, width, height))) enclosures.add(outer);
  }
  return enclosures;
}

/** Whether a piece is a dot: round, and without a notch on either side. */
function isDot({ left, right, top, bottom, area, runs }: Component): boolean {
  const [across, down] = [right - left + 1, bottom - top + 1];
  const fill = area / (across * down);
  return fill >= DOT_FILL[0] && fill <= DOT_FILL[1] && runs.length === 3 * down &&
    Math.max(across, down) <= DOT_ASPECT * Math.min(across, down);
}

/** Of the rays from a piece to each side, this share must meet what surrounds it: a circle may be open. */
const MIN_MET = 0.6;

/** Whether a piece has ink on all four sides of another; where the picture ends, it need not have. */
function surrounds(outer: Component, inner: Component, width: number, height: number): boolean {
  const across = inner.right - inner.left + 1;
  const down = inner.bottom - inner.top + 1;
  // For each row and column of the inner piece, whether the outer one is met on either side.
  const [left, right] = [new Uint8Array(down), new Uint8Array(down)];
  const [above, below] = [new Uint8Array(across), new Uint8Array(across)];
  for (let i = 0; i < outer.runs.length; i += 3) {
    const [row, start, end] = [outer.runs[i], outer.runs[i + 1], outer.runs[i + 2]];
    if (row >= inner.top && row <= inner.bottom) {
      if (start < inner.left) left[row - inner.top] = 1;
      if (end > inner.right + 1) right[row - inner.top] = 1;
    }
    const side = row < inner.top ? above : row > inner.bottom ? below : undefined;
    side?.fill(1, Math.max(0, start - inner.left), Math.max(0, end - inner.left));
  }
  const isMet = (side: Uint8Array): boolean =>
    side.reduce((sum, met) => sum + met, 0) >= MIN_MET * side.length;
  return (outer.left === 0 || isMet(left)) && (outer.right === width - 1 || isMet(right)) &&
    (outer.top === 0 || isMet(above)) && (outer.bottom === height - 1 || isMet(below));
}
