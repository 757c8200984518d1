import { LeNetError } from "../model/error.ts";

/** How the learning rate goes over a run. */
export type Schedule = "constant" | "cosine" | "one-cycle";

/** The ways the learning rate can go. */
export const SCHEDULES: readonly Schedule[] = ["constant", "cosine", "one-cycle"];

/** Share of a one-cycle run that warms up. */
const WARM_UP = 0.15;
/** Where a one-cycle run begins and ends, as shares of its highest rate. */
const FIRST = 1 / 25;
const LAST = 1e-4;

/**
 * The learning rate of a step, as a share of the highest.
 *
 * `cosine` falls along half a cosine (Loshchilov and Hutter, 2017); `one-cycle` first rises for 15 % of the run, then
 * falls, both along half a cosine (Smith and Topin, 2018).
 *
 * @param schedule Which way.
 * @param progress How much of the run is done, 0 to 1.
 * @returns A factor from 0 to 1.
 * @throws {LeNetError} `option/invalid` when there is no such schedule.
 */
export function learningRateFactor(schedule: Schedule, progress: number): number {
  switch (schedule) {
    case "constant":
      return 1;
    case "cosine":
      return ease(1, 0, progress);
    case "one-cycle":
      return progress < WARM_UP
        ? ease(FIRST, 1, progress / WARM_UP)
        : ease(1, LAST, (progress - WARM_UP) / (1 - WARM_UP));
    default:
      throw new LeNetError(
        "option/invalid",
        `Cannot train: the schedule is ${schedule}, expected one of ${SCHEDULES.join(", ")}`,
      );
  }
}

/** From one value to another along half a cosine. */
function ease(from: number, to: number, progress: number): number {
  return to + (from - to) * (1 + Math.cos(Math.PI * progress)) / 2;
}
