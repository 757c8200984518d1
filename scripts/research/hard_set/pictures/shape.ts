import { distances, smooth } from "./damage.ts";
import { project, type Projection } from "./projection.ts";

/** Samples for each pixel of MNIST, along a line. */
export const SAMPLES = 4;

/** Empty pixels of MNIST around its 28, so that a thick pen has room. */
export const MARGIN = 4;

/** Samples of a shape, along a line. */
export const SIDE: number = SAMPLES * (28 + 2 * MARGIN);

/** The outline of a digit, smooth enough to be drawn at any size. Lengths are in pixels of MNIST. */
export interface Shape {
  /** How deep inside the ink each sample lies, about; below 0 outside. Rows of {@linkcode SIDE} samples. */
  readonly depth: Float32Array;
  /** The rectangle around the ink, measured from the upper left corner of MNIST's picture. */
  readonly bounds: Bounds;
}

/**
 * Completes a shape.
 *
 * @param depth How deep inside the ink each sample lies.
 * @returns The shape.
 */
function shapeOf(depth: Float32Array): Shape {
  let [left, top, right, bottom] = [SIDE, SIDE, 0, 0];
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      if (depth[y * SIDE + x] <= 0) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y + 1);
    }
  }
  // A picture without ink has a middle, too.
  if (right <= left) [left, top, right, bottom] = [SIDE / 4, SIDE / 4, SIDE * 3 / 4, SIDE * 3 / 4];
  const place = (sample: number): number => sample / SAMPLES - MARGIN;
  return {
    depth,
    bounds: { left: place(left), top: place(top), right: place(right), bottom: place(bottom) },
  };
}

const PIXELS = 28;

const PADDED = PIXELS + 2 * MARGIN;

/** How fast ink fades across the edge of a stroke of MNIST, as a share of the darkest ink nearby for each pixel. */
const FADE = 0.6;

/** Ink fainter than this share of the darkest of the digit is no stroke of its own. */
const FAINT = 0.25;

/** How far away, in pixels, the darkest ink nearby may be. */
const NEARBY = 1;

/**
 * The outline of a digit of MNIST: its pixels joined smoothly, and the edge put where the ink is half as dark as the
 * darkest nearby, so that thin strokes stay whole.
 *
 * @param digit 28×28 bytes, ink 255.
 * @returns The outline.
 */
export function digitShape(digit: Uint8Array): Shape {
  const ink = new Float32Array(PADDED * PADDED);
  for (let y = 0; y < PIXELS; y++) {
    for (let x = 0; x < PIXELS; x++) {
      ink[(y + MARGIN) * PADDED + x + MARGIN] = digit[y * PIXELS + x] / 255;
    }
  }
  const peak = darkestNearby(ink);
  const [inkFine, peakFine] = [enlarge(ink), enlarge(peak)];
  for (let i = 0; i < inkFine.length; i++) {
    inkFine[i] = (inkFine[i] / peakFine[i] - 0.5) / FADE;
  }
  return shapeOf(inkFine);
}

function darkestNearby(ink: Float32Array): Float32Array {
  const darkest = ink.reduce((most, value) => Math.max(most, value), 0);
  const rows = new Float32Array(ink.length);
  const all = new Float32Array(ink.length);
  for (const [from, to, step] of [[ink, rows, 1], [rows, all, PADDED]] as const) {
    for (let i = 0; i < from.length; i++) {
      let most = Math.max(1e-3, FAINT * darkest);
      for (let near = -NEARBY; near <= NEARBY; near++) {
        // What lies beyond an end of a row is the margin of the next, as empty as its own.
        const value = from[i + near * step];
        if (value > most) most = value;
      }
      to[i] = most;
    }
  }
  return all;
}

/** Makes a padded picture finer. */
function enlarge(picture: Float32Array): Float32Array {
  const wide = new Float32Array(SIDE * PADDED);
  const fine = new Float32Array(SIDE * SIDE);
  for (let x = 0; x < SIDE; x++) {
    const { index, weight } = TAPS[x];
    for (let y = 0; y < PADDED; y++) {
      const row = y * PADDED;
      wide[y * SIDE + x] = weight[0] * picture[row + index[0]] +
        weight[1] * picture[row + index[1]] + weight[2] * picture[row + index[2]] +
        weight[3] * picture[row + index[3]];
    }
  }
  for (let y = 0; y < SIDE; y++) {
    const { index, weight } = TAPS[y];
    for (let x = 0; x < SIDE; x++) {
      fine[y * SIDE + x] = weight[0] * wide[index[0] * SIDE + x] +
        weight[1] * wide[index[1] * SIDE + x] + weight[2] * wide[index[2] * SIDE + x] +
        weight[3] * wide[index[3] * SIDE + x];
    }
  }
  return fine;
}

