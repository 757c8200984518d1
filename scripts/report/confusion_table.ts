import { percent } from "../percent.ts";
import { type Html, html } from "./html.ts";

/** Names longer than this stand upright above their columns. */
const SHORT_NAME = 3;

/**
 * A confusion matrix as a table; the shade of a cell shows its share of the row.
 *
 * @param confusion How many pictures of each class (row) were taken for which (column).
 * @param classNames A name for each class.
 * @returns The table.
 */
export function confusionTable(
  confusion: readonly (readonly number[])[],
  classNames: readonly string[],
): Html {
  const upright = classNames.some((name) => name.length > SHORT_NAME) ? "upright" : "";
  const heads = [...classNames, "right"].map((name) =>
    html`<th scope="col"><span>${name}</span></th>`
  );
  const rows = confusion.map((row, label) => confusionRow(row, label, classNames[label]));
  return html`
    <div class="scroll" role="region" aria-label="Confusion matrix" tabindex="0">
      <table class="confusion ${upright}">
        <caption>Rows: what it is. Columns: what was read.</caption>
        <thead>
          <tr><td></td>${heads}</tr>
        </thead>
        <tbody>${rows}</tbody>
      </table>
    </div>
  `;
}

function confusionRow(row: readonly number[], label: number, name: string): Html {
  const total = row.reduce((sum, count) => sum + count, 0);
  const cells = row.map((count, answer) => {
    if (count === 0) return html`<td class="none">0</td>`;
    const kind = answer === label ? "right" : "wrong";
    // Of the mistakes, the root: they are few, and would all look like none.
    const shade = kind === "right" ? count / total : Math.sqrt(count / total);
    return html`<td class="${kind}" style="--shade: ${shade.toFixed(3)}">${count}</td>`;
  });
  const right = total === 0 ? "–" : percent(row[label] / total);
  return html`<tr><th scope="row">${name}</th>${cells}<td class="share">${right}</td></tr>`;
}
