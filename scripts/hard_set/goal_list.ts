import type { GoalResult } from "./goals.ts";

/**
 * What became of the goals, for people.
 *
 * @param results Each goal.
 * @returns A line for each.
 */
export function goalList(results: readonly GoalResult[]): string {
  return results
    .map(({ name, value, wanted, unit, isMet }) => {
      const was = Number.isNaN(value) ? "not measured" : `${value.toFixed(2)} ${unit}`;
      return `${isMet ? "met   " : "missed"}  ${name}: ${was}, the goal is ${wanted} ${unit}`;
    })
    .join("\n");
}
