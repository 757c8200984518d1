import type { BenchResult, ByEngine } from "./bench_result.ts";
import { BATCHES, type CaseName, FIRST_ANSWER } from "./cases.ts";
import { ENGINES } from "./engines.ts";

const COLUMNS = [...ENGINES, "bound"] as const;

/** A line of the table: what it shows, and a number for each engine that has one. */
type Line = readonly [what: string, values: ByEngine];

/**
 * The result of the bench for people: the machine, a table in Markdown, the bound, and what is missing.
 *
 * @param result The result.
 * @returns Lines of text, without a newline at the end.
 */
export function benchTable(result: BenchResult): string {
  const { machine, empty_script, cold_start_ms, bundle_bytes, rss_mb } = result;
  const { cpu, cores, load, deno, v8 } = machine;
  return [
    `${cpu}, ${cores} cores, load ${load.toFixed(1)}; Deno ${deno}, V8 ${v8}`,
    "",
    ...table([
      ...Object.keys(BATCHES).map((name): Line => [
        name === "one digit" ? "one digit, µs" : `${name}, µs a digit`,
        times(result, name as CaseName),
      ]),
      [`${FIRST_ANSWER}, ms`, scaled(times(result, FIRST_ANSWER), 1000)],
      ["process start to first answer, ms", cold_start_ms],
      ["loaded by a page, gzipped, KB", scaled(bundle_bytes, 1000)],
      ["memory after 1,000 answers, MB", rss_mb],
    ]),
    "",
    "The bound: all multiplications and additions, and nothing else, at the peak rate of WASM SIMD.",
    `Process starts are over an empty script, which takes ${empty_script.ms.toFixed(0)} ms and ${
      empty_script.rss_mb.toFixed(0)
    } MB.`,
    ...Object.entries(result.unavailable).map(([what, why]) => `Not measured: ${what}: ${why}`),
  ].join("\n");
}

function times({ rows }: BenchResult, name: CaseName): ByEngine {
  return Object.fromEntries(
    rows.filter((row) => row.case === name).map(({ engine, median_us }) => [engine, median_us]),
  );
}

function scaled(values: ByEngine, unit: number): ByEngine {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value / unit]));
}

/** Numbers side by side, each with how many times ours it is. */
function table(lines: readonly Line[]): string[] {
  const [header, ...body] = [
    ["", ...COLUMNS],
    ...lines.map(([what, values]) => [what, ...COLUMNS.map((name) => cell(values, name))]),
  ];
  const widths = header.map((name, i) =>
    Math.max(name.length, ...body.map((row) => row[i].length))
  );
  return [header, widths.map((width) => "-".repeat(width)), ...body].map((row) =>
    `| ${row.map((text, i) => text.padEnd(widths[i])).join(" | ")} |`
  );
}

function cell(values: ByEngine, name: string): string {
  if (!(name in values)) return "–";
  const value = threeDigits(values[name]);
  return name === "ours" || !("ours" in values)
    ? value
    : `${value} (${threeDigits(values[name] / values.ours)} ×)`;
}

function threeDigits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}
