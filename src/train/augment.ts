import type { Distortions } from "../data/distort.ts";

/** The share of a run after which distortions calm down, and what is left of them. */
const CALM_FROM = 0.85;
const CALM_STRENGTH = 0.4;

/**
 * The distortions at one point of a run: full, then, for the last 15 % of the epochs, weak, so that a network ends
 * on images like those it will meet.
 *
 * @param augment The distortions of the recipe, or null.
 * @param progress How much of the run is done, 0 to 1.
 * @returns The distortions to use, or null.
 */
export function distortionsAt(augment: Distortions | null, progress: number): Distortions | null {
  if (augment === null || progress < CALM_FROM) return augment;
  return { ...augment, strength: augment.strength * CALM_STRENGTH };
}
