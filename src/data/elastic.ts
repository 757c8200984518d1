import { keys } from "./keys.ts";
import type { Random } from "../model/random.ts";

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
