import type { Random } from "../../model/random.ts";

/** Rows and columns of the coarse grid that an elastic field is drawn on. */
const GRID = 7;

/** How many grid points a cubic spline looks at. */
const TAPS = 4;

/**
 * Draws smooth random displacement fields over a picture: a 7×7 grid of normally distributed numbers, made as fine as
 * the picture by bicubic interpolation (R. Keys, "Cubic convolution interpolation", 1981, a = −1/2).
 */
export class ElasticField {
  readonly #height: number;
  readonly #width: number;
  readonly #rows: Taps;
  readonly #columns: Taps;
  readonly #grid = new Float32Array(GRID * GRID);
  readonly #stretched: Float32Array;

  /**
   * @param height Rows of the picture.
   * @param width Columns of the picture.
   */
  constructor(height: number, width: number) {
    this.#height = height;
    this.#width = width;
    this.#rows = cubicTaps(height);
    this.#columns = cubicTaps(width);
    this.#stretched = new Float32Array(GRID * width);
  }

  /**
   * Draws one field.
   *
   * @param deviation The standard deviation at the grid points.
   * @param random Where chance comes from.
   * @param field Receives one number for each pixel, row by row.
   */
  draw(deviation: number, random: Random, field: Float32Array): void {
    const grid = this.#grid;
    for (let i = 0; i < grid.length; i++) grid[i] = deviation * random.normal();

    const width = this.#width;
    const stretched = this.#stretched;
    const { index: column, weight: across } = this.#columns;
    for (let g = 0; g < GRID; g++) {
      for (let x = 0; x < width; x++) {
        const t = TAPS * x;
        const from = g * GRID;
        stretched[g * width + x] = across[t] * grid[from + column[t]] +
          across[t + 1] * grid[from + column[t + 1]] +
          across[t + 2] * grid[from + column[t + 2]] +
          across[t + 3] * grid[from + column[t + 3]];
      }
    }
    const { index: row, weight: down } = this.#rows;
    for (let y = 0; y < this.#height; y++) {
      const t = TAPS * y;
      const [a, b, c, d] = [down[t], down[t + 1], down[t + 2], down[t + 3]];
      const rowA = row[t] * width;
      const rowB = row[t + 1] * width;
      const rowC = row[t + 2] * width;
      const rowD = row[t + 3] * width;
      for (let x = 0; x < width; x++) {
        field[y * width + x] = a * stretched[rowA + x] + b * stretched[rowB + x] +
          c * stretched[rowC + x] + d * stretched[rowD + x];
      }
    }
  }
}

/** For each pixel of a line, the four grid points around it and how much each of them counts. */
interface Taps {
  readonly index: Uint8Array;
  readonly weight: Float32Array;
}

function cubicTaps(length: number): Taps {
  const index = new Uint8Array(TAPS * length);
  const weight = new Float32Array(TAPS * length);
  for (let i = 0; i < length; i++) {
    const place = (i + 0.5) * GRID / length - 0.5;
    const left = Math.floor(place);
    for (let tap = 0; tap < TAPS; tap++) {
      const at = left - 1 + tap;
      index[TAPS * i + tap] = Math.min(GRID - 1, Math.max(0, at));
      weight[TAPS * i + tap] = keys(Math.abs(place - at));
    }
  }
  return { index, weight };
}

/**
 * Makes strokes thicker or thinner: blends a picture with its grey dilation (each pixel takes the largest value of
 * its 3×3 neighbourhood) or its grey erosion (the smallest).
 *
 * @param image One channel, changed in place: rows of `width` values, with a border that is not looked at.
 * @param height Rows, the border included.
 * @param width Columns, the border included.
 * @param amount From −1, eroded, over 0, unchanged, to 1, dilated.
 * @param scratch Room for as many values as the image has.
 */
export function changeThickness(
  image: Float32Array,
  height: number,
  width: number,
  amount: number,
  scratch: Float32Array,
): void {
  const sign = amount < 0 ? -1 : 1;
  const share = Math.abs(amount);
  if (share === 0) return;
  // The smallest of some values is the largest of their negatives, negated.
  for (let i = 1; i < height * width - 1; i++) {
    const middle = sign * image[i];
    const left = sign * image[i - 1];
    const right = sign * image[i + 1];
    const larger = left > right ? left : right;
    scratch[i] = middle > larger ? middle : larger;
  }
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      const above = scratch[i - width];
      const below = scratch[i + width];
      const larger = above > below ? above : below;
      const extreme = sign * (scratch[i] > larger ? scratch[i] : larger);
      image[i] += share * (extreme - image[i]);
    }
  }
}

/**
 * Where the pixels of an affinely distorted image come from: the pixel at (x, y), measured from the centre of the
 * picture, comes from (xx·x + xy·y + dx, yx·x + yy·y + dy).
 */
export interface AffineMap {
  xx: number;
  xy: number;
  yx: number;
  yy: number;
  dx: number;
  dy: number;
}

/** How far an affine distortion may go. */
export interface AffineLimits {
  /** Turn either way, in degrees. */
  readonly rotation: number;
  /** Growth or shrinkage: a factor of 1 ± this. */
  readonly scale: number;
  /** Slant either way: pixels sideways for each pixel up. */
  readonly shear: number;
  /** Move either way, across and down, in pixels. */
  readonly shift: number;
}

/**
 * Draws an affine distortion, each part evenly between its limits: slant, then turn and size, then move.
 *
 * @param limits How far it may go.
 * @param strength Multiplies all limits; at 0 the map changes nothing, exactly.
 * @param random Where chance comes from; five numbers are taken, whatever the limits.
 * @param map Receives the result.
 */
export function drawAffine(
  limits: AffineLimits,
  strength: number,
  random: Random,
  map: AffineMap,
): void {
  const angle = strength * limits.rotation * random.uniform(-1, 1) * Math.PI / 180;
  const factor = 1 / (1 + strength * limits.scale * random.uniform(-1, 1));
  const shear = strength * limits.shear * random.uniform(-1, 1);
  const across = strength * limits.shift * random.uniform(-1, 1);
  const down = strength * limits.shift * random.uniform(-1, 1);
  const cos = factor * Math.cos(angle);
  const sin = factor * Math.sin(angle);
  map.xx = cos - shear * sin;
  map.xy = sin + shear * cos;
  map.yx = -sin;
  map.yy = cos;
  map.dx = -(map.xx * across + map.xy * down);
  map.dy = -(map.yx * across + map.yy * down);
}

/**
 * The weight of a sample in cubic interpolation (R. Keys, "Cubic convolution interpolation", 1981, a = −1/2).
 *
 * @param distance How far away the sample is, in steps between samples, from 0.
 * @returns The weight: 1 at 0, and 0 at 1 and from 2 on.
 */
export function keys(distance: number): number {
  if (distance >= 2) return 0;
  return distance < 1
    ? (1.5 * distance - 2.5) * distance ** 2 + 1
    : ((-0.5 * distance + 2.5) * distance - 4) * distance + 2;
}
