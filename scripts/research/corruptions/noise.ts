import * as math from "../../../src/model/math.ts";
import type { Random } from "../../../src/model/random.ts";
import { gaussianBlur, SIDE, toBytes, toIntensities } from "./pixels.ts";

/** The share of pixels that are replaced. */
const IMPULSES = 0.17;

/** Impulse noise: salt-and-pepper noise with equal shares of white and black. */
export function impulseNoise(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(pixels, (value) => {
    const chance = random.next();
    if (chance >= IMPULSES) return value;
    return chance < IMPULSES / 2 ? 255 : 0;
  });
}

/** Expected photons of a white pixel. */
const PHOTONS = 3;

/** Shot noise: each pixel is a Poisson count of photons. Black stays black. */
export function shotNoise(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  return toBytes(
    toIntensities(pixels).map((intensity) => poisson(PHOTONS * intensity, random) / PHOTONS),
  );
}

/** Draws from a Poisson distribution by multiplication (D. Knuth, 1969), which is fast for small means. */
function poisson(mean: number, random: Random): number {
  const end = math.exp(-mean);
  let events = 0;
  for (let product = 1 - random.next(); product > end; product *= 1 - random.next()) events++;
  return events;
}

/** The normal distribution of the liquid at a pixel. */
const LIQUID = { mean: 0.65, deviation: 0.3 };

/** Blur of the liquid, as a standard deviation in pixels, and the threshold above which a drop forms. */
const DROP = { deviation: 1, least: 0.65 };

/** Blur of drops, as a standard deviation in pixels, and the threshold of visible coverage. */
const SMEAR = { deviation: 1.5, least: 0.8 };

/** The intensity of mud. */
const MUD = 63 / 255;

/** Spatter: blots of dark mud on background and ink. */
export function spatter(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const liquid = Float64Array.from(
    pixels,
    () => LIQUID.mean + LIQUID.deviation * random.normal(),
  );
  const drops = gaussianBlur(liquid, DROP.deviation).map((value) => value > DROP.least ? 1 : 0);
  const cover = gaussianBlur(drops, SMEAR.deviation).map((share) =>
    share < SMEAR.least ? 0 : share
  );
  return toBytes(
    toIntensities(pixels).map((intensity, i) => intensity * (1 - cover[i]) + MUD * cover[i]),
  );
}

/** The standard deviation of the Gaussian blur before and after, in pixels. */
const GLASS_STD = 0.7;

/** Passes of random swaps. */
const PASSES = 2;

/** Glass blur: a blur, random swaps of neighbouring pixels, and another blur. */
export function glassBlur(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const mixed = gaussianBlur(toIntensities(pixels), GLASS_STD);
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
  return toBytes(gaussianBlur(mixed, GLASS_STD));
}

/** Length of the motion kernel in pixels. */
const LENGTH = 21;

/** The standard deviation of the half Gaussian that weights the kernel, in pixels. */
const MOTION_STD = 3;

/** The largest angle between motion and the horizontal, in degrees. */
const MAX_ANGLE = 45;

/** Motion blur: a one-sided kernel, which fades, up to 45° off the horizontal. */
export function motionBlur(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const angle = random.uniform(-MAX_ANGLE, MAX_ANGLE) * Math.PI / 180;
  const kernel = Array.from({ length: LENGTH }, (_, step) => ({
    right: Math.round(step * math.cos(angle)),
    down: Math.round(step * math.sin(angle)),
    weight: math.exp(-0.5 * math.square(step / MOTION_STD)),
  }));
  const sum = kernel.reduce((total, { weight }) => total + weight, 0);
  const intensities = toIntensities(pixels);
  const inside = (place: number): number => Math.min(SIDE - 1, Math.max(0, place));
  return toBytes(intensities.map((_, i) => {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    return kernel.reduce(
      (total, { right, down, weight }) =>
        total + weight / sum * intensities[inside(y + down) * SIDE + inside(x + right)],
      0,
    );
  }));
}
