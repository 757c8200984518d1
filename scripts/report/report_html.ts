import uplotLicence from "uplot/LICENSE" with { type: "text" };
import uplotScript from "uplot/dist/uPlot.iife.min.js" with { type: "text" };
import uplotStyle from "uplot/dist/uPlot.min.css" with { type: "text" };
import { LeNetError } from "../../src/model/error.ts";
import { toBase64 } from "../../src/weights/base64.ts";
import { comparisonTable } from "./comparison_table.ts";
import drawCharts from "./draw_charts.js" with { type: "text" };
import { Html, html } from "./html.ts";
import type { LineChart } from "./line_chart.ts";
import style from "./report.css" with { type: "text" };
import { runId, runLink } from "./run_link.ts";
import type { RunReport } from "./run_report.ts";
import { runSection } from "./run_section.ts";
import { scriptJson } from "./script_json.ts";

/**
 * A page about training runs in one file: it loads nothing, and no other script than its own can run in it.
 *
 * @param title What it is about.
 * @param runs The runs, in order.
 * @returns The text of an HTML file.
 * @throws {LeNetError} `option/invalid` when two runs have the same name; `image/invalid` when a picture does not have
 * the pixels that its shape says.
 */
export async function reportHtml(title: string, runs: readonly RunReport[]): Promise<string> {
  checkNames(runs);
  const charts: LineChart[] = [];
  const sections = runs.map((run) => runSection(run, (chart) => charts.push(chart) - 1));
  const script = `/*\n${uplotLicence}*/\n${uplotScript}\n${drawCharts}`;
  const policy = [
    "default-src 'none'",
    "img-src data:",
    "style-src 'unsafe-inline'",
    `script-src '${await sha256(script)}'`,
  ].join("; ");
  return html`
    <!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${policy}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <link rel="icon" href="data:,">
        <title>${title}</title>
        <style>${new Html(`${uplotStyle}\n${style}`)}</style>
      </head>
      <body>
        <header><h1>${title}</h1>${overview(runs)}</header>
        <main>${sections}</main>
        <noscript><p>The charts are drawn by a script; tables hold what they show.</p></noscript>
        <script type="application/json">${new Html(scriptJson(charts))}</script>
        <script>${new Html(script)}</script>
      </body>
    </html>
  `.text;
}

function overview(runs: readonly RunReport[]): Html | undefined {
  if (runs.length < 2) return undefined;
  const items = runs.map(({ name, description }) =>
    html`<li>${runLink(name)} <span>${description}</span></li>`
  );
  return html`
    <nav aria-label="Networks">
      <ul>${items}</ul>
    </nav>
    ${comparisonTable(runs)}
  `;
}

function checkNames(runs: readonly RunReport[]): void {
  const anchors = runs.map(({ name }) => runId(name));
  const twice = anchors.findIndex((name, i) => anchors.indexOf(name) < i);
  if (twice >= 0) {
    throw new LeNetError(
      "option/invalid",
      `Cannot make the report: two runs are named ${runs[twice].name}, expected a name for each`,
    );
  }
}

/** By this a page's policy knows its own script. */
async function sha256(script: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(script));
  return `sha256-${toBase64(new Uint8Array(digest))}`;
}