/** For each sample of a line, the four pixels around it and how much each of them counts. */
const TAPS = Array.from({ length: SIDE }, (_, sample) => {
  const place = (sample + 0.5) / SAMPLES - 0.5;
  const first = Math.floor(place) - 1;
  const around = [first, first + 1, first + 2, first + 3];
  return {
    index: around.map((pixel) => Math.min(PADDED - 1, Math.max(0, pixel))),
    weight: around.map((pixel) => cubic(Math.abs(place - pixel))),
  };
});

/** One of Mitchell and Netravali's cubics (1988): between a B-spline and Catmull and Rom's, B = 0.6 and C = 0.2. */
function cubic(t: number): number {
  if (t >= 2) return 0;
  return t < 1
    ? ((5.4 * t - 9.6) * t * t + 4.8) / 6
    : (((-1.8 * t + 9.6) * t - 16.8) * t + 9.6) / 6;
}

/** The smallest loop that can be seen, in samples. */
const MIN_HOLE = 0.4 * SAMPLES ** 2;

/** A pen that is thicker by fewer samples is the same pen. */
const MIN_EXTRA = 0.5;

/** How much of the ink's area a pen may run together in gaps, at most. */
const CLOGGED = 0.05;

/**
 * Writes a digit with a thicker pen: as thick as asked for, or as loops stay open and gaps stay gaps.
 *
 * @param shape The digit.
 * @param extra How much further the ink reaches on every side, in pixels of MNIST.
 * @returns The thick digit.
 */
export function thickShape(shape: Shape, extra: number): Shape {
  const { depth } = shape;
  const outside = smooth(smooth(distances(SIDE, (i) => depth[i] > 0), SIDE), SIDE);
  const holes = countHoles(SIDE, (i) => depth[i] > 0, MIN_HOLE);
  let reach = extra * SAMPLES;
  const isSpoilt = (): boolean =>
    countHoles(SIDE, (i) => outside[i] < reach, MIN_HOLE) !== holes || isClogged(outside, reach);
  while (isSpoilt()) {
    reach *= 0.75;
    if (reach < MIN_EXTRA) return shape;
  }
  return shapeOf(outside.map((away) => (reach - away) / SAMPLES));
}

/** Whether a pen runs together: what it covers, drawn back as far as it went, is much more than the ink was. */
function isClogged(outside: Float32Array, reach: number): boolean {
  const back = distances(SIDE, (i) => outside[i] >= reach);
  let [ink, clogged] = [0, 0];
  for (let i = 0; i < outside.length; i++) {
    if (outside[i] < 0.5) ink++;
    // One more sample: the steps of the edge are none of the gaps.
    else if (outside[i] > 1.5 && back[i] > reach + 1) clogged++;
  }
  return clogged > CLOGGED * ink;
}

/** How far around the middle of a stroke the depth is worked out, beyond the line there, in samples. */
const BEYOND = 4;

/** The finest line, as a share of the thinned pen. */
const FINEST = 0.6;

/**
 * Writes a digit with a finer pen: all strokes lose as much on either side, and where nothing would be left, a line
 * along their middle is.
 *
 * @param shape The digit.
 * @param share What is left of the width of its usual stroke, above 0 and at most 1.
 * @returns The thin digit.
 */
