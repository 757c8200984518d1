/**
 * Takes the steps out of a square grid: each place becomes the mean of the 3×3 places around it. The border stays.
 *
 * @param grid The grid.
 * @param side Rows and columns.
 * @returns A new grid.
 */
export function smooth(grid: Float32Array, side: number): Float32Array {
  const rows = grid.slice();
  for (let i = 1; i + 1 < grid.length; i++) rows[i] = (grid[i - 1] + grid[i] + grid[i + 1]) / 3;
  const out = grid.slice();
  for (let i = side; i + side < grid.length; i++) {
    out[i] = (rows[i - side] + rows[i] + rows[i + side]) / 3;
  }
  return out;
}
