import { project, type Projection } from "./projection.ts";

/** A rectangle by its sides. */
export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * The upright rectangle around a rectangle that was mapped.
 *
 * @param map The map.
 * @param bounds The rectangle.
 * @returns The rectangle around its four corners.
 */
export function mapBounds(map: Projection, { left, top, right, bottom }: Bounds): Bounds {
  const corners = [[left, top], [right, top], [right, bottom], [left, bottom]]
    .map(([x, y]) => project(map, x, y));
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  return {
    left: Math.min(...xs),
    top: Math.min(...ys),
    right: Math.max(...xs),
    bottom: Math.max(...ys),
  };
}
