import uplotLicence from "uplot/LICENSE" with { type: "text" };
import uplotScript from "uplot/dist/uPlot.iife.min.js" with { type: "text" };
import uplotStyle from "uplot/dist/uPlot.min.css" with { type: "text" };
import type { EpochRecord } from "../train/epoch.ts";
import { toBase64 } from "../weights/model_file.ts";
import drawCharts from "./assets/draw_charts.js" with { type: "text" };
import style from "./assets/report.css" with { type: "text" };
import { Html, html, scriptJson } from "./html.ts";
import { epochTable } from "./tables.ts";

/** One line of a {@linkcode LineChart}. */
interface Line {
  readonly name: string;
  /** The look of the line: `step` lies behind the others, `test` is dashed. */
  readonly style: "step" | "train" | "test";
  /** The value at every `x`; `null` leaves a gap. */
  readonly y: readonly (number | null)[];
}

/** A chart of lines over whole numbers, as `draw_charts.js` draws it. */
export interface LineChart {
  readonly title: string;
  /** The name of `x`. */
  readonly counts: "step" | "epoch";
  readonly unit: "" | "%";
  readonly x: readonly number[];
  readonly lines: readonly Line[];
}

/** Points of a line. More cannot be told apart on a screen, and would make the page large. */
const MAX_POINTS = 2000;

/**
 * Charts the loss of every step, and the mean of each epoch.
 *
 * @param history The epochs.
 * @returns The chart.
 */
export function stepChart(history: readonly EpochRecord[]): LineChart {
  const losses = history.flatMap(({ stepLosses }) => stepLosses);
  const means = history.flatMap(({ loss, stepLosses }) => stepLosses.map(() => loss));
  const kept = downsample(losses, MAX_POINTS);
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
 * Charts the loss or the accuracy of every epoch, on the training images and on those that are held out.
 *
 * @param history The epochs.
 * @param what The measure.
 * @param measuredOn The name of the images that are held out.
 * @returns The chart; accuracy in percent.
 */
export function epochChart(
  history: readonly EpochRecord[],
  what: "loss" | "accuracy",
  measuredOn: string,
): LineChart {
  const factor = what === "accuracy" ? 100 : 1;
  const scaled = (values: readonly (number | undefined)[]): (number | null)[] =>
    values.map((value) => value === undefined ? null : rounded(value * factor));
  const lines: Line[] = [
    { name: "train", style: "train", y: scaled(history.map((record) => record[what])) },
  ];
  if (history.some(({ validation }) => validation !== undefined)) {
    const y = scaled(history.map(({ validation }) => validation?.[what]));
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

/** Five digits, more than a chart resolves; `null` for what is not finite. */
function rounded(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(5)) : null;
}

/**
 * Downsamples a line to the minimum and the maximum of each of several intervals of equal length, so that no peak is
 * lost.
 *
 * @param values The value of every point.
 * @param limit The largest number of points to keep, from 2.
 * @returns The indices of the points to keep, in order; all of them if there are no more than `limit`.
 */
export function downsample(values: readonly number[], limit: number): number[] {
  if (values.length <= limit) return [...values.keys()];
  const intervals = Math.floor(limit / 2);
  const kept: number[] = [];
  for (let interval = 0; interval < intervals; interval++) {
    const start = Math.floor(interval * values.length / intervals);
    const end = Math.floor((interval + 1) * values.length / intervals);
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

/** The history of a run, as {@linkcode trainingCharts} takes it. */
interface ChartedRun {
  readonly name: string;
  readonly history: readonly EpochRecord[];
  readonly measuredOn?: string;
}

/**
 * Shows the history of a run: the loss of every step, loss and accuracy of every epoch, and the same as a table.
 *
 * @param run The run, of at least one epoch.
 * @param addChart Adds a chart to those that the page draws, and returns its index.
 * @returns The elements in which the charts are drawn, and the table.
 */
export function trainingCharts(
  { name, history, measuredOn = "test" }: ChartedRun,
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

/** The parts of a page with charts. */
interface ChartPage {
  readonly title: string;
  /** The body. A chart is drawn in the element whose attribute `data-chart` is its index. */
  readonly body: Html;
  readonly charts: readonly LineChart[];
  /** Styles of this page, after those of all pages with charts. */
  readonly style?: string;
  /** A script that runs after the charts are drawn. */
  readonly script?: string;
  /** Directives that the content security policy has beside those for its own style, script and pictures. */
  readonly allows?: readonly string[];
}

/**
 * Makes a page with charts that is complete in itself. Its content security policy lets no other script run.
 *
 * @param page The parts of the page.
 * @returns The HTML file, and the content security policy, which the file states as well.
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

/** The hash of a script as a content security policy states it. */
async function sha256(script: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(script));
  return `sha256-${toBase64(new Uint8Array(digest))}`;
}
