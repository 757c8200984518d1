import type { Point, Stroke } from "../../src/data/skeletons.ts";
import { strokePath } from "../../src/data/stroke_path.ts";
import type { Random } from "../../src/model/random.ts";
import type { Bounds } from "./bounds.ts";

/** A line of straight pieces: x and y in turn. */
export type Path = number[];

/**
 * Writes strokes as a hand would: every point a little off, the whole slanted, turned and stretched.
 *
 * @param strokes What is written, in about [0, 1] × [0, 1].
 * @param aspect Its usual width, as a share of its height.
 * @param random Where chance comes from.
 * @returns One path for each stroke, about 1 tall.
 */
export function writeStrokes(
  strokes: readonly Stroke[],
  aspect: number,
  random: Random,
): Path[] {
  const wobble = random.uniform(0.005, 0.03);
  const width = aspect * Math.exp(0.15 * random.normal());
  const slant = 0.08 + 0.14 * random.normal();
  const angle = 0.05 * random.normal();
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const place = ([px, py]: Point): Point => {
    const y = py - 0.5 + wobble * random.normal();
    const x = (px - 0.5) * width + wobble * random.normal() - slant * y;
    return [cos * x - sin * y, sin * x + cos * y];
  };
  return strokes.map((stroke) => {
    const placed: Point[] = [];
    stroke.forEach(([x, y], i) => {
      const isCorner = i > 0 && stroke[i - 1][0] === x && stroke[i - 1][1] === y;
      placed.push(isCorner ? placed[i - 1] : place([x, y]));
    });
    return strokePath(placed);
  });
}

/**
 * The rectangle around paths.
 *
 * @param paths The paths.
 * @returns The rectangle.
 */
export function pathBounds(paths: readonly Path[]): Bounds {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const path of paths) {
    for (let i = 0; i < path.length; i += 2) {
      left = Math.min(left, path[i]);
      right = Math.max(right, path[i]);
      top = Math.min(top, path[i + 1]);
      bottom = Math.max(bottom, path[i + 1]);
    }
  }
  return { left, top, right, bottom };
}

/**
 * Brings paths to a size and a place.
 *
 * @param paths The paths.
 * @param length How long the longer side of the rectangle around them becomes.
 * @param left Where the left side of that rectangle comes to lie.
 * @param top Where its upper side does.
 * @returns New paths.
 */
export function fitPaths(
  paths: readonly Path[],
  length: number,
  left: number,
  top: number,
): Path[] {
  const bounds = pathBounds(paths);
  const size = length / Math.max(bounds.right - bounds.left, bounds.bottom - bounds.top);
  return paths.map((path) =>
    path.map((value, i) =>
      i % 2 === 0 ? left + size * (value - bounds.left) : top + size * (value - bounds.top)
    )
  );
}
