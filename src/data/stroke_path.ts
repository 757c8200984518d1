import type { Stroke } from "./skeletons.ts";

/** How many straight pieces stand for the curve between two points. */
const PIECES = 6;

/**
 * The curve through the points of a stroke, as short straight pieces: a Catmull–Rom spline (1974). A point given twice
 * is a corner.
 *
 * @param stroke At least two points.
 * @returns The ends of the pieces, x and y in turn.
 */
export function strokePath(stroke: Stroke): number[] {
  const path: number[] = [...stroke[0]];
  for (let i = 0; i + 1 < stroke.length; i++) {
    const [from, to] = [stroke[i], stroke[i + 1]];
    if (from === to) continue;
    // At an end or a corner the curve goes straight towards its next point.
    const before = stroke[i - 1] ?? from;
    const after = stroke[i + 2] ?? to;
    for (let piece = 1; piece <= PIECES; piece++) {
      const t = piece / PIECES;
      path.push(
        catmullRom(before[0], from[0], to[0], after[0], t),
        catmullRom(before[1], from[1], to[1], after[1], t),
      );
    }
  }
  return path;
}

function catmullRom(before: number, from: number, to: number, after: number, t: number): number {
  const slope = (to - before) / 2;
  const nextSlope = (after - from) / 2;
  const change = to - from;
  return from +
    t * (slope + t * (3 * change - 2 * slope - nextSlope + t * (slope + nextSlope - 2 * change)));
}
