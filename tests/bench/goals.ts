import type { BenchResult } from "./bench_result.ts";
import { type CaseName, FIRST_ANSWER } from "./cases.ts";

/** What the goals look at. */
export type Measured = Pick<BenchResult, "rows" | "bound_us" | "cold_start_ms" | "bundle_bytes">;

/** A number that must be at least, or at most, so much. */
interface Goal {
  readonly what: string;
  /** The number; NaN when it was not measured. */
  readonly value: (measured: Measured) => number;
  readonly limit: { readonly least: number } | { readonly most: number };
  readonly unit: "×" | "ms" | "KB";
}

const GOALS: readonly Goal[] = [
  {
    what: "one digit: the time of tfjs-wasm over ours",
    value: (measured) => ratioToOurs(measured, "one digit", "tfjs-wasm"),
    limit: { least: 5 },
    unit: "×",
  },
  {
    what: "one digit: the time of onnxruntime-web over ours",
    value: (measured) => ratioToOurs(measured, "one digit", "onnxruntime-web"),
    limit: { least: 4 },
    unit: "×",
  },
  {
    what: "one digit: the time of onnxruntime-node over ours",
    value: (measured) => ratioToOurs(measured, "one digit", "onnxruntime-node"),
    limit: { least: 1 },
    unit: "×",
  },
  {
    what: "one digit: our time over the bound",
    value: (measured) => ourMicroseconds(measured, "one digit") / measured.bound_us,
    limit: { most: 1.25 },
    unit: "×",
  },
  {
    what: "batch of 256: the time of tfjs-wasm over ours",
    value: (measured) => ratioToOurs(measured, "batch of 256", "tfjs-wasm"),
    limit: { least: 1.8 },
    unit: "×",
  },
  {
    what: "batch of 256: our time over that of onnxruntime-node",
    value: (measured) => 1 / ratioToOurs(measured, "batch of 256", "onnxruntime-node"),
    limit: { most: 1.8 },
    unit: "×",
  },
  {
    what: "first answer after load",
    value: (measured) => ourMicroseconds(measured, FIRST_ANSWER) / 1000,
    limit: { most: 3 },
    unit: "ms",
  },
  {
    what: "start to first answer, over an empty script",
    value: ({ cold_start_ms: { ours = NaN } }) => ours,
    limit: { most: 10 },
    unit: "ms",
  },
  {
    what: "start to first answer: the time of tfjs-wasm over ours",
    // Noise can make a difference of two times less than nothing.
    value: ({ cold_start_ms: { ours = NaN, "tfjs-wasm": tfjs = NaN } }) =>
      tfjs / Math.max(ours, 0.01),
    limit: { least: 8 },
    unit: "×",
  },
  {
    what: "bundle with the weights, gzipped",
    value: ({ bundle_bytes: { ours = NaN } }) => ours / 1000,
    limit: { most: 150 },
    unit: "KB",
  },
];

/**
 * Holds what was measured to the goals.
 *
 * @param measured What was measured.
 * @returns A sentence for every goal that was not met; one that could not be measured was not met.
 */
export function missedGoals(measured: Measured): string[] {
  return GOALS.flatMap(({ what, value, limit, unit }) => {
    const found = value(measured);
    const [isMet, wanted] = "least" in limit
      ? [found >= limit.least, `at least ${limit.least}`]
      : [found <= limit.most, `at most ${limit.most}`];
    if (isMet) return [];
    const was = Number.isNaN(found) ? "not measured" : `${found.toFixed(2)} ${unit}`;
    return [`${what}: ${was}, the goal is ${wanted} ${unit}`];
  });
}

function ratioToOurs({ rows }: Measured, name: CaseName, engine: string): number {
  return rows.find((row) => row.case === name && row.engine === engine)?.ratio_to_ours ?? NaN;
}

function ourMicroseconds({ rows }: Measured, name: CaseName): number {
  return rows.find((row) => row.case === name && row.engine === "ours")?.median_us ?? NaN;
}
