// Numbers and tables as text, for pages and terminals.

/**
 * Formats a duration.
 *
 * @param seconds The duration, in seconds.
 * @returns Minutes and seconds such as `1:05`, or `2:00:00` from an hour on.
 */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((part) =>
    String(part).padStart(2, "0")
  );
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${parts.join(":")}` : parts.join(":").replace(/^0/, "");
}

/**
 * Formats a share as a percentage with two decimals.
 *
 * @param share A share, 0 to 1.
 * @returns Such as `98.73 %`.
 */
export function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

/**
 * Formats an interval of shares in percent.
 *
 * @param interval The bounds, 0 to 1.
 * @returns Such as `98.51 to 98.94`.
 */
export function intervalText(interval: readonly [low: number, high: number]): string {
  return interval.map((bound) => (100 * bound).toFixed(2)).join(" to ");
}

/**
 * Formats a table as lines of text: the first column aligned left, all others right, as numbers are.
 *
 * @param rows The head and the rows below it, with as many cells each.
 * @returns A line for each row.
 */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows
    .map((row) =>
      row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join("  ")
    )
    .join("\n");
}
