/** Coefficients of 1, u, v, u², uv and v². */
export type Surface = Float64Array;

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
        weights[i] = residual < limit ? (1 - (residual / limit) ** 2) ** 2 : 0
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
