import * as math from "../../model/math.ts";
import type { GreyImage } from "../image.ts";
import type { EvenImage } from "./separate.ts";
import { borderOf, histogram, noiseOf, quantile } from "./threshold.ts";

/** The light of this share of the paper is below the light that all is brought to: contrast is kept. */
const REFERENCE = 0.8;

/** Light is even where the border of a picture differs by no more than this share of what stands out. */
const EVEN = 0.06;

/** Nine in ten medians of eight noisy pixels lie within so many of the noise's deviations of each other. */
const NOISE = 1.5;

/** Tiles along the longer side: small enough to follow the edge of a shadow, larger than the strokes of most pens. */
const TILES = 12;

/** Smaller pictures, in pixels, are all soft edges: what lies between ink and paper there is no shadow. */
const SMALL = 96;

/** Smaller tiles than this, in pixels, are covered by any stroke. */
const SMALLEST_TILE = 4;

/** What reaches further than this share of the strongest ink is ink, not a shadow: it says nothing of the paper. */
const INK_SHARE = 0.6;

/** The share of pixels at either end that may be stray. */
const STRAY = 0.005;

/** Windows along the longer side in which ink is told from paper, and the share of their pixels that may be stray. */
const WINDOWS = 5;

const TAIL = 0.02;

/** Added to brightness before its logarithm is taken, which would blow up the noise of black. */
const DARK = 12;

const LOGARITHMS = Float32Array.from({ length: 256 }, (_, level) => math.log(level + DARK));

/** Soft edges are no more than this many times the full ink, in pixels: where more is half dark, there is a shadow. */
const MAX_BETWEEN = 1.5;

/** How many pixels of the border are taken together, so that noise is no uneven light. */
const BORDER_PART = 8;

/**
 * Makes uneven light even: paper that is darker in a corner, in the shadow of a hand, under a lamp.
 *
 * Light multiplies what ink and paper reflect, so that all of this works on logarithms: there, a shadow is the same
 * step everywhere, and ink is further from paper than most shadows are. The paper is estimated everywhere, in three
 * steps. Each tile of the picture has a median, which thin strokes do not move. A curved surface is fitted to the
 * medians, from which ink is too far away to count. What the surface misses, such as a shadow with edges, is followed
 * from tile to tile, but not across tiles full of ink. Then every pixel is given the brightness it would have in the
 * best of the light.
 *
 * @param grey The picture.
 * @returns A picture with an even background, and which way ink stands out from it.
 */
export function evenLight(grey: GreyImage): EvenImage {
  const { data, width, height } = grey;
  const size = Math.max(SMALLEST_TILE, Math.round(Math.max(width, height) / TILES));
  const columns = Math.ceil(width / size);
  const rows = Math.ceil(height / size);
  const medians = tileMedians(grey, size, columns, rows);
  const surface = fitSurface(medians, columns, rows);

  const residuals = new Float32Array(medians.length);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) {
      residuals[i] = medians[i] - surfaceAt(surface, column / columns, row / rows);
    }
  }
  const isDark = isInkDark(grey);
  const reach = inkReach(
    grey,
    isDark,
    (x, y) => surfaceAt(surface, (x / size - 0.5) / columns, (y / size - 0.5) / rows),
  );
  const isPaper = residuals.map((residual) =>
    (isDark ? -residual : residual) < INK_SHARE * reach ? 1 : 0
  );
  const paper = fill(residuals, isPaper, columns, rows);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) {
      paper[i] += surfaceAt(surface, column / columns, row / rows);
    }
  }

  const reference = paper.slice().sort()[Math.floor(REFERENCE * paper.length)];
  const target = math.exp(reference);
  const even = new Uint8ClampedArray(data.length);
  // Gains are interpolated, not logarithms: one exponential for a tile, not for a pixel.
  const gains = paper.map((value) => math.exp(reference - value));
  for (let y = 0, i = 0; y < height; y++) {
    const v = Math.max(0, Math.min(rows - 1, (y + 0.5) / size - 0.5));
    const above = Math.floor(v);
    const below = Math.min(rows - 1, above + 1);
    for (let x = 0; x < width; x++, i++) {
      const u = Math.max(0, Math.min(columns - 1, (x + 0.5) / size - 0.5));
      const left = Math.floor(u);
      const right = Math.min(columns - 1, left + 1);
      const a = gains[above * columns + left];
      const b = gains[above * columns + right];
      const c = gains[below * columns + left];
      const d = gains[below * columns + right];
      // Between the papers around it, a pixel is paper: half in a shadow, or just beside it.
      const level = data[i] + DARK;
      if (level * Math.min(a, b, c, d) <= target && level * Math.max(a, b, c, d) >= target) {
        even[i] = target - DARK;
        continue;
      }
      const upper = a * (left + 1 - u) + b * (u - left);
      const lower = c * (left + 1 - u) + d * (u - left);
      even[i] = (data[i] + DARK) * (upper * (above + 1 - v) + lower * (v - above)) - DARK;
    }
  }
  return { data: even, width, height, direction: isDark ? -1 : 1 };
}

