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
  const largest = pieces.reduce((most, { area }) => Math.max(most, area), 0);
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
export function eraseAcross(
  mask: Uint8Array,
  width: number,
  height: number,
  right: number,
  down: number,
  [minCovered, thickestShare]: readonly [number, number] = [COVERED, THICKEST],
): Erased {
  const rules = findRules(mask, width, height, right, down).filter(({ covered }) =>
    covered >= minCovered
  );
  const thickest = Math.max(3, thickestShare * Math.max(width, height));
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
      // First in the middle, then one and two rows above and below it.
      let y = middle;
      for (let off = 0; off < 5; off++) {
        y = middle + (off & 1 ? -1 : 1) * (off + 1 >> 1);
        if (y >= 0 && y < height && mask[y * down + x * right] === 1) break;
        y = -1;
      }
      if (y < 0) continue;
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

/** The search begins with every so many starts and ends of a line. */
const COARSE = 3;

/** How far around the best coarse line the exact one is searched, in pixels. */
const AROUND = 4;

/**
 * Finds the lines on which the most ink lies. A Hough transform counts the ink on every third line, with a tolerance of
 * two pixels; the best of each neighbourhood is then refined to the pixel.
 */
function findRules(
  mask: Uint8Array,
  width: number,
  height: number,
  right: number,
  down: number,
): Rule[] {
  const samples = Math.ceil(width / STEP);
  if (samples < 2) return [];
  // A pixel beside the line counts as well. Columns are copied one after another: a search goes along them.
  const near = new Uint8Array(samples * height);
  const wide = new Uint8Array(samples * height);
  for (let k = 0; k < samples; k++) {
    const column = k * STEP * right;
    for (let y = 0, at = k * height; y < height; y++, at++) {
      if (mask[column + y * down] === 0) continue;
      near.fill(1, Math.max(k * height, at - 1), Math.min((k + 1) * height, at + 2));
      wide.fill(1, Math.max(k * height, at - 2), Math.min((k + 1) * height, at + 3));
    }
  }
  // Steeper lines, and those that begin further outside, are too short inside a picture that is long and low.
  const steepest = height * (samples - 1) / (MIN_INSIDE * samples - 1);
  const lean = Math.min(Math.round(LEAN * width), Math.floor(steepest));
  const outside = Math.min(
    lean,
    Math.ceil(lean * ((1 - MIN_INSIDE) * samples + 1) / (samples - 1)) + 1,
  );
  const rules: Rule[] = [];
  for (const { from, to } of separate(coarseRules(wide, samples, height, lean, outside))) {
    let best: Rule | undefined;
    for (let a = from - AROUND; a <= from + AROUND; a++) {
      for (let b = to - AROUND; b <= to + AROUND; b++) {
        const covered = coverage(near, samples, height, a, b);
        if (covered > (best?.covered ?? 0)) best = { from: a, to: b, covered };
      }
    }
    if (best !== undefined) rules.push(best);
  }
  return separate(rules);
}

/** Counts the ink on lines of every third start and slope. */
function coarseRules(
  wide: Uint8Array,
  samples: number,
  height: number,
  lean: number,
  outside: number,
): Rule[] {
  const starts = height + 2 * (outside + lean);
  const found: Rule[] = [];
  // Where there is ink in each column: most of it is empty.
  const rows: number[] = [];
  const ends = new Int32Array(samples);
  for (let k = 0, at = 0; k < samples; k++) {
    for (let y = 0; y < height; y++, at++) if (wide[at] === 1) rows.push(y);
    ends[k] = rows.length;
  }
  const inked = Int32Array.from(rows);
  for (let rise = -lean; rise <= lean; rise += COARSE) {
    const counts = new Uint16Array(starts);
    for (let k = 0, i = 0; k < samples; k++) {
      // The start of the line that passes through the row, from the first that may begin outside.
      const shift = outside + lean - Math.round(rise * k / (samples - 1));
      for (const end = ends[k]; i < end; i++) counts[inked[i] + shift]++;
    }
    for (let from = -outside; from < height + outside; from += COARSE) {
      const count = counts[from + outside + lean];
      if (count < COVERED * MIN_INSIDE * samples) continue;
      const inside = samplesInside(from, from + rise, samples, height);
      if (inside < MIN_INSIDE * samples || count < COVERED * inside) continue;
      found.push({ from, to: from + rise, covered: count / inside + 1e-4 * inside });
    }
  }
  return found;
}

/** How many samples of a line lie inside the picture. */
function samplesInside(from: number, to: number, samples: number, height: number): number {
  if (Math.min(from, to) >= 0 && Math.max(from, to) < height) return samples;
  let inside = 0;
  for (let k = 0; k < samples; k++) {
    const y = Math.round(from + (to - from) * k / (samples - 1));
    if (y >= 0 && y < height) inside++;
  }
  return inside;
}

/** The share of a line that is covered, with a little more for longer ones; 0 where it is too little for a line. */
function coverage(
  near: Uint8Array,
  samples: number,
  height: number,
  from: number,
  to: number,
): number {
  const slope = (to - from) / (samples - 1);
  const most = (1 - COVERED) * samples;
  let [inside, covered] = [0, 0];
  for (let k = 0, column = 0; k < samples && inside - covered <= most; k++, column += height) {
    // Rounded where it is inside: the middle of the first row is at 0.
    const y = from + slope * k + 0.5;
    if (y < 0 || y >= height) continue;
    inside++;
    covered += near[column + Math.floor(y)];
  }
  if (inside < MIN_INSIDE * samples || covered < COVERED * inside) return 0;
  return covered / inside + 1e-4 * inside;
}

/** The best line of each neighbourhood. */
function separate(found: Rule[]): Rule[] {
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
