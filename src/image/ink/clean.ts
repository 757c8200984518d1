import type { GreyImage } from "../image.ts";
import { type Component, findComponents } from "./components.ts";
import { strokeWidth } from "./strokes.ts";

/** How far a line may lean, as a share of its length: 15°. */
const LEAN = 0.27;

/** The share of a line's length, from one edge of the picture to the other, on which ink must be found. */
const COVERED = 0.62;

/** The share of a line's length that must lie inside the picture. */
const MIN_INSIDE = 0.6;

/** The share of a line's columns inside the picture on which there must still be ink when it is erased. */
const MIN_WHOLE = 0.5;

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

/** So many lines that lie side by side are paper, whatever is written on it; so are more in both directions. */
const SURELY_PAPER = 2;

/** How far lines that lie side by side may run together, as a share of their length. */
const PARALLEL = 0.06;

/** How near to the edge of the picture something reaches that touches it, as a share of the picture's side. */
const MARGIN = 0.015;

/** A piece of at least this share of the largest is part of a digit rather than a speck. */
const LARGE = 0.25;

/** What is so many times as thick as a line was drawn by another pen. */
const OTHER_PEN = 2;

/** A digit on paper has at least this share of the ink of one line. */
const MIN_DIGIT = 0.3;

/**
 * Erases the lines of ruled and squared paper: straight, thin, and from one edge of the picture to the other. What is
 * thicker across the line than the line itself, a stroke that crosses it, stays. A line that leans a little against one
 * that was erased is found as well, and by then holds strokes alone: what is no longer whole is not erased.
 *
 * In a picture that was cut out close to a digit, strokes go from edge to edge as well: the foot of a 2, the bar of
 * a 4. There, what is left without them reaches the edges of the picture, too, while a digit on paper has some room
 * around it, or is written with a thicker pen. So one line by itself is erased only where that is so.
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
  const isAcross = components.some(({ left, right }) => spans(left, right, width));
  const isDown = components.some(({ top, bottom }) => spans(top, bottom, height));
  if (!isAcross && !isDown) return false;
  const before = mask.slice();
  const across = isAcross ? eraseAcross(mask, width, height, 1, width) : NONE;
  const down = isDown ? eraseAcross(mask, height, width, width, 1) : NONE;
  const lines: Erased = {
    count: across.count + down.count,
    inner: across.inner + down.inner,
    thickness: Math.max(across.thickness, down.thickness),
    ink: across.ink + down.ink,
  };
  if (lines.count === 0) return false;
  const isPaper = lines.inner > SURELY_PAPER ||
    Math.max(across.inner, down.inner) === SURELY_PAPER;
  if (isPaper || isOnPaper(mask, width, height, lines)) return true;
  mask.set(before);
  return false;
}

/**
 * Whether what is left without a few lines may be a digit on paper: it has ink enough, and either thicker strokes or
 * room around it, specks aside. Nothing may, too: there are only lines then.
 */
function isOnPaper(
  mask: Uint8Array,
  width: number,
  height: number,
  { thickness, ink }: Erased,
): boolean {
  const pieces = findComponents(mask, width, height);
  if (pieces.length === 0) return true;
  const left = pieces.reduce((sum, { area }) => sum + area, 0);
  if (left < MIN_DIGIT * ink) return false;
  const rest = { data: Float32Array.from(mask), width, height };
  if (strokeWidth(rest) >= OTHER_PEN * thickness) return true;
  const largest = Math.max(...pieces.map(({ area }) => area));
  // A stroke along the edge of the picture was erased, and what it met a little inside.
  const [nearX, nearY] = [width, height].map((side) => edgeOf(side, thickness));
  return pieces.every(({ area, left, right, top, bottom }) =>
    area < LARGE * largest ||
    (left > nearX && top > nearY && right < width - 1 - nearX && bottom < height - 1 - nearY)
  );
}

/** How far inside a picture something may begin that lies along its edge. */
function edgeOf(side: number, thickness: number): number {
  return MARGIN * side + 2.5 * thickness + 2;
}

/** A line from one side to the other: how far down it is at the first and at the last column. */
interface Rule {
  readonly from: number;
  readonly to: number;
  readonly covered: number;
}

/** Lines that were erased. */
interface Erased {
  /** How many there were. */
  readonly count: number;
  /** How many of them lie side by side and not along an edge of the picture. */
  readonly inner: number;
  /** How thick the thickest was. */
  readonly thickness: number;
  /** How many pixels they had. */
  readonly ink: number;
}

const NONE: Erased = { count: 0, inner: 0, thickness: 0, ink: 0 };

