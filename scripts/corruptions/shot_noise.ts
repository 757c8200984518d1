import type { Random } from "../../src/model/random.ts";
import { toBytes, toShares } from "./corruption.ts";

/** How many photons make white. */
const PHOTONS = 3;

/** Shot noise: a camera that counts a few photons in each pixel, by Poisson's law. Black stays black. */
export function shotNoise(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  return toBytes(toShares(pixels).map((share) => poisson(PHOTONS * share, random) / PHOTONS));
}

/** How many events there are where `mean` are expected (D. Knuth, 1969): right for small means, and quick. */
function poisson(mean: number, random: Random): number {
  const end = Math.exp(-mean);
  let events = 0;
  for (let product = 1 - random.next(); product > end; product *= 1 - random.next()) events++;
  return events;
}
