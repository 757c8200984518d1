/**
 * The distance from each place of a square grid to the nearest of some places: one pass along the rows, then the lower
 * envelope of parabolas along the columns (P. Felzenszwalb and D. Huttenlocher, "Distance transforms of sampled
 * functions", 2012).
 *
 * @param side Rows and columns.
 * @param isThere Which places to measure from.
 * @returns The distances; infinite when there is no such place.
 */
export function distances(side: number, isThere: (i: number) => boolean): Float32Array {
  const squares = new Float32Array(side * side);
  for (let y = 0; y < side; y++) {
    let away = Infinity;
    for (let x = 0; x < side; x++) {
      away = isThere(y * side + x) ? 0 : away + 1;
      squares[y * side + x] = away * away;
    }
    away = Infinity;
    for (let x = side - 1; x >= 0; x--) {
      const i = y * side + x;
      away = squares[i] === 0 ? 0 : away + 1;
      squares[i] = Math.min(squares[i], away * away);
    }
  }

  const column = new Float32Array(side);
  const vertex = new Int32Array(side);
  const start = new Float32Array(side + 1);
  for (let x = 0; x < side; x++) {
    for (let y = 0; y < side; y++) column[y] = squares[y * side + x];
    let last = -1;
    for (let y = 0; y < side; y++) {
      if (column[y] === Infinity) continue;
      let from = -Infinity;
      while (last >= 0) {
        const other = vertex[last];
        from = (column[y] + y * y - column[other] - other * other) / (2 * (y - other));
        if (from > start[last]) break;
        last--;
      }
      last++;
      vertex[last] = y;
      start[last] = last === 0 ? -Infinity : from;
    }
    if (last < 0) continue;
    start[last + 1] = Infinity;
    for (let y = 0, k = 0; y < side; y++) {
      while (start[k + 1] < y) k++;
      const away = y - vertex[k];
      squares[y * side + x] = away * away + column[vertex[k]];
    }
  }
  return squares.map(Math.sqrt);
}
