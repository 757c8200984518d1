import type { Random } from "../../src/model/random.ts";
import { toBytes, toShares } from "./corruption.ts";
import { gauss } from "./gauss.ts";

/** The random wetness of a pixel: its mean and its standard deviation. */
const WETNESS = { mean: 0.65, deviation: 0.3 };

/** How far it runs, in pixels, and from which wetness on there is a drop. */
const DROP = { deviation: 1, least: 0.65 };

/** How far a drop is smeared, in pixels, and from which cover on it is seen. */
const SMEAR = { deviation: 1.5, least: 0.8 };

/** The shade of mud, 0 to 1. */
const MUD = 63 / 255;

/** Spatter: blots of dark mud, on the ground as on the ink. */
export function spatter(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const wetness = Float64Array.from(
    pixels,
    () => WETNESS.mean + WETNESS.deviation * random.normal(),
  );
  const drops = gauss(wetness, DROP.deviation).map((wet) => wet > DROP.least ? 1 : 0);
  const cover = gauss(drops, SMEAR.deviation).map((share) => share < SMEAR.least ? 0 : share);
  return toBytes(toShares(pixels).map((share, i) => share * (1 - cover[i]) + MUD * cover[i]));
}
