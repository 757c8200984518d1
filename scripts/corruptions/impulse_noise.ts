import type { Random } from "../../src/model/random.ts";

/** The share of pixels that are lost. */
const LOST = 0.17;

/** Impulse noise, salt and pepper: pixels here and there become white or black, each as often. */
export function impulseNoise(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(pixels, (value) => {
    const chance = random.next();
    if (chance >= LOST) return value;
    return chance < LOST / 2 ? 255 : 0;
  });
}
