/**
 * Projective maps of the plane: turning, scaling, moving, and the tilt of a camera.
 *
 * @module
 */

/** Three rows of three numbers: (x, y, 1) goes to (X, Y, W), which is the point (X/W, Y/W). */
export type Projection = readonly [
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

/** The map that changes nothing. */
export const IDENTITY: Projection = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/**
 * A move.
 *
 * @param x To the right.
 * @param y Down.
 * @returns The map.
 */
export function move(x: number, y: number): Projection {
  return [1, 0, x, 0, 1, y, 0, 0, 1];
}

/**
 * A change of size about the origin.
 *
 * @param factor How many times as large.
 * @returns The map.
 */
export function scale(factor: number): Projection {
  return [factor, 0, 0, 0, factor, 0, 0, 0, 1];
}

/**
 * A turn about the origin.
 *
 * @param degrees How far, clockwise as seen in a picture.
 * @returns The map.
 */
export function turn(degrees: number): Projection {
  const angle = degrees * Math.PI / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [cos, -sin, 0, sin, cos, 0, 0, 0, 1];
}

/**
 * The view of a camera that is not held straight above the origin.
 *
 * @param x How much smaller things get for each unit to the right.
 * @param y How much smaller things get for each unit down.
 * @returns The map.
 */
export function tilt(x: number, y: number): Projection {
  return [1, 0, 0, 0, 1, 0, x, y, 1];
}

/**
 * Maps one after another.
 *
 * @param maps The last one is applied first, as in writing.
 * @returns All of them as one map.
 */
export function chain(...maps: readonly Projection[]): Projection {
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

/**
 * The way back.
 *
 * @param map A map that can be undone.
 * @returns The map that undoes it.
 */
export function invert([a, b, c, d, e, f, g, h, i]: Projection): Projection {
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

/**
 * Where a point goes.
 *
 * @param map The map.
 * @param x To the right.
 * @param y Down.
 * @returns The point.
 */
export function project(map: Projection, x: number, y: number): [x: number, y: number] {
  const w = map[6] * x + map[7] * y + map[8];
  return [(map[0] * x + map[1] * y + map[2]) / w, (map[3] * x + map[4] * y + map[5]) / w];
}
