import { type AblationResult, ABLATIONS } from "./ablate_kind.ts";
import { alignColumns } from "./align_columns.ts";

/**
 * What the steps of the preparation are good for, for people.
 *
 * @param results What each kind of picture came to.
 * @returns A table, a line for each kind: how many are read rightly, in percent, with all steps and with fewer.
 */
export function ablationTable(results: readonly AblationResult[]): string {
  const names = Object.keys(ABLATIONS);
  const rows = results.map(({ kind, count, right }) => [
    kind,
    count.toLocaleString("en-US"),
    ...names.map((name) => (100 * right[name] / count).toFixed(1)),
  ]);
  return alignColumns([["% right", "pictures", ...names], ...rows]);
}
