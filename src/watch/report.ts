import { type Dataset, splitDataset } from "../data/dataset.ts";
import { writeFileAtomically } from "../data/files.ts";
import { LeNetError } from "../errors.ts";
import type { Model } from "../model/model.ts";
import { summarize, type Summary } from "../model/summary.ts";
import type { EpochRecord } from "../train/epoch.ts";
import { chartPage, type LineChart, trainingCharts } from "./charts.ts";
import { type Html, html, type HtmlPart } from "./html.ts";
import {
  activationFigure,
  type Activations,
  type AnsweredPicture,
  answerPictures,
  pictureGrid,
  pooledStages,
} from "./pictures.ts";
import {
  comparisonTable,
  confusionTable,
  countConfusion,
  factList,
  type Facts,
  runId,
  runLink,
  summaryTable,
} from "./tables.ts";

/**
 * Makes a page about training runs that is complete in itself.
 *
 * @param title The title of the page.
 * @param runs The runs, in order.
 * @returns The HTML file.
 * @throws {LeNetError} `option/invalid` when two runs have the same name; `image/invalid` when the pixels of a picture
 * do not match its shape.
 */
export async function reportHtml(title: string, runs: readonly RunReport[]): Promise<string> {
  checkNames(runs);
  const charts: LineChart[] = [];
  const sections = runs.map((run) => runSection(run, (chart) => charts.push(chart) - 1));
  const body = html`
    <header><h1>${title}</h1>${overview(runs)}</header>
    <main>${sections}</main>
    <noscript><p>The charts are drawn by a script; the tables have the same numbers.</p></noscript>
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

/** The number of pictures that are shown as samples, and as mistakes. */
const MAX_PICTURES = 20;

/** The number of pictures whose activations are shown: each is a screen high. */
const MAX_ACTIVATIONS = 3;

/** What a report says about a run, and its history. */
type RunText = Pick<RunReport, "name" | "description" | "facts" | "history" | "measuredOn">;

/**
 * Measures a trained network for a report.
 *
 * @param text What the report says about the run.
 * @param model The network.
 * @param pictures The images to measure on, some of which are shown.
 * @returns The run for {@linkcode reportHtml}.
 */
export async function reportRun(
  text: RunText,
  model: Model,
  pictures: Dataset,
): Promise<RunReport> {
  const { classNames } = pictures;
  const answered = await answerPictures(model, pictures);
  const mistakes = answered
    .filter(({ answer, label }) => answer !== label)
    .sort((a, b) => b.confidence - a.confidence);
  return {
    ...text,
    summary: summarize(model.architecture),
    classNames,
    samples: answered.slice(0, MAX_PICTURES),
    confusion: countConfusion(answered, classNames.length),
    mistakes: mistakes.slice(0, MAX_PICTURES),
    activations: firstOfClasses(answered, MAX_ACTIVATIONS).map((input) => ({
      input,
      stages: pooledStages(model, input),
    })),
  };
}

/**
 * Writes the report of one run, and its history as JSON in `FILE.history.json`.
 *
 * @param file The path of the HTML file.
 * @param model The network.
 * @param pictures The images to measure on.
 * @param text What the report says about the run.
 * @throws {LeNetError} `file/unwritable` when a file cannot be written.
 */
export async function writeReport(
  file: string,
  model: Model,
  pictures: Dataset,
  text: RunText,
): Promise<void> {
  const run = await reportRun(text, model, pictures);
  const encoder = new TextEncoder();
  const page = await reportHtml(`${text.name} on ${pictures.name}`, [run]);
  await writeFileAtomically(file, encoder.encode(page));
  await writeFileAtomically(`${file}.history.json`, encoder.encode(JSON.stringify(text.history)));
}

/** The first picture of each of the first classes. */
function firstOfClasses(pictures: readonly AnsweredPicture[], classes: number): AnsweredPicture[] {
  return Array.from({ length: classes }, (_, label) => label).flatMap((label) =>
    pictures.find((picture) => picture.label === label) ?? []
  );
}

/** A training run as a report shows it. Empty parts are left out of the page. */
export interface RunReport {
  /** A name that no other run of the report has, such as `lenet5-relu`. */
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /** Further facts; `reported`, `reached` and `time` are compared with those of other runs. */
  readonly facts: Facts;
  readonly summary: Summary;
  readonly history: readonly EpochRecord[];
  /** The name of the images that `validation` in the history was measured on; `test` by default. */
  readonly measuredOn?: string;
  readonly classNames: readonly string[];
  /** Pictures in their order, right and wrong. */
  readonly samples: readonly AnsweredPicture[];
  /** Counts: a row for each label, a column for each answer. */
  readonly confusion: readonly (readonly number[])[];
  /** Pictures with a wrong answer, the most confident ones first. */
  readonly mistakes: readonly AnsweredPicture[];
  readonly activations: readonly Activations[];
}

/** The section of a run. `addChart` adds a chart to those that the page draws, and returns its index. */
function runSection(run: RunReport, addChart: (chart: LineChart) => number): Html {
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

/**
 * The images to measure a network on: those that are held out, or all images if none are.
 *
 * @param dataset The training data.
 * @param validation The number of images at the end that are held out.
 * @returns A view of the dataset.
 */
export function heldOutImages(dataset: Dataset, validation: number): Dataset {
  return validation === 0 ? dataset : splitDataset(dataset, validation).validation;
}