/**
 * Light is even where border and middle show one paper: the border hardly varies, and of what stands out, most is full
 * ink and its soft edges, not something in between.
 *
 * @param grey The picture.
 * @param all How often each brightness occurs in it, where that is known.
 * @returns Whether it can be read as it is.
 */
export function isEven(grey: GreyImage, all = histogram(grey.data)): boolean {
  if (grey.width < 8 || grey.height < 8) return true;
  const border = borderOf(grey);
  const isOneTone = border.every((level) => level === border[0]);
  const parts = isOneTone ? border.subarray(0, 1) : partMedians(border);
  const at = (share: number): number => parts[Math.round(share * (parts.length - 1))];
  const paper = at(0.5);
  const darker = paper - quantile(all, STRAY);
  const lighter = quantile(all, 1 - STRAY) - paper;
  const reach = Math.max(lighter, darker);
  if (at(0.95) - at(0.05) > EVEN * reach + NOISE * noiseOf(border)) return false;
  // In a small picture strokes are all soft edges.
  if (Math.max(grey.width, grey.height) < SMALL) return true;
  let between = 0;
  let full = 0;
  for (let level = 0; level < 256; level++) {
    const distance = (lighter > darker ? level - paper : paper - level) / reach;
    if (distance > 0.6) full += all[level];
    else if (distance > 0.2) between += all[level];
  }
  return between <= MAX_BETWEEN * full;
}

/** The medians of parts of the border, sorted. */
function partMedians(border: Uint8Array): Uint8Array {
  const medians = new Uint8Array(Math.ceil(border.length / BORDER_PART));
  for (let part = 0; part < medians.length; part++) {
    const pixels = border.slice(part * BORDER_PART, (part + 1) * BORDER_PART).sort();
    medians[part] = pixels[pixels.length >> 1];
  }
  return medians.sort();
}

/** The logarithm of the median brightness of each tile, of every other pixel. */
function tileMedians(
  { data, width, height }: GreyImage,
  size: number,
  columns: number,
  rows: number,
): Float32Array {
  const step = size > 5 ? 2 : 1;
  const medians = new Float32Array(columns * rows);
  const counts = new Uint32Array(256);
  for (let row = 0, i = 0; row < rows; row++) {
    const bottom = Math.min(height, (row + 1) * size);
    for (let column = 0; column < columns; column++, i++) {
      const right = Math.min(width, (column + 1) * size);
      let count = 0;
      counts.fill(0);
      for (let y = row * size; y < bottom; y += step) {
        for (let x = column * size; x < right; x += step, count++) counts[data[y * width + x]]++;
      }
      medians[i] = LOGARITHMS[levelAt(counts, count >> 1)];
    }
  }
  return medians;
}

/** The level of the pixel with a number, from 0, when all are sorted by their levels. */
function levelAt(counts: Uint32Array, number: number): number {
  let level = 0;
  for (let below = counts[0]; below <= number; below += counts[level]) level++;
  return level;
}

/**
 * Whether ink is darker than paper. In a window somewhat larger than strokes the median is paper, and ink lies further
 * from it on its side than anything does on the other. The edge of a shadow counts for both: on one side of it most is
 * light, on the other most is dark.
 */
function isInkDark({ data, width, height }: GreyImage): boolean {
  const size = Math.max(8, Math.round(Math.max(width, height) / WINDOWS));
  const step = Math.max(1, Math.floor(size / 20));
  const counts = new Uint32Array(256);
  let balance = 0;
  for (let top = 0; top < height; top += size >> 1) {
    const bottom = Math.min(height, top + size);
    for (let left = 0; left < width; left += size >> 1) {
      const right = Math.min(width, left + size);
      let count = 0;
      counts.fill(0);
      for (let y = top; y < bottom; y += step) {
        for (let x = left; x < right; x += step, count++) counts[data[y * width + x]]++;
      }
      const at = (share: number): number =>
        LOGARITHMS[levelAt(counts, Math.round(share * (count - 1)))];
      const middle = at(0.5);
      balance += math.square(middle - at(TAIL)) - math.square(at(1 - TAIL) - middle);
    }
  }
  return balance > 0;
}

/** How far from the paper ink reaches on its side, in logarithms. */
function inkReach(
  { data, width, height }: GreyImage,
  isDark: boolean,
  paperAt: (x: number, y: number) => number,
): number {
  const residuals = new Float32Array(Math.ceil(width / 2) * Math.ceil(height / 2));
  for (let y = 0, i = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2, i++) {
      residuals[i] = LOGARITHMS[data[y * width + x]] - paperAt(x, y);
    }
  }
  residuals.sort();
  const share = isDark ? STRAY : 1 - STRAY;
  return Math.abs(residuals[Math.round(share * (residuals.length - 1))]);
}

