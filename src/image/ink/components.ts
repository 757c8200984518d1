import type { Box } from "../image.ts";
import { asWords } from "../values.ts";

/** A piece of ink whose pixels hang together, over edges or corners. */
export interface Component {
  /** How many pixels it has. */
  readonly area: number;
  /** Its first and last column. */
  readonly left: number;
  readonly right: number;
  /** Its first and last row. */
  readonly top: number;
  readonly bottom: number;
  /** Its pixels: row, first column and the column after the last, in turn. */
  readonly runs: readonly number[];
}

/**
 * Takes a picture of ink apart into the pieces that hang together.
 *
 * @param mask 1 for ink, 0 for background, row by row.
 * @param width Columns.
 * @param height Rows.
 * @returns The pieces, from the upper left.
 */
export function findComponents(mask: Uint8Array, width: number, height: number): Component[] {
  // Runs of ink, row by row; each knows one it hangs together with, the first of them itself.
  const rows: number[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const parents: number[] = [];
  const rootOf = (run: number): number => {
    while (parents[run] !== run) run = parents[run] = parents[parents[run]];
    return run;
  };
  const fours = asWords(mask);
  let above = 0;
  // Most rows of most pictures are empty; they are passed over at once.
  let next = mask.indexOf(1);
  for (let y = 0; y < height; y++) {
    const firstOfRow = starts.length;
    const row = y * width;
    if (next >= 0 && next < row) next = mask.indexOf(1, row);
    for (let x = next < 0 ? width : next - row; x < width; x++) {
      if (mask[row + x] === 0) {
        // Four at once; the end of the row ends this as well.
        if ((row + x & 3) === 0 && fours[row + x >> 2] === 0) x += 3;
        continue;
      }
      const start = x;
      while (x < width && mask[row + x] !== 0) x++;
      const run = starts.length;
      rows.push(y);
      starts.push(start);
      ends.push(x);
      parents.push(run);
      while (above < firstOfRow && ends[above] < start) above++;
      for (let other = above; other < firstOfRow && starts[other] <= x; other++) {
        const [a, b] = [rootOf(other), rootOf(run)];
        if (a < b) parents[b] = a;
        else parents[a] = b;
      }
    }
    above = firstOfRow;
  }

  // The root of a piece is the first of its runs.
  const byRoot = new Array<Mutable<Component>>(starts.length);
  const pieces: Component[] = [];
  for (let run = 0; run < starts.length; run++) {
    const [y, start, end] = [rows[run], starts[run], ends[run]];
    const root = rootOf(run);
    if (root === run) {
      const runs = [y, start, end];
      const first = { area: end - start, left: start, right: end - 1, top: y, bottom: y, runs };
      pieces.push(byRoot[run] = first);
      continue;
    }
    const component = byRoot[root];
    component.area += end - start;
    if (start < component.left) component.left = start;
    if (end - 1 > component.right) component.right = end - 1;
    component.bottom = y;
    component.runs.push(y, start, end);
  }
  return pieces;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly number[] ? number[] : T[K] };

/**
 * The bounding box of some pieces.
 *
 * @param pieces The pieces, at least one.
 * @returns The box.
 */
export function boxAround(pieces: readonly Component[]): Box {
  let [x, y, right, bottom] = [Infinity, Infinity, -1, -1];
  for (const piece of pieces) {
    x = Math.min(x, piece.left);
    y = Math.min(y, piece.top);
    right = Math.max(right, piece.right);
    bottom = Math.max(bottom, piece.bottom);
  }
  return { x, y, width: right - x + 1, height: bottom - y + 1 };
}
