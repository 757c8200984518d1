import { Random } from "../../src/model/random.ts";

/**
 * Chance for one picture, the same whatever other pictures are made.
 *
 * @param kind The kind of picture.
 * @param index Which digit of its set it is made of.
 * @param seed What else tells one set of pictures from another.
 * @returns Where its chance comes from.
 */
export function pictureRandom(kind: string, index: number, seed: number): Random {
  let hash = seed;
  for (const letter of kind) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  return new Random((hash >>> 0) * 0x10_0000 + index);
}
