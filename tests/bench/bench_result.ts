import type { CaseName } from "./cases.ts";
import { missedGoals } from "./goals.ts";
import type { Machine } from "./machine.ts";

/** Numbers by the name of the engine. */
export type ByEngine = Readonly<Record<string, number>>;

/** One measured time. */
export interface BenchRow {
  readonly case: CaseName;
  readonly engine: string;
  /** For one digit, in µs. */
  readonly median_us: number;
  /** How many times as long as ours; NaN where ours could not be measured. */
  readonly ratio_to_ours: number;
}

/** What was measured, before anything is derived from it. */
export interface Measurements {
  readonly machine: Machine;
  /** The median time for one digit in µs, by case and engine; the peak rate goes by the name of `bound`. */
  readonly cases: Readonly<Record<CaseName, ByEngine>>;
  readonly empty_script: { readonly ms: number; readonly rss_mb: number };
  /** Process start to first answer, over the empty script. */
  readonly cold_start_ms: ByEngine;
  /** What a page loads, minified and gzipped. */
  readonly bundle_bytes: ByEngine;
  /** Resident memory after a thousand answers. */
  readonly rss_mb: ByEngine;
  /** Why something could not be measured, by what it is. */
  readonly unavailable: Readonly<Record<string, string>>;
}

/** What `deno task bench --json` prints. */
export interface BenchResult extends Omit<Measurements, "cases"> {
  readonly rows: readonly BenchRow[];
  /** What one digit takes when every multiplication and addition is done at the peak rate of WASM SIMD. */
  readonly bound_us: number;
  /** A sentence for every goal that was not met. */
  readonly missed: readonly string[];
}

/**
 * Sets what was measured side by side, and holds it to the goals.
 *
 * @param measurements What was measured.
 * @returns The result.
 */
export function benchResult({ cases, ...measured }: Measurements): BenchResult {
  const rows = Object.entries(cases).flatMap(([name, times]) =>
    Object.entries(times).map(([engine, median_us]): BenchRow => ({
      case: name as CaseName,
      engine,
      median_us,
      ratio_to_ours: median_us / (times.ours ?? NaN),
    }))
  );
  const result = { ...measured, rows, bound_us: cases["one digit"].bound };
  return { ...result, missed: missedGoals(result) };
}
