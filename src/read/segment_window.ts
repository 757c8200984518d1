import { DIGIT_BOX, DIGIT_SIDE } from "../image/digit_frame.ts";
import type { InkMap } from "../image/ink_map.ts";
import type { Lattice } from "./lattice.ts";
import type { Segment } from "./segments.ts";

/** A window on a line in which a digit is 20 pixels high, around a segment: its ink, and that of its neighbours. */
export const WINDOW: readonly [channels: number, height: number, width: number] = [
  2,
  DIGIT_SIDE,
  DIGIT_SIDE,
];

const SIZE = DIGIT_SIDE * DIGIT_SIDE;

/** The ink of a line, cell by cell of a coarse grid. */
interface Grid {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
  /** How many pixels a cell is wide and high. */
  readonly cell: number;
}

/**
 * Looks at each segment of a line together with what is beside it: whether a digit has been cut through shows there,
 * and whether it is as high as the rest.
 *
 * @param lattice The line.
 * @returns [2, 28, 28] values from 0 (none) to 1 (ink) for each segment, one after another.
 */
export function segmentWindows({ ink, segments }: Lattice): Float32Array<ArrayBuffer> {
  const cell = Math.max(1, ink.height / DIGIT_BOX);
  const whole: Grid = {
    data: new Float32Array(
      Math.ceil(ink.map.width / cell + 1) * Math.ceil(ink.map.height / cell + 1),
    ),
    width: Math.ceil(ink.map.width / cell + 1),
    height: Math.ceil(ink.map.height / cell + 1),
    cell,
  };
  addInk(whole, ink.map, 0, 0, 0, 0);
  const windows = new Float32Array(segments.length * 2 * SIZE);
  segments.forEach((segment, n) => drawWindow(windows.subarray(2 * n * SIZE), segment, whole));
  return windows;
}

function drawWindow(
  window: Float32Array,
  { found: { map, box }, x, y }: Segment,
  whole: Grid,
): void {
  const { cell } = whole;
  const own = { data: window.subarray(0, SIZE), width: DIGIT_SIDE, height: DIGIT_SIDE, cell };
  const left = Math.round((x + box.x + box.width / 2) / cell - DIGIT_SIDE / 2);
  const top = Math.round((y + box.y + box.height / 2) / cell - DIGIT_SIDE / 2);
  addInk(own, map, x, y, left, top);
  for (let row = 0; row < DIGIT_SIDE; row++) {
    if (row + top < 0 || row + top >= whole.height) continue;
    for (let column = 0; column < DIGIT_SIDE; column++) {
      if (column + left < 0 || column + left >= whole.width) continue;
      const at = row * DIGIT_SIDE + column;
      const all = whole.data[(row + top) * whole.width + column + left];
      window[SIZE + at] = Math.min(1, Math.max(0, all - window[at]));
    }
  }
}

/** Adds the ink of a map whose corner is at x, y to a grid whose corner is the cell left, top. */
function addInk(grid: Grid, map: InkMap, x: number, y: number, left: number, top: number): void {
  const { cell } = grid;
  const columns = sharesOf(x, map.width, cell, left);
  const rows = sharesOf(y, map.height, cell, top);
  const area = 1 / (cell * cell);
  for (let v = 0, at = 0; v < map.height; v++) {
    const row = rows.cells[v];
    if (row < -1 || row >= grid.height) {
      at += map.width;
      continue;
    }
    for (let u = 0; u < map.width; u++, at++) {
      const ink = map.data[at];
      if (ink === 0) continue;
      const column = columns.cells[u];
      if (column < -1 || column >= grid.width) continue;
      for (let down = 0; down < 2; down++) {
        const r = row + down;
        if (r < 0 || r >= grid.height) continue;
        const share = ink * area * (down === 0 ? rows.shares[v] : 1 - rows.shares[v]);
        if (column >= 0) grid.data[r * grid.width + column] += share * columns.shares[u];
        if (column + 1 < grid.width) {
          grid.data[r * grid.width + column + 1] += share * (1 - columns.shares[u]);
        }
      }
    }
  }
}

/** The cell in which each pixel begins, and how much of the pixel is in it; the rest is in the next. */
function sharesOf(
  start: number,
  count: number,
  cell: number,
  first: number,
): { cells: Int32Array; shares: Float32Array } {
  const cells = new Int32Array(count);
  const shares = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const at = (start + i) / cell;
    const begins = Math.floor(at);
    cells[i] = begins - first;
    shares[i] = Math.min(1, (begins + 1 - at) * cell);
  }
  return { cells, shares };
}
