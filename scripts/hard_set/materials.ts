import type { Random } from "../../src/model/random.ts";

/** Red, green and blue, 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** What is written with, and on what. */
export interface Materials {
  readonly ink: Colour;
  readonly paper: Colour;
}

/**
 * The brightness of a colour by Rec. 601.
 *
 * @param colour The colour.
 * @returns Its luma, 0 to 255.
 */
export function brightness([red, green, blue]: Colour): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/**
 * Dark ink on white paper, hardly coloured.
 *
 * @param random Where chance comes from.
 * @returns The materials.
 */
export function plainMaterials(random: Random): Materials {
  const [ink, paper] = [random.uniform(10, 70), random.uniform(205, 255)];
  const warmth = random.uniform(-6, 8);
  return { ink: [ink, ink, ink + 8], paper: [paper + warmth, paper, paper - warmth] };
}

/**
 * Light ink on a dark ground: chalk on a board, a drawing on a black canvas.
 *
 * @param random Where chance comes from.
 * @returns The materials.
 */
export function darkMaterials(random: Random): Materials {
  const { ink, paper } = plainMaterials(random);
  const green = random.next() < 0.3 ? 25 : 0;
  return { ink: paper, paper: [ink[0], ink[1] + green, ink[2]] };
}

/**
 * Coloured ink on coloured paper, either of which may be the lighter one, so different in brightness that nobody takes
 * one for the other.
 *
 * @param least The least difference in brightness between them, 0 to about 100.
 * @param random Where chance comes from.
 * @returns The materials.
 */
export function colouredMaterials(least: number, random: Random): Materials {
  for (;;) {
    const paper = colour(random, random.next() < 0.75 ? random.uniform(0.6, 1) : random.next());
    const ink = colour(random, random.next());
    if (Math.abs(brightness(ink) - brightness(paper)) >= least) return { ink, paper };
  }
}

/** A colour of any hue; the larger the lightness, 0 to 1, the paler. */
function colour(random: Random, lightness: number): Colour {
  const hue = random.uniform(0, 6);
  const vivid = random.uniform(0.2, 1) * (1 - Math.abs(2 * lightness - 1));
  const channel = (offset: number): number => {
    const place = (hue + offset) % 6;
    const share = Math.min(1, Math.max(0, Math.abs(place - 3) - 1));
    return 255 * (lightness + vivid * (share - 0.5));
  };
  return [channel(0), channel(4), channel(2)];
}
