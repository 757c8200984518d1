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
