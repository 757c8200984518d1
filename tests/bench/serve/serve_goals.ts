import type { Machine } from "../machine.ts";
import type { Measured } from "./measure_server.ts";
import type { Shed } from "./sheds.ts";

/** What {@linkcode missedGoals} judges. */
export interface ServeResult {
  /** As much as it carries. */
  readonly pixels: Measured;
  readonly png: Measured;
  /** Half of the goals. */
  readonly pixelsHalf: Measured;
  readonly pngHalf: Measured;
  /** The long load of digits. */
  readonly digits: Measured;
  /** Twice what it carries. */
  readonly overload: Measured & Shed;
  /** One after another, right after the overload. */
  readonly recovered: Measured;
  readonly garbage: Measured;
  /** Whether the server had a core of its own. */
  readonly pinned: boolean;
  readonly machine: Machine;
}

/** The least requests a second on one core. */
export const PIXELS_GOAL = 3000;
export const PNG_GOAL = 1000;

/** What 99 of 100 answers stay below under half of that, in milliseconds. */
export const P99_GOAL = 20;

/** The most memory, and the most that it may grow under a load that stays the same, in MB. */
export const MEMORY_GOAL = 256;
export const GROWTH_GOAL = 16;

/**
 * Says which goals are missed.
 *
 * @param result What was measured.
 * @returns A sentence for each.
 */
export function missedGoals(result: ServeResult): string[] {
  const { pixels, png, pixelsHalf, pngHalf, digits, overload, recovered, garbage } = result;
  const missed: string[] = [];
  const miss = (isMissed: boolean, text: string): void => {
    if (isMissed) missed.push(text);
  };
  for (
    const [name, { perSecond }, goal] of [
      ["pixels", pixels, PIXELS_GOAL],
      ["PNG", png, PNG_GOAL],
    ] as const
  ) {
    miss(
      perSecond < goal,
      `${Math.round(perSecond)} requests of ${name} a second, the goal is ${goal}`,
    );
  }
  for (const [name, { p99 }] of [["pixels", pixelsHalf], ["PNG", pngHalf]] as const) {
    miss(p99 >= P99_GOAL, `p99 of ${name} is ${p99} ms, the goal is below ${P99_GOAL} ms`);
  }
  for (
    const [name, measured, isExpected] of [
      ["pixels", pixels, isOk],
      ["PNG", png, isOk],
      ["half of the pixels", pixelsHalf, isOk],
      ["half of the PNG", pngHalf, isOk],
      ["the long load", digits, isOk],
      ["the overload", overload, (status: number) => isOk(status) || status === 503],
      ["the time after it", recovered, isOk],
      ["the garbage", garbage, (status: number) => status >= 400 && status < 500],
    ] as const
  ) {
    const others = Object.keys(measured.statuses).filter((status) => !isExpected(Number(status)));
    miss(others.length > 0, `${name} had responses of status ${others.join(", ")}`);
    miss(measured.errors > 0, `${name} had ${measured.errors} requests without a response`);
    miss(
      measured.peakMb >= MEMORY_GOAL,
      `memory under ${name} is ${Math.round(measured.peakMb)} MB, the goal is below ${MEMORY_GOAL}`,
    );
  }
  for (const [name, { growthMb }] of [["the long load", digits], ["garbage", garbage]] as const) {
    miss(
      growthMb > GROWTH_GOAL,
      `memory under ${name} grows by ${growthMb.toFixed(1)} MB, the goal is at most ${GROWTH_GOAL}`,
    );
  }
  miss((overload.statuses[503] ?? 0) === 0, "the overload was not shed");
  miss(overload.toldWhen < overload.refused, "503 came without Retry-After");
  return missed;
}

function isOk(status: number): boolean {
  return status === 200;
}
