import { wordsOf } from "./words_of.ts";

/**
 * Counts how often each brightness occurs.
 *
 * @param values Brightness, 0 to 255.
 * @returns 256 counts.
 */
export function histogram(values: Uint8Array | Uint8ClampedArray): Uint32Array {
  // Neighbours are mostly equal, and adding to the number just stored waits for it: four tables take turns.
  const tables = new Uint32Array(4 * 256);
  const fours = wordsOf(values);
  for (let i = 0; i < fours.length;) {
    const four = fours[i];
    const first = i++;
    // Drawings are mostly flat: what is like the four before is counted with them.
    while (i < fours.length && fours[i] === four) i++;
    tables[four & 255] += i - first;
    tables[256 + (four >>> 8 & 255)] += i - first;
    tables[512 + (four >>> 16 & 255)] += i - first;
    tables[768 + (four >>> 24)] += i - first;
  }
  for (let i = 4 * fours.length; i < values.length; i++) tables[values[i]]++;
  return tables.subarray(0, 256).map((count, level) =>
    count + tables[256 + level] + tables[512 + level] + tables[768 + level]
  );
}

/**
 * The brightness below which a share of the weight lies.
 *
 * Where the share falls between two levels it is their mean, so that the median of a picture and the median of its
 * negative add up to 255.
 *
 * @param weights The weight of each brightness, 0 to 255.
 * @param share The share, 0 to 1.
 * @returns The brightness, a whole or half number; 0 when there is no weight.
 */
export function quantile(weights: ArrayLike<number>, share: number): number {
  let total = 0;
  for (let level = 0; level < weights.length; level++) total += weights[level];
  let below = 0;
  let lower = -1;
  for (let level = 0; level < weights.length; level++) {
    below += weights[level];
    if (lower < 0 && below > 0 && below >= share * total) lower = level;
    if (below > share * total) return (lower + level) / 2;
  }
  return Math.max(lower, 0);
}
