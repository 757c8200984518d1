import type { Random } from "../../src/model/random.ts";
import { eitherWay } from "./either_way.ts";
import { UNMOVED, warp } from "./warp.ts";

/** How far upright lines lean, in radians. */
const ANGLE = 0.4;

/** Shear: upright lines lean 0.4 radians to one side, as long as they were along their new way. */
export function shear(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const angle = eitherWay(random) * ANGLE;
  return warp(pixels, { ...UNMOVED, xy: -Math.sin(angle), yy: Math.cos(angle) });
}
