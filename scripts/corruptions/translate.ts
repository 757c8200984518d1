import type { Random } from "../../src/model/random.ts";
import { eitherWay } from "./either_way.ts";
import { UNMOVED, warp } from "./warp.ts";

/** How far the picture moves across, and as far down, in pixels. */
const SHIFT = 3;

/** Translate: the picture moves to one of its four corners. */
export function translate(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const [dx, dy] = [SHIFT * eitherWay(random), SHIFT * eitherWay(random)];
  return warp(pixels, { ...UNMOVED, dx, dy });
}