/** Erases lines that lie rather across: one step right is `right` places further, one down is `down`. */
function eraseAcross(
  mask: Uint8Array,
  width: number,
  height: number,
  right: number,
  down: number,
): Erased {
  const rules = findRules(mask, width, height, right, down);
  const thickest = Math.max(3, THICKEST * Math.max(width, height));
  let [count, inner, most, ink] = [0, 0, 0, 0];
  let first: number | undefined;
  for (const { from, to } of rules) {
    const starts = new Int32Array(width).fill(-1);
    const lengths: number[] = [];
    const ends = new Int32Array(width);
    let inside = 0;
    for (let x = 0; x < width; x++) {
      const middle = Math.round(from + (to - from) * x / (width - 1));
      if (middle >= 0 && middle < height) inside++;
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
    // Of a line that was erased before only the strokes on it are left; their thickness is not a line's.
    if (lengths.length < MIN_WHOLE * inside) continue;
    const thickness = lengths.sort((a, b) => a - b)[lengths.length >> 1] ?? 0;
    if (thickness === 0 || thickness > thickest) continue;
    count++;
    most = Math.max(most, thickness);
    const isLong = 2 * lengths.length >= width;
    const edge = edgeOf(height, thickness);
    const isAlongEdge = Math.max(from, to) <= edge || Math.min(from, to) >= height - 1 - edge;
    if (isLong && !isAlongEdge) {
      first ??= to - from;
      if (Math.abs(to - from - first) <= PARALLEL * width) inner++;
    }
    for (let x = 0; x < width; x++) {
      if (starts[x] < 0 || ends[x] - starts[x] > 1.5 * thickness + 1) continue;
      for (let y = starts[x]; y < ends[x]; y++) mask[y * down + x * right] = 0;
      ink += ends[x] - starts[x];
    }
  }
  return { count, inner, thickness: most, ink };
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
  if (samples < 2) return [];
  const near = new Uint8Array(samples * height);
  for (let k = 0; k < samples; k++) {
    const column = k * STEP * right;
    for (let y = 0; y < height; y++) {
      const at = column + y * down;
      near[k * height + y] = mask[at] | (y > 0 ? mask[at - down] : 0) |
        (y < height - 1 ? mask[at + down] : 0);
    }
  }
  // Steeper lines, and those that begin further outside, are too short inside a picture that is long and low.
  const steepest = height * (samples - 1) / (MIN_INSIDE * samples - 1);
  const lean = Math.min(Math.round(LEAN * width), Math.floor(steepest));
  const outside = Math.min(
    lean,
    Math.ceil(lean * ((1 - MIN_INSIDE) * samples + 1) / (samples - 1)) + 1,
  );
  const found: Rule[] = [];
  for (let from = -outside; from < height + outside; from++) {
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
      if (inside >= MIN_INSIDE * samples && covered >= COVERED * inside) {
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

/** How much a speck stands out, at least, on the scale of brightness. */
const MIN_STEP = 24;

/** What stands out by this share of a speck, or more, is no ground beside it: part of the same faint line. */
const ALIKE_SHARE = 0.3;

/** A pixel beside one that stands out this many times as much is no speck of a pair. */
const TIP = 2;

/**
 * Erases single pixels and pairs that stand out from all around them: salt and pepper, dust, dead pixels. Lines stay,
 * even those of one pixel: each of their pixels has two neighbours like it.
 *
 * @param grey The picture.
 * @returns The picture without specks; the same one when it has none.
 */
export function despeckle(grey: GreyImage): GreyImage {
  const { data, width, height } = grey;
  let clean: Uint8Array | undefined;
  const around = new Uint8Array(8);
  for (let y = 1; y < height - 1; y++) {
    const end = (y + 1) * width - 1;
    for (let i = y * width + 1; i < end; i++) {
      const level = data[i];
      const next = data[i + 1];
      // Most pixels are like one beside them; of a pair of specks, each is like one.
      if (level === next && level === data[i - 1]) continue;
      const fromRight = level - next;
      const fromLeft = level - data[i - 1];
      const isLikeRight = fromRight < MIN_STEP && fromRight > -MIN_STEP;
      if (isLikeRight && fromLeft < MIN_STEP && fromLeft > -MIN_STEP) continue;
      around[0] = data[i - width - 1];
      around[1] = data[i - width];
      around[2] = data[i - width + 1];
      around[3] = data[i - 1];
      around[4] = data[i + 1];
      around[5] = data[i + width - 1];
      around[6] = data[i + width];
      around[7] = data[i + width + 1];
      around.sort();
      const ground = level > around[4] ? around[4] : around[3];
      const step = Math.abs(level - ground);
      if (step < MIN_STEP) continue;
      // All around is ground, but for the other of a pair: a line has neighbours on two sides.
      const near = Math.min(MIN_STEP, ALIKE_SHARE * step);
      let alike = 0;
      for (let k = 0; k < 8; k++) if (Math.abs(around[k] - ground) < near) alike++;
      if (alike < 7) continue;
      // What is fainter by far than the one beside it is the soft tip of a stroke.
      const furthest = Math.max(Math.abs(around[0] - ground), Math.abs(around[7] - ground));
      if (furthest > TIP * step) continue;
      clean ??= Uint8Array.from(data);
      clean[i] = ground;
    }
  }
  return clean === undefined ? grey : { data: clean, width, height };
}
