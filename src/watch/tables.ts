import { percent } from "../cli/progress.ts";
import type { OptimizerOptions } from "../engine/trainer.ts";
import { formatShape, type Summary, type SummaryRow } from "../model/summary.ts";
import type { EpochRecord } from "../train/checkpoint.ts";
import type { RecipeOptions } from "../train/recipe.ts";
import { type Html, html, type HtmlPart } from "./html.ts";
import { type AnsweredPicture, runLink, type RunReport } from "./report.ts";

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

/**
 * @param pictures Pictures with what they are and what they were taken for.
 * @param classes How many classes there are.
 * @returns How many pictures of each class (row) were taken for which (column).
 */
export function countConfusion(
  pictures: readonly Pick<AnsweredPicture, "label" | "answer">[],
  classes: number,
): number[][] {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const { label, answer } of pictures) confusion[label][answer]++;
  return confusion;
}

/** The head of a column. */
interface Column {
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
function dataTable(
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

/**
 * What the charts show, in numbers: for readers who cannot see them, and for those who want it exactly.
 *
 * @param history What each epoch came to.
 * @param measuredOn What was set aside.
 * @returns A table that opens.
 */
export function epochTable(history: readonly EpochRecord[], measuredOn: string): Html {
  const names = ["epoch", "rate", "train loss", "train accuracy"];
  const measured = history.some(({ validation }) => validation !== undefined);
  if (measured) names.push(`${measuredOn} loss`, `${measuredOn} accuracy`);
  const columns = names.map((name) => ({ name, number: true }));
  const rows = history.map(({ epoch, learningRate, loss, accuracy, validation }) => [
    epoch,
    Number(learningRate.toPrecision(3)),
    loss.toFixed(4),
    percent(accuracy),
    ...measured
      ? [validation?.loss.toFixed(4) ?? "–", validation ? percent(validation.accuracy) : "–"]
      : [],
  ]);
  return html`
    <details>
      <summary>The same in numbers</summary>
      ${dataTable("Epochs", columns, rows)}
    </details>
  `;
}

/**
 * Names and values as a list.
 *
 * @param facts The facts, in order.
 * @returns The list.
 */
export function factList(facts: readonly (readonly [name: string, value: string])[]): Html {
  const items = facts.map(([name, value]) =>
    html`
      <div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>
    `
  );
  return html`<dl>${items}</dl>`;
}

/**
 * How a network was trained, for people.
 *
 * @param recipe What was asked for.
 * @returns Names and values, in order.
 */
export function recipeFacts(
  { epochs, batchSize, learningRate, schedule, optimizer = {} }: RecipeOptions,
): [name: string, value: string][] {
  return [
    ["epochs", `${epochs} of batches of ${batchSize}`],
    ["optimizer", describe(optimizer)],
    ["learning rate", `${learningRate}, ${schedule}`],
  ];
}

function describe({ name = "adam", momentum, weightDecay }: OptimizerOptions): string {
  return [
    name,
    ...momentum ? [`momentum ${momentum}`] : [],
    ...weightDecay ? [`weight decay ${weightDecay}`] : [],
  ].join(", ");
}

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
