/** A fragment of HTML. */
export class Html {
  /** @param text Well-formed HTML. */
  constructor(readonly text: string) {}
}

/** A part of a template: text is escaped, HTML is inserted as it is, lists are joined, undefined gives nothing. */
export type HtmlPart = Html | string | number | undefined | readonly HtmlPart[];

/**
 * A template of HTML. Text that is inserted is escaped, for elements and for quoted attributes.
 *
 * @param strings The literal parts.
 * @param parts The inserted parts.
 * @returns The HTML.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return new Html(String.raw({ raw: strings }, ...parts.map(textOf)));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function textOf(part: HtmlPart): string {
  if (part === undefined) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(textOf).join("");
  return String(part).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/**
 * Formats a value as JSON for a `<script>` element. No `<` is left in it, which could end the element or begin a
 * comment.
 *
 * @param value A value of JSON.
 * @returns The JSON.
 */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

/**
 * Makes a page of text and pictures that is complete in itself and runs no script.
 *
 * @param title Its title and heading.
 * @param style Styles beside those of all such pages.
 * @param body The content under the heading.
 * @returns The HTML file.
 */
export function plainPage(title: string, style: string, body: Html): string {
  const all = `body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem; color-scheme: light dark }
p { max-width: 45rem }
${style}`;
  return html`
    <!doctype html>
    <html lang="en"><meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <meta http-equiv="content-security-policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
        <title>${title}</title><style>${all}</style>
        <h1>${title}</h1>
        ${body}</html>
  `.text;
}

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
