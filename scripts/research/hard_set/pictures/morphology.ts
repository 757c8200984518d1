/**
 * The exact Euclidean distance transform of a square mask: a pass along the rows, then the lower envelope of parabolas
 * along the columns (P. Felzenszwalb and D. Huttenlocher, "Distance transforms of sampled functions", 2012).
 *
 * @param side Rows and columns of the mask.
 * @param isSet Whether a sample belongs to the mask.
 * @returns The distance of each sample to the nearest one of the mask, in samples; infinite where the mask is empty.
 */
export function distanceTransform(side: number, isSet: (i: number) => boolean): Float32Array {
  const squares = new Float32Array(side * side);
  for (let y = 0; y < side; y++) {
    let away = Infinity;
    for (let x = 0; x < side; x++) {
      away = isSet(y * side + x) ? 0 : away + 1;
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

/** A 3×3 box filter over a square grid of `side` rows, which smooths staircase edges. The border is kept. */
export function boxBlur(grid: Float32Array, side: number): Float32Array {
  const rows = grid.slice();
  for (let i = 1; i + 1 < grid.length; i++) rows[i] = (grid[i - 1] + grid[i] + grid[i + 1]) / 3;
  const out = grid.slice();
  for (let i = side; i + side < grid.length; i++) {
    out[i] = (rows[i - side] + rows[i] + rows[i + side]) / 3;
  }
  return out;
}

/**
 * Counts the holes of a shape: 4-connected components of the background that do not reach the border.
 *
 * @param side Rows and columns of the grid; its first sample must be background.
 * @param isInk Whether a sample belongs to the shape.
 * @param minArea Samples of the smallest hole that counts.
 */
export function countHoles(side: number, isInk: (i: number) => boolean, minArea: number): number {
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
    // The first component is the background around the shape.
    if (holes < 0 || area >= minArea) holes++;
  }
  return holes;
}

/**
 * Thins a mask to its skeleton in place, by T. Zhang and C. Suen, "A fast parallel algorithm for thinning digital
 * patterns", 1984. The skeleton is one sample wide and as connected as the mask.
 *
 * @param ink The mask of 0 and 1, row by row; its border must be 0.
 * @param side Rows and columns.
 */
export function thinToSkeleton(ink: Uint8Array, side: number): void {
  // The eight neighbours, clockwise from above.
  const ring = [-side, 1 - side, 1, 1 + side, side, side - 1, -1, -1 - side];
  let inked: number[] = [];
  for (let i = 0; i < ink.length; i++) if (ink[i] === 1) inked.push(i);
  for (let changed = true; changed;) {
    changed = false;
    for (const isFirst of [true, false]) {
      const peeled: number[] = [];
      for (const i of inked) {
        const [above, right, below, left] = [ink[i - side], ink[i + 1], ink[i + side], ink[i - 1]];
        // Alternate passes peel the south-east and the north-west boundary.
        if (isFirst ? (above | left) & right & below : (right | below) & above & left) continue;
        let neighbours = 0;
        let transitions = 0;
        for (let k = 0; k < 8; k++) {
          const here = ink[i + ring[k]];
          neighbours += here;
          if (here === 0) transitions += ink[i + ring[(k + 1) & 7]];
        }
        if (neighbours < 2 || neighbours > 6 || transitions !== 1) continue;
        peeled.push(i);
      }
      for (const i of peeled) ink[i] = 0;
      if (peeled.length > 0) {
        changed = true;
        inked = inked.filter((i) => ink[i] === 1);
      }
    }
  }
}
