import type { Random } from "../model/random.ts";

/**
 * Where the pixels of an affinely distorted image come from: the pixel at (x, y), measured from the centre of the
 * picture, comes from (xx·x + xy·y + dx, yx·x + yy·y + dy).
 */
export interface AffineMap {
  xx: number;
  xy: number;
  yx: number;
  yy: number;
  dx: number;
  dy: number;
}

/** How far an affine distortion may go. */
export interface AffineLimits {
  /** Turn either way, in degrees. */
  readonly rotation: number;
  /** Growth or shrinkage: a factor of 1 ± this. */
  readonly scale: number;
  /** Slant either way: pixels sideways for each pixel up. */
  readonly shear: number;
  /** Move either way, across and down, in pixels. */
  readonly shift: number;
}

/**
 * Draws an affine distortion, each part evenly between its limits: slant, then turn and size, then move.
 *
 * @param limits How far it may go.
 * @param strength Multiplies all limits; at 0 the map changes nothing, exactly.
 * @param random Where chance comes from; five numbers are taken, whatever the limits.
 * @param map Receives the result.
 */
export function drawAffine(
  limits: AffineLimits,
  strength: number,
  random: Random,
  map: AffineMap,
): void {
  const angle = strength * limits.rotation * random.uniform(-1, 1) * Math.PI / 180;
  const factor = 1 / (1 + strength * limits.scale * random.uniform(-1, 1));
  const shear = strength * limits.shear * random.uniform(-1, 1);
  const across = strength * limits.shift * random.uniform(-1, 1);
  const down = strength * limits.shift * random.uniform(-1, 1);
  const cos = factor * Math.cos(angle);
  const sin = factor * Math.sin(angle);
  map.xx = cos - shear * sin;
  map.xy = sin + shear * cos;
  map.yx = -sin;
  map.yy = cos;
  map.dx = -(map.xx * across + map.xy * down);
  map.dy = -(map.yx * across + map.yy * down);
}
