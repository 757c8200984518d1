import * as math from "../../../../src/model/math.ts";
import type { Random } from "../../../../src/model/random.ts";
import { colouredMaterials, darkOnLight, lightOnDark, type Materials } from "./picture.ts";

/** How a digit is written and photographed: the parameters of one picture. */
export interface Plan {
  /** Columns and rows of the picture. */
  readonly width: number;
  readonly height: number;
  /** The longer side of the digit as a share of the shorter side of the picture, 0 to 1. */
  readonly share: number;
  /** The position of the digit in the free space, 0 to 1 along each axis; 0.5 is the middle. */
  readonly place: readonly [across: number, down: number];
  readonly materials: Materials;
  /** Degrees, clockwise. */
  readonly rotation: number;
  /** Perspective foreshortening along each axis: the relative difference in distance across 28 pixels of MNIST. */
  readonly tilt: readonly [across: number, down: number];
  /** The stroke width that erosion leaves, as a share. */
  readonly thin?: number;
  /** The radius of the dilation of strokes, in pixels of MNIST. */
  readonly thick?: number;
  /** Printed lines on the paper; `strength` is their darkness and density, 0 to 1. */
  readonly rulings?: { readonly squared: boolean; readonly strength: number };
  /** The ratio of the brightest to the darkest illumination. */
  readonly gradient?: number;
  /** The illumination left in a shadow, 0 to 1. */
  readonly shadow?: number;
  /** The standard deviation of the blur, as a share of the longer side of the digit. */
  readonly blur?: number;
  /** The strength of dust, sensor noise and salt-and-pepper noise, 0 to 1. */
  readonly noise?: number;
  /** JPEG quality, 1 to 100. */
  readonly jpeg?: number;
}

/** The name of a degradation. */
export type Degradation = keyof typeof DEGRADATIONS;

/** Draws the parameters of a degradation of a strength of 0 to 1. */
type Degrade = (strength: number, random: Random) => Partial<Plan>;

/** A number of random sign, of 0.3 to 1 times an amount. */
const randomSign = (random: Random, amount: number): number =>
  amount * (random.next() < 0.5 ? -1 : 1) * random.uniform(0.3, 1);

/** The longer side of the smallest digit, in pixels: people misread smaller ones. */
const MIN_DIGIT = 14;

/** What degrades a picture, each as a change of a clean plan. */
export const DEGRADATIONS = {
  size: (strength: number, random: Random): Partial<Plan> => {
    // Large pictures are rare, since they take long.
    const large = random.next() < 0.08;
    const shorter = large
      ? random.uniform(400, 400 + 800 * strength)
      : logUniform(random, 20 * math.pow(4, 1 - strength), 400);
    const longer = Math.min(1200, shorter * random.uniform(1, 1.6));
    const [width, height] = random.next() < 0.5 ? [shorter, longer] : [longer, shorter];
    const least = Math.min(0.85, Math.max(0.35, MIN_DIGIT / shorter));
    return {
      width: Math.round(width),
      height: Math.round(height),
      share: random.uniform(least, 0.9),
    };
  },
  position: (strength: number, random: Random): Partial<Plan> => ({
    share: random.uniform(0.5 - 0.25 * strength, 0.6),
    place: [random.next(), random.next()],
  }),
  polarity: (_strength: number, random: Random): Partial<Plan> => ({
    materials: random.next() < 0.8 ? lightOnDark(random) : darkOnLight(random),
  }),
  colour: (strength: number, random: Random): Partial<Plan> => ({
    materials: colouredMaterials(100 - 40 * strength, random),
  }),
  gradient: (strength: number, random: Random): Partial<Plan> => ({
    gradient: random.uniform(1 + 0.3 * strength, 1 + 1.5 * strength),
  }),
  shadow: (strength: number, random: Random): Partial<Plan> => ({
    shadow: random.uniform(1 - 0.6 * strength, 1 - 0.3 * strength),
  }),
  ruled: (strength: number): Partial<Plan> => ({ rulings: { squared: false, strength } }),
  squared: (strength: number): Partial<Plan> => ({ rulings: { squared: true, strength } }),
  blur: (strength: number, random: Random): Partial<Plan> => ({
    blur: strength * random.uniform(0.01, 0.04),
  }),
  noise: (strength: number, random: Random): Partial<Plan> => ({
    noise: strength * random.uniform(0.3, 1),
  }),
  jpeg: (strength: number, random: Random): Partial<Plan> => ({
    jpeg: Math.round(random.uniform(90 - 75 * strength, 90 - 30 * strength)),
  }),
  thin: (strength: number, random: Random): Partial<Plan> => ({
    thin: random.uniform(1 - 0.8 * strength, 1 - 0.5 * strength),
  }),
  thick: (strength: number, random: Random): Partial<Plan> => ({
    thick: strength * random.uniform(0.5, 1.4),
  }),
  rotation: (strength: number, random: Random): Partial<Plan> => ({
    rotation: randomSign(random, 12 * strength),
  }),
  perspective: (strength: number, random: Random): Partial<Plan> => ({
    tilt: [randomSign(random, 0.45 * strength), randomSign(random, 0.45 * strength)],
    rotation: random.uniform(-4, 4) * strength,
  }),
} satisfies Record<string, Degrade>;

/** The plan of a picture without degradation: dark ink on white paper, the digit near the middle. */
export function cleanPlan(random: Random): Plan {
  const side = random.uniform(80, 240);
  return {
    width: Math.round(side * random.uniform(1, 1.25)),
    height: Math.round(side * random.uniform(1, 1.25)),
    share: random.uniform(0.45, 0.8),
    place: [random.uniform(0.35, 0.65), random.uniform(0.35, 0.65)],
    materials: darkOnLight(random),
    rotation: 0,
    tilt: [0, 0],
  };
}

/** The strength of each degradation where several are combined. */
const MIXED_STRENGTH = 0.55;

/** Groups of degradations that exclude each other. */
const GROUPS: readonly (readonly Degradation[])[] = [
  ["size"],
  ["position"],
  ["polarity", "colour"],
  ["gradient"],
  ["shadow"],
  ["ruled", "squared"],
  ["blur"],
  ["noise"],
  ["jpeg"],
  ["thin", "thick"],
  ["rotation"],
  ["perspective"],
];

/** The plan of a picture with three to six moderate degradations, as in an everyday photo. */
export function mixedPlan(random: Random): Plan {
  const groups = random.shuffle(GROUPS.slice()).slice(0, 3 + random.integer(4));
  let plan = cleanPlan(random);
  for (const group of groups) {
    plan = {
      ...plan,
      ...DEGRADATIONS[group[random.integer(group.length)]](MIXED_STRENGTH, random),
    };
  }
  return plan;
}

function logUniform(random: Random, low: number, high: number): number {
  return low * math.pow(high / low, random.next());
}
