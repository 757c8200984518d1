/**
 * @param interval The bounds of a share, 0 to 1.
 * @returns Them for people, in percent, such as `98.51 to 98.94`.
 */
export function intervalText(interval: readonly [low: number, high: number]): string {
  return interval.map((bound) => (100 * bound).toFixed(2)).join(" to ");
}
