import { formatShape, type Summary, type SummaryRow } from "../../src/model/summary.ts";
import { type Column, dataTable } from "./data_table.ts";
import type { Html } from "./html.ts";

const COLUMNS: readonly Column[] = [
  { name: "layer" },
  { name: "what" },
  { name: "output" },
  { name: "parameters", number: true },
  { name: "multiply-adds", number: true },
  { name: "connections", number: true },
];

/**
 * A network layer by layer, as a table.
 *
 * @param summary The network.
 * @returns The table.
 */
export function summaryTable(summary: Summary): Html {
  const { name, input, rows } = summary;
  return dataTable(
    `Layers of ${name}`,
    COLUMNS,
    [
      ["input", "", formatShape(input), "", "", ""],
      ...rows.map((row) => [row.layer, row.what, formatShape(row.output), ...counts(row)]),
    ],
    [name, "total", "", ...counts(summary)],
  );
}

function counts({ parameters, multiplyAdds, connections }: Summary | SummaryRow): string[] {
  return [parameters, multiplyAdds, connections].map((count) => count.toLocaleString("en-US"));
}
