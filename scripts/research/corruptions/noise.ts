import type { Random } from "../../../src/model/random.ts";
import { SIDE, toBytes, toShares } from "./pixels.ts";

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

/** The standard deviation of the blur before and after, in pixels. */
const GLASS_STD = 0.7;

/** How often the pixels are mixed. */
const PASSES = 2;

/** Glass blur, as behind frosted glass: blurred, neighbouring pixels exchanged at random, blurred again. */
export function glassBlur(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const mixed = gauss(toShares(pixels), GLASS_STD);
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
  return toBytes(gauss(mixed, GLASS_STD));
}

/** How long the trail is, in pixels. */
const LENGTH = 21;

/** The standard deviation of half a Gauss's curve, by which the trail fades. */
const MOTION_STD = 3;

/** How far the trail may lie off the level, either way, in degrees. */
const TILT = 45;

/** Motion blur: every stroke drags a fading trail to one side, up to 45° off the level. */
export function motionBlur(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const angle = random.uniform(-TILT, TILT) * Math.PI / 180;
  const trail = Array.from({ length: LENGTH }, (_, step) => ({
    right: Math.round(step * Math.cos(angle)),
    down: Math.round(step * Math.sin(angle)),
    weight: Math.exp(-0.5 * (step / MOTION_STD) ** 2),
  }));
  const sum = trail.reduce((total, { weight }) => total + weight, 0);
  const shares = toShares(pixels);
  const inside = (place: number): number => Math.min(SIDE - 1, Math.max(0, place));
  return toBytes(shares.map((_, i) => {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    return trail.reduce(
      (total, { right, down, weight }) =>
        total + weight / sum * shares[inside(y + down) * SIDE + inside(x + right)],
      0,
    );
  }));
}

/** How far the curve is followed, in standard deviations. */
const REACH = 4;

/**
 * Blurs a picture with Gauss's curve. Beyond its edges the picture goes on as it ends.
 *
 * @param picture 28×28 values.
 * @param deviation The standard deviation in pixels, above 0.
 * @returns As many values, in fresh memory.
 */
export function gauss(picture: Float64Array, deviation: number): Float64Array<ArrayBuffer> {
  const reach = Math.round(REACH * deviation);
  const curve = Array.from(
    { length: 2 * reach + 1 },
    (_, n) => Math.exp(-0.5 * ((n - reach) / deviation) ** 2),
  );
  const sum = curve.reduce((total, weight) => total + weight, 0);
  const weights = curve.map((weight) => weight / sum);
  return blurLines(blurLines(picture, weights, 1, SIDE), weights, SIDE, 1);
}

/** Blurs along lines whose pixels lie `step` apart, and which begin `next` apart. */
function blurLines(
  picture: Float64Array,
  weights: readonly number[],
  step: number,
  next: number,
): Float64Array<ArrayBuffer> {
  const reach = (weights.length - 1) / 2;
  const blurred = new Float64Array(picture.length);
  for (let line = 0; line < SIDE; line++) {
    for (let i = 0; i < SIDE; i++) {
      let sum = 0;
      for (let k = -reach; k <= reach; k++) {
        const from = Math.min(SIDE - 1, Math.max(0, i + k));
        sum += weights[k + reach] * picture[line * next + from * step];
      }
      blurred[line * next + i * step] = sum;
    }
  }
  return blurred;
}
