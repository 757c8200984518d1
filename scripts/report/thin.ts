/**
 * Which points of a line to draw where it has more of them than can be seen: the lowest and the highest of each of
 * many stretches of equal length, so that no peak is lost.
 *
 * @param values The height of every point.
 * @param most How many to keep at most, from 2.
 * @returns Their positions in the line, in order; all of them where there are no more than that.
 */
export function thin(values: readonly number[], most: number): number[] {
  if (values.length <= most) return [...values.keys()];
  const stretches = Math.floor(most / 2);
  const kept: number[] = [];
  for (let stretch = 0; stretch < stretches; stretch++) {
    const start = Math.floor(stretch * values.length / stretches);
    const end = Math.floor((stretch + 1) * values.length / stretches);
    let [lowest, highest] = [start, start];
    for (let i = start + 1; i < end; i++) {
      if (values[i] < values[lowest]) lowest = i;
      if (values[i] > values[highest]) highest = i;
    }
    kept.push(Math.min(lowest, highest));
    if (lowest !== highest) kept.push(Math.max(lowest, highest));
  }
  return kept;
}
