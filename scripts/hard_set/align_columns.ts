/**
 * Sets out rows of words in columns: the first from the left, all others to the right, as numbers are.
 *
 * @param rows The head and the rows below it, with as many cells each.
 * @returns A line for each.
 */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows
    .map((row) =>
      row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join("  ")
    )
    .join("\n");
}
