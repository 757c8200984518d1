/** The middle of some times, in the unit they came in. */
export function median(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/**
 * Times several ways of doing the same, in turns, so that a slow moment of the machine hits all of them.
 *
 * @param ways What to time, by name.
 * @param rounds How often each has its turn, after two turns that do not count.
 * @returns The median time of each, in milliseconds.
 */
export async function takeTurns<Name extends string>(
  ways: Readonly<Record<Name, () => unknown>>,
  rounds: number,
): Promise<Record<Name, number>> {
  const names = Object.keys(ways) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = -2; round < rounds; round++) {
    for (const name of names) {
      const start = performance.now();
      await ways[name]();
      if (round >= 0) times.get(name)!.push(performance.now() - start);
    }
  }
  return Object.fromEntries(
    names.map((name) => [name, median(times.get(name)!)]),
  ) as Record<Name, number>;
}
