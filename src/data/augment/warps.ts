import * as math from "../../model/math.ts";
import type { Random } from "../../model/random.ts";

/** Rows and columns of the coarse grid that an elastic field is drawn on. */
const GRID = 7;

/** Grid points that contribute to a value of cubic interpolation. */
const TAPS = 4;

/**
 * Draws smooth random displacement fields for elastic deformation: a 7×7 grid of normally distributed numbers,
 * interpolated bicubically to the size of the image (R. Keys, "Cubic convolution interpolation", 1981, a = −1/2).
 */
export class ElasticField {
  readonly #height: number;
  readonly #width: number;
  readonly #rows: Taps;
  readonly #columns: Taps;
  readonly #grid = new Float32Array(GRID * GRID);
  readonly #stretched: Float32Array;

  /** Prepares the interpolation for images of `height` rows and `width` columns. */
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
   * @param random The random numbers; 49 are taken.
   * @param field Receives the displacement of each pixel along one axis, row by row.
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

/** For each pixel of a row or column, the four grid points around it and their weights. */
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
 * Makes strokes thicker or thinner: interpolates between an image and its grey dilation (the maximum of the 3×3
 * neighbourhood) or its grey erosion (the minimum).
 *
 * @param image One channel, changed in place, with a border of one pixel that stays as it is.
 * @param height Rows, the border included.
 * @param width Columns, the border included.
 * @param amount −1 for the erosion, 0 for no change, 1 for the dilation.
 * @param scratch A buffer of the size of the image.
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
  // The minimum is the negated maximum of the negated values.
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
 * An affine map from the distorted image to the original: the pixel at (x, y), relative to the centre of the image,
 * takes the value at (xx·x + xy·y + dx, yx·x + yy·y + dy).
 */
export interface AffineMap {
  xx: number;
  xy: number;
  yx: number;
  yy: number;
  dx: number;
  dy: number;
}

/** The limits of a random affine map. */
export interface AffineLimits {
  /** Largest rotation in either direction, in degrees. */
  readonly rotation: number;
  /** Largest change of size: the factor is drawn from 1 − scale to 1 + scale. */
  readonly scale: number;
  /** Largest shear in either direction: horizontal shift per pixel of height. */
  readonly shear: number;
  /** Largest translation in each direction, in pixels. */
  readonly shift: number;
}

/**
 * Draws an affine map with each parameter uniform between its limits: shear, then rotation and scale, then translation.
 *
 * @param limits The limits of the parameters.
 * @param strength Multiplies all limits. 0 gives exactly the identity.
 * @param random The random numbers; five are taken, whatever the limits.
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
  const cos = factor * math.cos(angle);
  const sin = factor * math.sin(angle);
  map.xx = cos - shear * sin;
  map.xy = sin + shear * cos;
  map.yx = -sin;
  map.yy = cos;
  map.dx = -(map.xx * across + map.xy * down);
  map.dy = -(map.yx * across + map.yy * down);
}

/**
 * The kernel of cubic interpolation (R. Keys, "Cubic convolution interpolation", 1981, a = −1/2).
 *
 * @param distance The distance to the sample, in sample intervals, from 0.
 * @returns The weight of the sample: 1 at distance 0, and 0 at 1 and from 2 on.
 */
export function keys(distance: number): number {
  if (distance >= 2) return 0;
  return distance < 1
    ? (1.5 * distance - 2.5) * math.square(distance) + 1
    : ((-0.5 * distance + 2.5) * distance - 4) * distance + 2;
}
