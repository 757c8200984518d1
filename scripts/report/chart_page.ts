import uplotLicence from "uplot/LICENSE" with { type: "text" };
import uplotScript from "uplot/dist/uPlot.iife.min.js" with { type: "text" };
import uplotStyle from "uplot/dist/uPlot.min.css" with { type: "text" };
import { toBase64 } from "../../src/weights/base64.ts";
import drawCharts from "./draw_charts.js" with { type: "text" };
import { Html, html } from "./html.ts";
import type { LineChart } from "./line_chart.ts";
import style from "./report.css" with { type: "text" };
import { scriptJson } from "./script_json.ts";

/** What a page with charts holds. */
export interface ChartPage {
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
