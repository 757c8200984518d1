import type { Random } from "../../src/model/random.ts";
import { SIDE, toBytes, toShares } from "./corruption.ts";
import { gauss } from "./gauss.ts";

/** The standard deviation of the blur before and after, in pixels. */
const DEVIATION = 0.7;

/** How often the pixels are mixed. */
const PASSES = 2;

/** Glass blur, as behind frosted glass: blurred, neighbouring pixels exchanged at random, blurred again. */
export function glassBlur(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const mixed = gauss(toShares(pixels), DEVIATION);
  for (let pass = 0; pass < PASSES; pass++) {
    for (let y = SIDE - 1; y > 1; y--) {
      for (let x = SIDE - 1; x > 1; x--) {
        if (random.integer(2) === 0) continue;
        const here = y * SIDE + x;
        const there = (y - random.integer(2)) * SIDE + x - random.integer(2);
        [mixed[here], mixed[there]] = [mixed[there], mixed[here]];
      }
    }
  }
  return toBytes(gauss(mixed, DEVIATION));
}