/** Gives tiles that show no paper the mean of their neighbours', from the edges of the unknown inwards. */
function fill(
  values: Float32Array,
  isKnown: ArrayLike<number>,
  columns: number,
  rows: number,
): Float32Array {
  const filled = values.slice();
  let known = Uint8Array.from(isKnown);
  for (let left = known.filter((is) => is === 0).length; left > 0 && left < known.length;) {
    const next = known.slice();
    for (let row = 0, i = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, i++) {
        if (known[i] === 1) continue;
        let [sum, weight] = [0, 0];
        for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
          for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) {
            if (known[y * columns + x] === 0) continue;
            sum += filled[y * columns + x];
            weight++;
          }
        }
        if (weight === 0) continue;
        filled[i] = sum / weight;
        next[i] = 1;
        left--;
      }
    }
    known = next;
  }
  return filled;
}

/** Coefficients of 1, u, v, u², uv and v². */
type Surface = Float64Array;

const TERMS = 6;

/** Rounds of the first kind count far values less, those of the second leave them out. */
const SOFT_ROUNDS = 5;

const HARD_ROUNDS = 5;

/** Values that lie nearer to the surface than this lie on it: a hundredth, for logarithms of brightness. */
const FINEST = 0.01;

/**
 * Fits a curved surface of second order to a grid of values, most of which lie on one.
 *
 * Least squares, weighted anew in every round: first by 1/|residual|, which leads to the least sum of distances, then
 * by Tukey's biweight with c = 4.685 deviations (Holland and Welsch, 1977), which leaves out what lies far away.
 *
 * @param values The values, row by row.
 * @param columns Columns of the grid.
 * @param rows Rows of the grid.
 * @returns The surface over u = column / columns and v = row / rows.
 */
export function fitSurface(values: Float32Array, columns: number, rows: number): Surface {
  const weights = new Float64Array(values.length).fill(1);
  const residuals = new Float32Array(values.length);
  let surface = solve(values, weights, columns, rows);
  for (let round = 0; round < SOFT_ROUNDS + HARD_ROUNDS; round++) {
    for (let row = 0, i = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, i++) {
        residuals[i] = Math.abs(values[i] - surfaceAt(surface, column / columns, row / rows));
      }
    }
    if (round < SOFT_ROUNDS) {
      residuals.forEach((residual, i) => weights[i] = 1 / Math.max(FINEST, residual));
    } else {
      const deviation = 1.4826 * residuals.slice().sort()[residuals.length >> 1];
      const limit = 4.685 * Math.max(FINEST, deviation);
      residuals.forEach((residual, i) =>
        weights[i] = residual < limit ? math.square(1 - math.square(residual / limit)) : 0
      );
    }
    surface = solve(values, weights, columns, rows);
  }
  return surface;
}

/**
 * @param surface A surface.
 * @param u Column, as a share of the columns.
 * @param v Row, as a share of the rows.
 * @returns Its value there.
 */
export function surfaceAt(surface: Surface, u: number, v: number): number {
  return surface[0] + surface[1] * u + surface[2] * v + surface[3] * u * u + surface[4] * u * v +
    surface[5] * v * v;
}

/** Solves the normal equations of weighted least squares by Gaussian elimination with pivots. */
function solve(
  values: Float32Array,
  weights: Float64Array,
  columns: number,
  rows: number,
): Surface {
  const width = TERMS + 1;
  const matrix = new Float64Array(TERMS * width);
  const terms = new Float64Array(TERMS);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) {
      const [u, v] = [column / columns, row / rows];
      terms.set([1, u, v, u * u, u * v, v * v]);
      for (let a = 0; a < TERMS; a++) {
        const weighted = weights[i] * terms[a];
        for (let b = a; b < TERMS; b++) matrix[a * width + b] += weighted * terms[b];
        matrix[a * width + TERMS] += weighted * values[i];
      }
    }
  }
  for (let a = 0; a < TERMS; a++) {
    for (let b = 0; b < a; b++) matrix[a * width + b] = matrix[b * width + a];
    // A hair of a ridge, so that a grid of one column or row has a solution.
    matrix[a * width + a] += 1e-9;
  }
  for (let pivot = 0; pivot < TERMS; pivot++) {
    let best = pivot;
    for (let a = pivot + 1; a < TERMS; a++) {
      if (Math.abs(matrix[a * width + pivot]) > Math.abs(matrix[best * width + pivot])) best = a;
    }
    for (let b = 0; b < width; b++) {
      [matrix[pivot * width + b], matrix[best * width + b]] = [
        matrix[best * width + b],
        matrix[pivot * width + b],
      ];
    }
    for (let a = 0; a < TERMS; a++) {
      if (a === pivot) continue;
      const factor = matrix[a * width + pivot] / matrix[pivot * width + pivot];
      for (let b = pivot; b < width; b++) {
        matrix[a * width + b] -= factor * matrix[pivot * width + b];
      }
    }
  }
  return Float64Array.from(
    { length: TERMS },
    (_, a) => matrix[a * width + TERMS] / matrix[a * width + a],
  );
}
