import { activationFigure } from "./activation_figure.ts";
import { confusionTable } from "./confusion_table.ts";
import { factList } from "./fact_list.ts";
import { type Html, html, type HtmlPart } from "./html.ts";
import type { LineChart } from "./line_chart.ts";
import { pictureGrid } from "./picture_grid.ts";
import { runId } from "./run_link.ts";
import type { RunReport } from "./run_report.ts";
import { summaryTable } from "./summary_table.ts";
import { trainingCharts } from "./training_charts.ts";

/**
 * All that the page shows of one run. What a run has nothing of is left out.
 *
 * @param run The run.
 * @param addChart Takes a chart for the page to draw, and says which of all of them it is, from 0.
 * @returns The section.
 */
export function runSection(run: RunReport, addChart: (chart: LineChart) => number): Html {
  const { name, description, facts, summary, classNames } = run;
  const { history, samples, confusion, mistakes, activations } = run;
  const parts: readonly (readonly [string, readonly unknown[], () => HtmlPart])[] = [
    ["Facts", facts, () => factList(facts)],
    ["Layers", summary.rows, () => summaryTable(summary)],
    ["Training", history, () => trainingCharts(run, addChart)],
    ["Samples", samples, () => pictureGrid(samples, classNames, { confidence: false })],
    ["Confusion", confusion, () => confusionTable(confusion, classNames)],
    [
      "Most confident mistakes",
      mistakes,
      () => pictureGrid(mistakes, classNames, { confidence: true }),
    ],
    [
      "Activations",
      activations,
      () => activations.map((activation) => activationFigure(activation, classNames)),
    ],
  ];
  const body = parts
    .filter(([, content]) => content.length > 0)
    .map(([title, , body]) => html`<h3>${title}</h3>${body()}`);
  return html`
    <section id="${runId(name)}" aria-label="${name}">
      <h2>${name}</h2>
      <p class="description">${description}</p>
      ${body}
    </section>
  `;
}
