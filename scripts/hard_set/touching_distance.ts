import { project, type Projection } from "./projection.ts";
import { MARGIN, SAMPLES, type Shape, SIDE } from "./shape.ts";

/** A shape and where it is. */
interface Placed {
  readonly shape: Shape;
  /** A move and a change of size. */
  readonly place: Projection;
}

/** Places for each pixel of MNIST at which two shapes are compared. */
const GRID = 2;

/** The largest share of the smaller digit's ink that may lie on the other's: more, and strokes become one. */
const SHARED = 0.1;

/** How far, in pixels of MNIST, the rectangles of two digits may overlap where their ink still does not meet. */
const DEEPEST = 6;

/**
 * How far a digit has to be moved until it touches the one before it.
 *
 * @param before The one before it.
 * @param next The digit, to the right of that.
 * @param overlap How far the rectangles around them should overlap, in pixels of MNIST. It becomes less where too much
 * ink would lie on ink, and more where ink would not meet ink.
 * @returns The move to the right, below 0.
 */
export function touchingDistance(before: Placed, next: Placed, overlap: number): number {
  const [first, second] = [inkCells(before), inkCells(next)];
  const [firstRight, secondLeft] = [edge(first, 1), edge(second, -1)];
  const most = SHARED * Math.min(first.size, second.size);
  const shared = (move: number): number => {
    let count = 0;
    for (const cell of second) if (first.has(cell + move)) count++;
    return count;
  };
  // Whole steps of the grid, from rectangles side by side.
  const side = firstRight - secondLeft + 1;
  let depth = Math.round(overlap * GRID);
  while (depth > 0 && shared(side - depth) > most) depth--;
  while (depth < DEEPEST * GRID && shared(side - depth) === 0) depth++;
  return (side - depth) / GRID;
}

/** Rows are this many cells apart, so that a move to the side never reaches the next. */
const ROW = 1 << 16;

function inkCells({ shape: { depth }, place }: Placed): Set<number> {
  const cells = new Set<number>();
  for (let i = 0; i < depth.length; i++) {
    if (depth[i] <= 0) continue;
    const [x, y] = project(
      place,
      (i % SIDE + 0.5) / SAMPLES - MARGIN,
      (Math.floor(i / SIDE) + 0.5) / SAMPLES - MARGIN,
    );
    cells.add((Math.floor(y * GRID) + ROW / 4) * ROW + Math.floor(x * GRID) + ROW / 4);
  }
  return cells;
}

/** The last column with ink (1), or the first (−1). */
function edge(cells: Set<number>, way: 1 | -1): number {
  let last = -Infinity;
  for (const cell of cells) last = Math.max(last, way * (cell % ROW));
  return way * last;
}
