/** The standard score of 95 %. */
const SCORE = 1.959964;

/**
 * Between which bounds a share lies that was counted, with a certainty of 95 % (E. Wilson, 1927).
 *
 * @param hits How many were counted.
 * @param count Of how many, from 1.
 * @returns The bounds, 0 to 1.
 */
export function wilson(hits: number, count: number): [low: number, high: number] {
  const share = hits / count;
  const square = SCORE ** 2 / count;
  const middle = share + square / 2;
  const reach = SCORE * Math.sqrt(share * (1 - share) / count + square / count / 4);
  return [
    Math.max(0, (middle - reach) / (1 + square)),
    Math.min(1, (middle + reach) / (1 + square)),
  ];
}
