/**
 * Counts how often each brightness occurs.
 *
 * @param values Brightness, 0 to 255.
 * @returns 256 counts.
 */
export function histogram(values: Uint8Array | Uint8ClampedArray): Uint32Array {
  // Neighbours are mostly equal, and adding to the number just stored waits for it: four tables take turns.
  const tables = new Uint32Array(4 * 256);
  let i = 0;
  for (; i + 4 <= values.length; i += 4) {
    tables[values[i]]++;
    tables[256 + values[i + 1]]++;
    tables[512 + values[i + 2]]++;
    tables[768 + values[i + 3]]++;
  }
  for (; i < values.length; i++) tables[values[i]]++;
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
