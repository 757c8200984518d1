import type { Random } from "../../src/model/random.ts";
import { eitherWay } from "./either_way.ts";
import { UNMOVED, warp } from "./warp.ts";

/** How far it turns, in radians. */
const ANGLE = 0.4;

/** Rotate: the picture turns 0.4 radians around its middle, one way or the other. */
export function rotate(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const angle = eitherWay(random) * ANGLE;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return warp(pixels, { ...UNMOVED, xx: cos, xy: -sin, yx: sin, yy: cos });
}
