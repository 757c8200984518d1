import type { AffineMap } from "../../../src/data/augment/warps.ts";
import * as math from "../../../src/model/math.ts";
import type { Random } from "../../../src/model/random.ts";
import { randomSign, SIDE, toBytes } from "./pixels.ts";

/** The angle of rotation and shear in radians. */
const ANGLE = 0.4;

/** Rotate: rotates the picture about its centre by 0.4 radians in a random direction. */
export function rotate(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const angle = randomSign(random) * ANGLE;
  const [cos, sin] = [math.cos(angle), math.sin(angle)];
  return warp(pixels, { ...IDENTITY, xx: cos, xy: -sin, yx: sin, yy: cos });
}

/** The scale factor. */
const FACTOR = 0.7;

/** Scale: shrinks the picture about its centre. */
export function scale(pixels: Uint8Array): Uint8Array<ArrayBuffer> {
  return warp(pixels, { ...IDENTITY, xx: 1 / FACTOR, yy: 1 / FACTOR });
}

/** Shear: slants vertical lines in a random direction, and stretches the picture by 9 % vertically. */
export function shear(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const angle = randomSign(random) * ANGLE;
  return warp(pixels, { ...IDENTITY, xy: -math.sin(angle), yy: math.cos(angle) });
}

/** The translation along each axis in pixels. */
const SHIFT = 3;

/** Translate: moves the picture towards a random corner. */
export function translate(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const [dx, dy] = [SHIFT * randomSign(random), SHIFT * randomSign(random)];
  return warp(pixels, { ...IDENTITY, dx, dy });
}

const CENTRE = (SIDE - 1) / 2;

/** The identity. */
const IDENTITY: Readonly<AffineMap> = { xx: 1, xy: 0, yx: 0, yy: 1, dx: 0, dy: 0 };

/**
 * Warps a picture with bilinear interpolation. Outside of it all is black.
 *
 * @param pixels 28×28 bytes.
 * @param map Maps each target pixel to its source, relative to the centre of the picture.
 * @returns New bytes.
 */
function warp(
  pixels: Uint8Array,
  { xx, xy, yx, yy, dx, dy }: Readonly<AffineMap>,
): Uint8Array<ArrayBuffer> {
  const at = (x: number, y: number): number =>
    x < 0 || y < 0 || x >= SIDE || y >= SIDE ? 0 : pixels[y * SIDE + x] / 255;
  const warped = new Float64Array(pixels.length);
  for (let i = 0; i < warped.length; i++) {
    const [x, y] = [i % SIDE - CENTRE, Math.floor(i / SIDE) - CENTRE];
    const sourceX = xx * x + xy * y + dx + CENTRE;
    const sourceY = yx * x + yy * y + dy + CENTRE;
    const [left, top] = [Math.floor(sourceX), Math.floor(sourceY)];
    const [right, down] = [sourceX - left, sourceY - top];
    const upper = (1 - right) * at(left, top) + right * at(left + 1, top);
    const lower = (1 - right) * at(left, top + 1) + right * at(left + 1, top + 1);
    warped[i] = (1 - down) * upper + down * lower;
  }
  return toBytes(warped);
}
