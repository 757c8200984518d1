import { dataTable } from "./data_table.ts";
import type { Html } from "./html.ts";
import type { RunReport } from "./run_report.ts";
import { runLink } from "./run_link.ts";

/** The facts that are set beside each other, and those of them that make it worth it. */
const COMPARED = ["reported", "reached", "time"];
const REASONS = ["reported", "reached"];

/**
 * What was reported of all runs beside what they reached.
 *
 * @param runs The runs.
 * @returns A table, or nothing if no run says either.
 */
export function comparisonTable(runs: readonly RunReport[]): Html | undefined {
  const facts = runs.map(({ facts }) => new Map(facts));
  const compared = COMPARED.filter((name) => facts.some((run) => run.has(name)));
  if (!REASONS.some((name) => compared.includes(name))) return undefined;
  return dataTable(
    "Comparison",
    ["network", ...compared].map((name) => ({ name })),
    runs.map(({ name }, run) => [
      runLink(name),
      ...compared.map((fact) => facts[run].get(fact) ?? "–"),
    ]),
  );
}
