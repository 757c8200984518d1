import { percent } from "../percent.ts";
import { alignColumns } from "./align_columns.ts";
import type { KindResult } from "./measure_kind.ts";

/**
 * What kinds of pictures came to, for people.
 *
 * @param results What each came to.
 * @returns A table, a line for each.
 */
export function resultTable(results: readonly KindResult[]): string {
  const head = ["kind", "pictures", "right", "95 % interval", "read none", "ms"];
  const rows = results.map(({ kind, count, share, interval, none, milliseconds }) => [
    kind,
    count.toLocaleString("en-US"),
    percent(share),
    interval.map((bound) => (bound * 100).toFixed(2)).join(" to "),
    none.toLocaleString("en-US"),
    milliseconds.toFixed(2),
  ]);
  return alignColumns([head, ...rows]);
}
