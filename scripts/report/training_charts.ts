import { epochTable } from "./epoch_table.ts";
import { type Html, html } from "./html.ts";
import { epochChart, type LineChart, stepChart } from "./line_chart.ts";
import type { RunReport } from "./run_report.ts";

/**
 * How a run went: the loss of every step, loss and accuracy of every epoch beside each other, and the same as a table.
 *
 * @param run The run, of at least one epoch.
 * @param addChart Takes a chart for the page to draw, and says which of all of them it is, from 0.
 * @returns Where the charts are to be drawn, and the table.
 */
export function trainingCharts(
  { name, history, measuredOn = "test" }: RunReport,
  addChart: (chart: LineChart) => number,
): Html {
  const figure = (chart: LineChart): Html => {
    const lines = chart.lines.map((line) => line.name).join(", ");
    const label = `${chart.title} of ${name}: ${lines}`;
    return html`
      <figure>
        <figcaption>${chart.title}</figcaption>
        <div class="chart" role="img" aria-label="${label}" data-chart="${addChart(chart)}"></div>
      </figure>
    `;
  };
  return html`
    ${history.some(({ stepLosses }) => stepLosses.length > 0) ? figure(stepChart(history)) : ""}
    <div class="beside">
      ${figure(epochChart(history, "loss", measuredOn))}
      ${figure(epochChart(history, "accuracy", measuredOn))}
    </div>
    ${epochTable(history, measuredOn)}
  `;
}
