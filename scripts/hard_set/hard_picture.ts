import type { Random } from "../../src/model/random.ts";
import { enlargeWhole } from "./enlarge_whole.ts";
import { type Damage, DAMAGES, mixedPlan, soundPlan } from "./plan.ts";
import type { RgbaPicture } from "./rgba_picture.ts";
import { takePicture } from "./take_picture.ts";

/** A kind of picture that is hard to read by machine, though not by people. */
export type HardKind = "enlarged" | Damage | "mixed";

/** All kinds: each damage alone, and several at once. */
export const HARD_KINDS: readonly HardKind[] = [
  "enlarged",
  ...Object.keys(DAMAGES) as Damage[],
  "mixed",
];

/** Columns and rows of an enlarged picture. */
const ENLARGED = 200;

/**
 * Turns a digit of MNIST into a picture as people have them.
 *
 * @param digit 28×28 bytes, ink 255.
 * @param kind What is wrong with the picture.
 * @param random Where chance comes from: the same state gives the same picture.
 * @returns The picture.
 */
export function hardPicture(digit: Uint8Array, kind: HardKind, random: Random): RgbaPicture {
  if (kind === "enlarged") return enlargeWhole(digit, ENLARGED, random.next() < 0.5);
  if (kind === "mixed") return takePicture(digit, mixedPlan(random), random);
  const plan = { ...soundPlan(random), ...DAMAGES[kind](1, random) };
  return takePicture(digit, plan, random);
}
