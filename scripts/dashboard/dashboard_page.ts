import { chartPage } from "../report/chart_page.ts";
import { type Html, html } from "../report/html.ts";
import { epochChart, stepChart } from "../report/line_chart.ts";
import { type Page, TOKEN_HEADER } from "./answer_request.ts";
import style from "./dashboard.css" with { type: "text" };
import script from "./dashboard.js" with { type: "text" };

/** The charts by the name of the events that they come with, and what they are before the first. */
const CHARTS = {
  steps: stepChart([]),
  loss: epochChart([], "loss", ""),
  accuracy: epochChart([], "accuracy", ""),
};

/**
 * The page of a dashboard: it shows what events tell, so that it is the same for all runs.
 *
 * @param token What it must show to act.
 * @returns The page.
 */
export async function dashboardPage(token: string): Promise<Page> {
  return await chartPage({
    title: "Training",
    body: body(token),
    charts: Object.values(CHARTS),
    style,
    script,
    allows: ["connect-src 'self'", "base-uri 'none'", "form-action 'none'"],
  });
}

function body(token: string): Html {
  return html`
    <header>
      <h1 id="title">Training</h1>
      <div class="controls" data-header="${TOKEN_HEADER}" data-token="${token}">
        <p id="state" role="status">Connecting</p>
        <button type="button" id="hold" disabled>Pause</button>
        <button type="button" id="stop" disabled>Stop</button>
      </div>
      <progress id="progress" max="1" value="0"
        aria-label="Share of the training that is done"></progress>
      <div id="facts"></div>
    </header>
    <main>
      ${chart("steps")}
      <div class="beside">${chart("loss")}${chart("accuracy")}</div>
      ${part("Pictures", "pictures")}
      ${part("First filters", "filters")}
      ${part("Confusion", "confusion")}
    </main>
    <noscript><p>The page is filled by a script.</p></noscript>
  `;
}

function chart(name: keyof typeof CHARTS): Html {
  const { title } = CHARTS[name];
  const number = Object.keys(CHARTS).indexOf(name);
  return html`
    <figure>
      <figcaption>${title}</figcaption>
      <div id="${name}" class="chart empty" role="img" aria-label="${title}"
        data-chart="${number}"></div>
    </figure>
  `;
}

function part(title: string, id: string): Html {
  return html`
    <h2>${title}</h2>
    <div id="${id}"></div>
  `;
}
