/** A limit on a measured number. */
export interface Goal<Measured> {
  readonly name: string;
  readonly limit: { readonly atLeast: number } | { readonly atMost: number };
  readonly unit: "%" | "points" | "digits" | "ms" | "MB";
  /** The kinds of pictures that must be measured for it. */
  readonly kinds: readonly string[];
  /** The number; NaN where it was not measured. */
  readonly value: (measured: Measured) => number;
}

/** A goal with its measured value. */
export interface GoalResult {
  readonly name: string;
  /** The measured number; NaN where it was not measured. */
  readonly value: number;
  /** The limit in words. */
  readonly wanted: string;
  readonly unit: Goal<unknown>["unit"];
  readonly isMet: boolean;
}

/**
 * Checks goals.
 *
 * @param goals The goals.
 * @param measured What was measured.
 * @param kinds The kinds that were asked for: goals that need others are left out.
 * @returns The goals in their order; what was not measured is not met.
 */
export function checkGoals<Measured>(
  goals: readonly Goal<Measured>[],
  measured: Measured,
  kinds: readonly string[],
): GoalResult[] {
  return goals.filter((goal) => goal.kinds.every((kind) => kinds.includes(kind)))
    .map(({ name, limit, unit, value: valueOf }) => {
      const value = valueOf(measured);
      const [isMet, wanted] = "atLeast" in limit
        ? [value >= limit.atLeast, `at least ${limit.atLeast}`]
        : [value <= limit.atMost, `at most ${limit.atMost}`];
      return { name, value, wanted, unit, isMet };
    });
}

/** Formats goals, one a line. */
export function goalList(results: readonly GoalResult[]): string {
  return results
    .map(({ name, value, wanted, unit, isMet }) => {
      const was = Number.isNaN(value) ? "not measured" : `${value.toFixed(2)} ${unit}`;
      return `${isMet ? "met   " : "missed"}  ${name}: ${was}, the goal is ${wanted} ${unit}`;
    })
    .join("\n");
}