export function thinShape({ depth }: Shape, share: number): Shape {
  const skeleton = new Uint8Array(depth.length);
  for (let i = 0; i < depth.length; i++) if (depth[i] > 0) skeleton[i] = 1;
  thinToSkeleton(skeleton, SIDE);
  const middle: number[] = [];
  for (let i = 0; i < skeleton.length; i++) if (skeleton[i] === 1) middle.push(i);
  const inside = distances(SIDE, (i) => depth[i] <= 0);
  const outside = distances(SIDE, (i) => depth[i] > 0);
  const usual = median(middle.map((i) => inside[i]));
  const lost = (1 - share) * usual;
  const radius = Math.max(0.5, FINEST * share * usual);

  const thin = inside.map((value, i) => value - outside[i] - lost);
  const reach = Math.ceil(radius + BEYOND);
  for (const i of middle) {
    const x = i % SIDE;
    const y = Math.floor(i / SIDE);
    for (let py = Math.max(0, y - reach); py <= Math.min(SIDE - 1, y + reach); py++) {
      for (let px = Math.max(0, x - reach); px <= Math.min(SIDE - 1, x + reach); px++) {
        const at = py * SIDE + px;
        const here = radius - Math.sqrt((px - x) ** 2 + (py - y) ** 2);
        if (here > thin[at]) thin[at] = here;
      }
    }
  }
  return shapeOf(smooth(thin, SIDE).map((samples) => samples / SAMPLES));
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 1;
}

/**
 * Counts the loops of a drawing: patches of paper that the ink shuts in.
 *
 * @param side Rows and columns; the border is paper.
 * @param isInk Where the ink is.
 * @param least Patches of fewer places are too small to be seen.
 * @returns How many there are.
 */
export function countHoles(side: number, isInk: (i: number) => boolean, least: number): number {
  const seen = new Uint8Array(side * side);
  const stack = new Int32Array(side * side);
  let holes = -1;
  for (let start = 0; start < seen.length; start++) {
    if (seen[start] === 1 || isInk(start)) continue;
    let [depth, area] = [0, 0];
    seen[start] = 1;
    stack[depth++] = start;
    while (depth > 0) {
      const i = stack[--depth];
      area++;
      const x = i % side;
      for (
        const next of [
          x > 0 ? i - 1 : -1,
          x < side - 1 ? i + 1 : -1,
          i - side,
          i + side,
        ]
      ) {
        if (next < 0 || next >= seen.length || seen[next] === 1 || isInk(next)) continue;
        seen[next] = 1;
        stack[depth++] = next;
      }
    }
    // The first patch is the paper around.
    if (holes < 0 || area >= least) holes++;
  }
  return holes;
}

/** A rectangle by its sides. */
export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * The upright rectangle around a rectangle that was mapped.
 *
 * @param map The map.
 * @param bounds The rectangle.
 * @returns The rectangle around its four corners.
 */
export function mapBounds(map: Projection, { left, top, right, bottom }: Bounds): Bounds {
  const corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
    .map(([x, y]) => project(map, x, y));
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  return {
    left: Math.min(...xs),
    top: Math.min(...ys),
    right: Math.max(...xs),
    bottom: Math.max(...ys),
  };
}

/**
 * Thins a drawing to lines one place wide that hang together as it did (T. Zhang and C. Suen, "A fast parallel
 * algorithm for thinning digital patterns", 1984).
 *
 * @param ink 1 where there is ink, row by row; changed in place. Its border must be 0.
 * @param side Rows and columns.
 */
export function thinToSkeleton(ink: Uint8Array, side: number): void {
  // Around a place, clockwise from above.
  const ring = [-side, 1 - side, 1, 1 + side, side, side - 1, -1, -1 - side];
  let inked: number[] = [];
  for (let i = 0; i < ink.length; i++) if (ink[i] === 1) inked.push(i);
  for (let changed = true; changed;) {
    changed = false;
    for (const isFirst of [true, false]) {
      const worn: number[] = [];
      for (const i of inked) {
        const [above, right, below, left] = [ink[i - side], ink[i + 1], ink[i + side], ink[i - 1]];
        // Worn off at the lower right and the upper left in turn.
        if (isFirst ? (above | left) & right & below : (right | below) & above & left) continue;
        let neighbours = 0;
        let steps = 0;
        for (let k = 0; k < 8; k++) {
          const here = ink[i + ring[k]];
          neighbours += here;
          if (here === 0) steps += ink[i + ring[(k + 1) & 7]];
        }
        if (neighbours < 2 || neighbours > 6 || steps !== 1) continue;
        worn.push(i);
      }
      for (const i of worn) ink[i] = 0;
      if (worn.length > 0) {
        changed = true;
        inked = inked.filter((i) => ink[i] === 1);
      }
    }
  }
}
