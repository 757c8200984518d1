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
 * @param calls How often each is called in a turn, and timed alone; once, unless it is given.
 * @returns The time of every call of each, in milliseconds, in the order of the rounds.
 */
export async function timesInTurns<Name extends string>(
  ways: Readonly<Record<Name, () => unknown>>,
  rounds: number,
  calls?: Readonly<Record<Name, number>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(ways) as Name[];
  const times = Object.fromEntries(
    names.map((name) => [name, []]),
  ) as unknown as Record<Name, number[]>;
  for (let round = -2; round < rounds; round++) {
    for (const name of names) {
      for (let left = calls?.[name] ?? 1; left > 0; left--) {
        const start = performance.now();
        await ways[name]();
        if (round >= 0) times[name].push(performance.now() - start);
      }
    }
  }
  return times;
}

/**
 * {@linkcode timesInTurns}, and of each the middle.
 *
 * @param ways What to time, by name.
 * @param rounds How often each has its turn, after two turns that do not count.
 * @returns The median time of each, in milliseconds.
 */
export async function takeTurns<Name extends string>(
  ways: Readonly<Record<Name, () => unknown>>,
  rounds: number,
): Promise<Record<Name, number>> {
  const times = await timesInTurns(ways, rounds);
  return Object.fromEntries(
    Object.entries<number[]>(times).map(([name, times]) => [name, median(times)]),
  ) as Record<Name, number>;
}
