import { colouredMaterials, darkMaterials, type Materials, plainMaterials } from "./light.ts";
import type { Random } from "../../../../src/model/random.ts";

/** How a digit is written and photographed. */
export interface Plan {
  /** Columns and rows of the picture. */
  readonly width: number;
  readonly height: number;
  /** How much of the picture's shorter side the digit's longer side takes, 0 to 1. */
  readonly share: number;
  /** Where the digit lies in the room that is left, each 0 to 1; 0.5 is the middle. */
  readonly place: readonly [across: number, down: number];
  readonly materials: Materials;
  /** Degrees, clockwise. */
  readonly rotation: number;
  /** How much nearer the camera is to one side of the digit than to the other, across and down. */
  readonly tilt: readonly [across: number, down: number];
  /** What is left of the width of strokes. */
  readonly thin?: number;
  /** How much further ink reaches, in pixels of MNIST. */
  readonly thick?: number;
  /** Lines on the paper, and how dark and close they are, 0 to 1. */
  readonly rulings?: { readonly squared: boolean; readonly strength: number };
  /** How many times as bright the brightest place is as the darkest. */
  readonly gradient?: number;
  /** How much light is left in a shadow. */
  readonly shadow?: number;
  /** The deviation of the blur, as a share of the digit's longer side. */
  readonly blur?: number;
  /** How strong the noise is, 0 to 1. */
  readonly noise?: number;
  /** The quality of the JPEG. */
  readonly jpeg?: number;
}

/** What can be wrong with a picture, each by itself. */
export type Damage = keyof typeof DAMAGES;

/** Something that is done to a picture, as strong as it is asked to be, 0 to 1. */
type DamageIt = (strength: number, random: Random) => Partial<Plan>;

const either = (random: Random, amount: number): number =>
  amount * (random.next() < 0.5 ? -1 : 1) * random.uniform(0.3, 1);

/** Smaller digits are no longer read without doubt. */
const MIN_DIGIT = 14;

/** What can be wrong with a picture. */
export const DAMAGES = {
  size: (strength: number, random: Random): Partial<Plan> => {
    // Large pictures are rare: they take long.
    const large = random.next() < 0.08;
    const shorter = large
      ? random.uniform(400, 400 + 800 * strength)
      : logUniform(random, 20 * 4 ** (1 - strength), 400);
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
    materials: random.next() < 0.8 ? darkMaterials(random) : plainMaterials(random),
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
    rotation: either(random, 12 * strength),
  }),
  perspective: (strength: number, random: Random): Partial<Plan> => ({
    tilt: [either(random, 0.45 * strength), either(random, 0.45 * strength)],
    rotation: random.uniform(-4, 4) * strength,
  }),
} satisfies Record<string, DamageIt>;

/**
 * A picture with nothing wrong: ink on white paper, the digit near the middle.
 *
 * @param random Where chance comes from.
 * @returns The plan of it.
 */
export function soundPlan(random: Random): Plan {
  const side = random.uniform(80, 240);
  return {
    width: Math.round(side * random.uniform(1, 1.25)),
    height: Math.round(side * random.uniform(1, 1.25)),
    share: random.uniform(0.45, 0.8),
    place: [random.uniform(0.35, 0.65), random.uniform(0.35, 0.65)],
    materials: plainMaterials(random),
    rotation: 0,
    tilt: [0, 0],
  };
}

/** How strong each damage is where there are several. */
const MIXED = 0.55;

/** Damages of which a picture has at most one. */
const GROUPS: readonly (readonly Damage[])[] = [
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

/**
 * A picture as people take them: three to six things are a little wrong with it.
 *
 * @param random Where chance comes from.
 * @returns The plan of it.
 */
export function mixedPlan(random: Random): Plan {
  const groups = random.shuffle(GROUPS.slice()).slice(0, 3 + random.integer(4));
  let plan = soundPlan(random);
  for (const group of groups) {
    plan = { ...plan, ...DAMAGES[group[random.integer(group.length)]](MIXED, random) };
  }
  return plan;
}

function logUniform(random: Random, low: number, high: number): number {
  return low * (high / low) ** random.next();
}
