import { type Html, html, type HtmlPart } from "./html.ts";

/** The head of a column. */
export interface Column {
  readonly name: string;
  /** Whether it holds numbers, which stand right. */
  readonly number?: boolean;
}

/**
 * A table that scrolls by itself where it is wider than the page.
 *
 * @param label What it is, for those who cannot see it.
 * @param columns The heads of the columns.
 * @param rows The cells of every row; the first one is its head.
 * @param total The cells of a last row that sums up the others.
 * @returns The table.
 */
export function dataTable(
  label: string,
  columns: readonly Column[],
  rows: readonly (readonly HtmlPart[])[],
  total?: readonly HtmlPart[],
): Html {
  const kinds = columns.map(({ number }) => number ? "number" : "text");
  const row = ([head, ...cells]: readonly HtmlPart[]): Html => {
    const rest = cells.map((cell, i) => html`<td class="${kinds[i + 1]}">${cell}</td>`);
    return html`<tr><th scope="row" class="${kinds[0]}">${head}</th>${rest}</tr>`;
  };
  const heads = columns.map(({ name }, i) =>
    html`<th scope="col" class="${kinds[i]}">${name}</th>`
  );
  const foot = total === undefined ? undefined : html`<tfoot>${row(total)}</tfoot>`;
  return html`
    <div class="scroll" role="region" aria-label="${label}" tabindex="0">
      <table>
        <thead><tr>${heads}</tr></thead>
        <tbody>${rows.map(row)}</tbody>
        ${foot}
      </table>
    </div>
  `;
}
