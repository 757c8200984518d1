import type { AffineMap } from "../../../src/data/augment/warps.ts";
import type { Random } from "../../../src/model/random.ts";
import { eitherWay, SIDE, toBytes } from "./pixels.ts";

/** How far it turns, in radians. */
const ANGLE = 0.4;

/** Rotate: the picture turns 0.4 radians around its middle, one way or the other. */
export function rotate(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const angle = eitherWay(random) * ANGLE;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return warp(pixels, { ...UNMOVED, xx: cos, xy: -sin, yx: sin, yy: cos });
}

/** How large the digit is afterwards, as a share of what it was. */
const FACTOR = 0.7;

/** Scale: the picture shrinks around its middle. */
export function scale(pixels: Uint8Array): Uint8Array<ArrayBuffer> {
  return warp(pixels, { ...UNMOVED, xx: 1 / FACTOR, yy: 1 / FACTOR });
}

/** Shear: upright lines lean to one side, and the picture becomes 9 % taller. */
export function shear(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const angle = eitherWay(random) * ANGLE;
  return warp(pixels, { ...UNMOVED, xy: -Math.sin(angle), yy: Math.cos(angle) });
}

/** How far the picture moves across, and as far down, in pixels. */
const SHIFT = 3;

/** Translate: the picture moves to one of its four corners. */
export function translate(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const [dx, dy] = [SHIFT * eitherWay(random), SHIFT * eitherWay(random)];
  return warp(pixels, { ...UNMOVED, dx, dy });
}

const CENTRE = (SIDE - 1) / 2;

/** The map that changes nothing. */
const UNMOVED: Readonly<AffineMap> = { xx: 1, xy: 0, yx: 0, yy: 1, dx: 0, dy: 0 };

/**
 * Takes every pixel from another place, between pixels by bilinear interpolation. Outside the picture all is black.
 *
 * @param pixels 28×28 bytes.
 * @param map Where they come from, measured from the middle of the picture.
 * @returns As many bytes, in fresh memory.
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
