import uplotScript from "uplot/dist/uPlot.iife.min.js" with { type: "text" };
import uplotStyle from "uplot/dist/uPlot.min.css" with { type: "text" };
import uplotLicence from "uplot/LICENSE" with { type: "text" };
import type { EpochRecord } from "../train/checkpoint.ts";
import { toBase64 } from "../weights/model_file.ts";
import drawCharts from "./draw_charts.js" with { type: "text" };
import { Html, html, scriptJson } from "./html.ts";
import style from "./report.css" with { type: "text" };
import type { RunReport } from "./report.ts";
import { epochTable } from "./tables.ts";

/** One line of a {@linkcode LineChart}. */
interface Line {
  readonly name: string;
  /** How it is drawn: what one step came to stands behind everything, and test is dashed. */
  readonly style: "step" | "train" | "test";
  /** Its height at every `x`; `null` where there is none. */
  readonly y: readonly (number | null)[];
}

/** Lines over whole numbers, as the page draws them. */
export interface LineChart {
  readonly title: string;
  /** What `x` counts. */
  readonly counts: "step" | "epoch";
  readonly unit: "" | "%";
  readonly x: readonly number[];
  readonly lines: readonly Line[];
}

/** More points than this cannot be told apart on a screen. */
const MAX_POINTS = 2000;

/**
 * The loss of every step, and the mean of each epoch.
 *
 * @param history What each epoch came to.
 * @returns The chart.
 */
export function stepChart(history: readonly EpochRecord[]): LineChart {
  const losses = history.flatMap(({ stepLosses }) => stepLosses);
  const means = history.flatMap(({ loss, stepLosses }) => stepLosses.map(() => loss));
  const kept = thin(losses, MAX_POINTS);
  return {
    title: "Loss of every step",
    counts: "step",
    unit: "",
    x: kept.map((step) => step + 1),
    lines: [
      { name: "loss", style: "step", y: kept.map((step) => rounded(losses[step])) },
      { name: "mean of the epoch", style: "train", y: kept.map((step) => rounded(means[step])) },
    ],
  };
}

/**
 * Loss or accuracy of every epoch, on what was learnt from and on what was set aside.
 *
 * @param history What each epoch came to.
 * @param what Which of the two.
 * @param measuredOn What was set aside.
 * @returns The chart; accuracy in percent.
 */
export function epochChart(
  history: readonly EpochRecord[],
  what: "loss" | "accuracy",
  measuredOn: string,
): LineChart {
  const factor = what === "accuracy" ? 100 : 1;
  const heights = (values: readonly (number | undefined)[]): (number | null)[] =>
    values.map((value) => value === undefined ? null : rounded(value * factor));
  const lines: Line[] = [
    { name: "train", style: "train", y: heights(history.map((record) => record[what])) },
  ];
  if (history.some(({ validation }) => validation !== undefined)) {
    const y = heights(history.map(({ validation }) => validation?.[what]));
    lines.push({ name: measuredOn, style: "test", y });
  }
  return {
    title: what === "loss" ? "Loss" : "Accuracy, %",
    counts: "epoch",
    unit: what === "accuracy" ? "%" : "",
    x: history.map(({ epoch }) => epoch),
    lines,
  };
}

/** As exact as it can be seen; `null` for what cannot be drawn. */
function rounded(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(5)) : null;
}

/**
 * Which points of a line to draw where it has more of them than can be seen: the lowest and the highest of each of
 * many stretches of equal length, so that no peak is lost.
 *
 * @param values The height of every point.
 * @param most How many to keep at most, from 2.
 * @returns Their positions in the line, in order; all of them where there are no more than that.
 */
export function thin(values: readonly number[], most: number): number[] {
  if (values.length <= most) return [...values.keys()];
  const stretches = Math.floor(most / 2);
  const kept: number[] = [];
  for (let stretch = 0; stretch < stretches; stretch++) {
    const start = Math.floor(stretch * values.length / stretches);
    const end = Math.floor((stretch + 1) * values.length / stretches);
    let [lowest, highest] = [start, start];
    for (let i = start + 1; i < end; i++) {
      if (values[i] < values[lowest]) lowest = i;
      if (values[i] > values[highest]) highest = i;
    }
    kept.push(Math.min(lowest, highest));
    if (lowest !== highest) kept.push(Math.max(lowest, highest));
  }
  return kept;
}

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

/** What a page with charts holds. */
interface ChartPage {
  readonly title: string;
  /** What stands in it; charts are drawn in elements with the attribute `data-chart`, their number from 0. */
  readonly body: Html;
  readonly charts: readonly LineChart[];
  /** Its own style, after that of all such pages. */
  readonly style?: string;
  /** Its own script, after the charts are drawn. */
  readonly script?: string;
  /** What its content security policy allows beside its own style, script and pictures. */
  readonly allows?: readonly string[];
}

/**
 * A page with charts in one file: what it needs is in it, and no other script than its own can run in it.
 *
 * @param page What it holds.
 * @returns The text of an HTML file, and the content security policy that is in it, too.
 */
export async function chartPage(
  { title, body, charts, style: ownStyle = "", script: ownScript = "", allows = [] }: ChartPage,
): Promise<{ html: string; policy: string }> {
  const script = `/*\n${uplotLicence}*/\n${uplotScript}\n${drawCharts}\n${ownScript}`;
  const policy = [
    "default-src 'none'",
    "img-src data:",
    "style-src 'unsafe-inline'",
    `script-src '${await sha256(script)}'`,
    ...allows,
  ].join("; ");
  const page = html`
    <!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${policy}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <link rel="icon" href="data:,">
        <title>${title}</title>
        <style>${new Html(`${uplotStyle}\n${style}\n${ownStyle}`)}</style>
      </head>
      <body>
        ${body}
        <script type="application/json">${new Html(scriptJson(charts))}</script>
        <script>${new Html(script)}</script>
      </body>
    </html>
  `;
  return { html: page.text, policy };
}

/** By this a page's policy knows its own script. */
async function sha256(script: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(script));
  return `sha256-${toBase64(new Uint8Array(digest))}`;
}
