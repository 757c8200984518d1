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

/** Takes so many steps, and gives the time of each, in milliseconds. */
export type TakeSteps = (steps: number) => readonly number[] | Promise<readonly number[]>;

/** Steps of a turn: enough for the caches to be warm in most of them. */
const STEPS_IN_TURN = 5;

/**
 * Times the steps of several trainers, each in a process of its own or in this one, in turns of a few steps.
 *
 * @param trainers What to time, by name.
 * @param rounds How often each has its turn, after one that does not count.
 * @returns The median time of a step in each turn, in milliseconds, in the order of the rounds.
 */
export async function stepsInTurns<Name extends string>(
  trainers: Readonly<Record<Name, TakeSteps>>,
  rounds: number,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(trainers) as Name[];
  const times = Object.fromEntries(
    names.map((name) => [name, []]),
  ) as unknown as Record<Name, number[]>;
  for (let round = -1; round < rounds; round++) {
    for (const name of names) {
      const turn = median(await trainers[name](STEPS_IN_TURN));
      if (round >= 0) times[name].push(turn);
    }
  }
  return times;
}

/**
 * How many times as long something takes as something else, round by round: what slows the machine for a while slows
 * both of a round.
 *
 * @param times The time of each round.
 * @param others The time of the other in the same rounds.
 * @returns The median of `times` over `others`.
 */
export function ratioOfRounds(times: readonly number[], others: readonly number[]): number {
  return median(times.map((time, round) => time / others[round]));
}
