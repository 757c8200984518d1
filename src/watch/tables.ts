import type { OptimizerOptions } from "../engine/trainer.ts";
import { formatShape, type Summary, type SummaryRow } from "../model/summary.ts";
import type { EpochRecord } from "../train/epoch.ts";
import type { RecipeOptions } from "../train/recipe.ts";
import { type Html, html, type HtmlPart, percent } from "./html.ts";
import type { AnsweredPicture } from "./pictures.ts";

/** Names and values, in order. */
export type Facts = readonly (readonly [name: string, value: string])[];

/** The facts that are compared between runs. Without one of the first two there is nothing to compare. */
const COMPARED = ["reported", "reached", "time"];

/**
 * Compares what was reported of runs with what they reached.
 *
 * @param runs The runs.
 * @returns A table, or undefined if no run states either.
 */
export function comparisonTable(
  runs: readonly { readonly name: string; readonly facts: Facts }[],
): Html | undefined {
  const facts = runs.map(({ facts }) => new Map(facts));
  const compared = COMPARED.filter((name) => facts.some((run) => run.has(name)));
  if (!compared.includes("reported") && !compared.includes("reached")) return undefined;
  return dataTable(
    "Comparison",
    ["network", ...compared].map((name) => ({ name })),
    runs.map(({ name }, run) => [
      runLink(name),
      ...compared.map((fact) => facts[run].get(fact) ?? "–"),
    ]),
  );
}

/**
 * The `id` of the section of a run.
 *
 * @param name The name of the run.
 * @returns The name without spaces.
 */
export function runId(name: string): string {
  return name.replace(/\s+/g, "-");
}

/**
 * A link to the section of a run.
 *
 * @param name The name of the run.
 * @returns The link.
 */
export function runLink(name: string): Html {
  return html`<a href="#${encodeURIComponent(runId(name))}">${name}</a>`;
}

/** Letters of a name. Longer names are rotated in the heads of their columns. */
const MAX_LEVEL_NAME = 3;

/**
 * Shows a confusion matrix. The shade of a cell is its share of the row.
 *
 * @param confusion Counts: a row for each label, a column for each answer.
 * @param classNames A name for each class.
 * @returns The table.
 */
export function confusionTable(
  confusion: readonly (readonly number[])[],
  classNames: readonly string[],
): Html {
  const upright = classNames.some((name) => name.length > MAX_LEVEL_NAME) ? "upright" : "";
  const heads = [...classNames, "right"].map((name) =>
    html`<th scope="col"><span>${name}</span></th>`
  );
  const rows = confusion.map((row, label) => confusionRow(row, label, classNames[label]));
  return html`
    <div class="scroll" role="region" aria-label="Confusion matrix" tabindex="0">
      <table class="confusion ${upright}">
        <caption>Rows: labels. Columns: answers.</caption>
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
    // Mistakes are few: the square root makes them visible.
    const shade = kind === "right" ? count / total : Math.sqrt(count / total);
    return html`<td class="${kind}" style="--shade: ${shade.toFixed(3)}">${count}</td>`;
  });
  const right = total === 0 ? "–" : percent(row[label] / total);
  return html`<tr><th scope="row">${name}</th>${cells}<td class="share">${right}</td></tr>`;
}

/**
 * Counts a confusion matrix.
 *
 * @param pictures Pictures with their labels and answers.
 * @param classes The number of classes.
 * @returns Counts: a row for each label, a column for each answer.
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
  /** Whether it holds numbers, which are aligned right. */
  readonly number?: boolean;
}

/**
 * A table that scrolls if it is wider than the page.
 *
 * @param label The label for screen readers.
 * @param columns The heads of the columns.
 * @param rows The cells of every row; the first one is the head of the row.
 * @param total The cells of a last row with the sums.
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
 * Shows the history of a run as a table, for screen readers and for exact numbers.
 *
 * @param history The epochs.
 * @param measuredOn The name of the images that are held out.
 * @returns A collapsed table.
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
 * Shows names and values as a list.
 *
 * @param facts The facts.
 * @returns The list.
 */
export function factList(facts: Facts): Html {
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
 * The recipe of a training as names and values.
 *
 * @param recipe The recipe.
 * @returns The facts.
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
 * Shows a network layer by layer.
 *
 * @param summary The summary of the network.
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
