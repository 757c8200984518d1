import type { AffineMap } from "../../src/data/affine.ts";
import { SIDE, toBytes } from "./corruption.ts";

const CENTRE = (SIDE - 1) / 2;

/** The map that changes nothing. */
export const UNMOVED: Readonly<AffineMap> = { xx: 1, xy: 0, yx: 0, yy: 1, dx: 0, dy: 0 };

/**
 * Takes every pixel from another place, between pixels by bilinear interpolation. Outside the picture all is black.
 *
 * @param pixels 28×28 bytes.
 * @param map Where they come from, measured from the middle of the picture.
 * @returns As many bytes, in fresh memory.
 */
export function warp(
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
