import type { Candidate } from "./whole_digit.ts";

/** A way through a line whose odds are e to this times worse than the best's is not looked at. */
const HOPELESS = 8;

/**
 * Leaves out the segments of a line that are on no good way through it, so that the network of digits need not look at
 * them.
 *
 * @param candidates The segments.
 * @param places The number of the last place of the line.
 * @returns Those that are on the best way through the line, or on one nearly as good; none when there is no way.
 */
export function likelyDigits(candidates: readonly Candidate[], places: number): Candidate[] {
  // The best way to each place from the start, and from there to the end.
  const there = new Float64Array(places + 1).fill(-Infinity);
  const onwards = new Float64Array(places + 1).fill(-Infinity);
  there[0] = 0;
  onwards[places] = 0;
  const inOrder = [...candidates].sort((a, b) => a.segment.first - b.segment.first);
  for (const { segment: { first, last }, odds } of inOrder) {
    there[last] = Math.max(there[last], there[first] + odds);
  }
  for (const { segment: { first, last }, odds } of inOrder.reverse()) {
    onwards[first] = Math.max(onwards[first], odds + onwards[last]);
  }
  if (there[places] === -Infinity) return [];
  return candidates.filter(({ segment: { first, last }, odds }) =>
    there[first] + odds + onwards[last] >= there[places] - HOPELESS
  );
}
