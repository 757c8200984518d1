import { median, timesInTurns } from "./measure.ts";

/** How long a turn takes, about, unless one call takes longer: many short calls make a turn. */
const TURN_MS = 2;

/** How long something runs before it is timed, so that every tier of the compilers has had its say. */
const WARM_UP_MS = 200;

/** How long all turns take together, about, and how many rounds of them there are at least. */
const TOTAL_MS = 4000;
const MIN_ROUNDS = 7;

/** A call, and how many digits it reads. */
export interface TimedCall {
  readonly call: () => unknown;
  readonly digits: number;
}

/**
 * Times calls, warm and in turns. Each call is timed alone: what it takes with caches that another way has filled, or
 * when the machine does something else in between, is the exception that a median leaves out.
 *
 * @param timedCalls What to time, by name.
 * @returns The median time of each for one digit, in µs.
 */
export async function timeCalls<Name extends string>(
  timedCalls: Readonly<Record<Name, TimedCall>>,
): Promise<Record<Name, number>> {
  const names = Object.keys(timedCalls) as Name[];
  const ways = {} as Record<Name, () => unknown>;
  const calls = {} as Record<Name, number>;
  let roundMs = 0;
  for (const name of names) {
    ways[name] = timedCalls[name].call;
    const callMs = await warmUp(ways[name]);
    calls[name] = Math.max(1, Math.round(TURN_MS / callMs));
    roundMs += calls[name] * callMs;
  }
  const rounds = Math.max(MIN_ROUNDS, Math.round(TOTAL_MS / roundMs));
  const times = await timesInTurns(ways, rounds, calls);
  return Object.fromEntries(
    names.map((name) => [name, median(times[name]) / timedCalls[name].digits * 1000]),
  ) as Record<Name, number>;
}

/** Calls something until it is warm, and gives the shortest time it took, in milliseconds. */
async function warmUp(call: () => unknown): Promise<number> {
  let shortest = Infinity;
  for (const end = performance.now() + WARM_UP_MS; performance.now() < end;) {
    const start = performance.now();
    await call();
    shortest = Math.min(shortest, performance.now() - start);
  }
  return shortest;
}
