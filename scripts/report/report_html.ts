import { LeNetError } from "../../src/model/error.ts";
import { chartPage } from "./chart_page.ts";
import { comparisonTable } from "./comparison_table.ts";
import { type Html, html } from "./html.ts";
import type { LineChart } from "./line_chart.ts";
import { runId, runLink } from "./run_link.ts";
import type { RunReport } from "./run_report.ts";
import { runSection } from "./run_section.ts";

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
  const body = html`
    <header><h1>${title}</h1>${overview(runs)}</header>
    <main>${sections}</main>
    <noscript><p>The charts are drawn by a script; tables hold what they show.</p></noscript>
  `;
  return (await chartPage({ title, body, charts })).html;
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
