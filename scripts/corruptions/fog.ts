import type { Random } from "../../src/model/random.ts";
import { SIDE, toBytes, toShares } from "./corruption.ts";
import { plasma } from "./plasma.ts";

/** How much lighter than white ink the thickest fog is. */
const THICKNESS = 3;

/** By how much its billows shrink with every halving; the step shrinks with the square. */
const DECAY = 1.4 ** 2;

/** The fog of which the picture shows a corner, in pixels. */
const FIELD = 256;

/** Fog: drifting light over the picture, and all of it darkened until the whole fits. */
export function fog(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const shares = toShares(pixels);
  const lightest = shares.reduce((most, share) => Math.max(most, share), 0);
  const field = plasma(FIELD, DECAY, random);
  return toBytes(shares.map((share, i) => {
    const light = field[Math.floor(i / SIDE) * FIELD + i % SIDE];
    return (share + THICKNESS * light) * lightest / (lightest + THICKNESS);
  }));
}
