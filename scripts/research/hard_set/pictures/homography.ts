import * as math from "../../../../src/model/math.ts";

/** A 3×3 matrix, row by row. It maps (x, y, 1) to (X, Y, W), which stands for the point (X/W, Y/W). */
export type Homography = readonly [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];

/** The identity. */
export const IDENTITY: Homography = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** Translation by `x` to the right and `y` down. */
export function translate(x: number, y: number): Homography {
  return [1, 0, x, 0, 1, y, 0, 0, 1];
}

/** Scaling about the origin. */
export function scale(factor: number): Homography {
  return [factor, 0, 0, 0, factor, 0, 0, 0, 1];
}

/** Rotation about the origin, clockwise as seen in a picture, whose y points down. */
export function rotate(degrees: number): Homography {
  const angle = degrees * Math.PI / 180;
  const [cos, sin] = [math.cos(angle), math.sin(angle)];
  return [cos, -sin, 0, sin, cos, 0, 0, 0, 1];
}

/**
 * Perspective foreshortening, as of a camera that is not held straight above the origin: the coordinates of
 * (u, v) are divided by 1 + x·u + y·v.
 */
export function tilt(x: number, y: number): Homography {
  return [1, 0, 0, 0, 1, 0, x, y, 1];
}

/** The matrix product: the last map is applied first. Without maps it is the identity. */
export function compose(...maps: readonly Homography[]): Homography {
  return maps.reduce((a, b) => [
    a[0] * b[0] + a[1] * b[3] + a[2] * b[6],
    a[0] * b[1] + a[1] * b[4] + a[2] * b[7],
    a[0] * b[2] + a[1] * b[5] + a[2] * b[8],
    a[3] * b[0] + a[4] * b[3] + a[5] * b[6],
    a[3] * b[1] + a[4] * b[4] + a[5] * b[7],
    a[3] * b[2] + a[4] * b[5] + a[5] * b[8],
    a[6] * b[0] + a[7] * b[3] + a[8] * b[6],
    a[6] * b[1] + a[7] * b[4] + a[8] * b[7],
    a[6] * b[2] + a[7] * b[5] + a[8] * b[8],
  ], IDENTITY);
}

/** The inverse map. The matrix must be invertible. */
export function invert([a, b, c, d, e, f, g, h, i]: Homography): Homography {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  return [
    (e * i - f * h) / determinant,
    (c * h - b * i) / determinant,
    (b * f - c * e) / determinant,
    (f * g - d * i) / determinant,
    (a * i - c * g) / determinant,
    (c * d - a * f) / determinant,
    (d * h - e * g) / determinant,
    (b * g - a * h) / determinant,
    (a * e - b * d) / determinant,
  ];
}

/** Maps a point. */
export function project(map: Homography, x: number, y: number): [x: number, y: number] {
  const w = map[6] * x + map[7] * y + map[8];
  return [(map[0] * x + map[1] * y + map[2]) / w, (map[3] * x + map[4] * y + map[5]) / w];
}

/** An axis-aligned rectangle. */
export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The axis-aligned bounding box of a mapped rectangle. */
export function mapBounds(map: Homography, { left, top, right, bottom }: Bounds): Bounds {
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
