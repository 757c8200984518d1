import type { Random } from "../../src/model/random.ts";
import { eitherWay } from "./either_way.ts";
import { UNMOVED, warp } from "./warp.ts";

/** In radians: its sine is how far rows move aside for each pixel from the middle; they move apart by one over its cosine. */
const ANGLE = 0.4;

/** Shear: upright lines lean to one side, and the picture becomes 9 % taller. */
export function shear(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const angle = eitherWay(random) * ANGLE;
  return warp(pixels, { ...UNMOVED, xy: -Math.sin(angle), yy: Math.cos(angle) });
}
