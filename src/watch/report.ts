import { type Dataset, splitDataset } from "../data/dataset.ts";
import { LeNetError } from "../errors.ts";
import type { ImageShape } from "../model/architecture.ts";
import type { Model } from "../model/model.ts";
import { summarize, type Summary } from "../model/summary.ts";
import type { EpochRecord } from "../train/checkpoint.ts";
import { chartPage, type LineChart, trainingCharts } from "./charts.ts";
import { type Html, html, type HtmlPart } from "./html.ts";
import { activationFigure, answerPictures, pictureGrid, pooledStages } from "./pictures.ts";
import {
  comparisonTable,
  confusionTable,
  countConfusion,
  factList,
  summaryTable,
} from "./tables.ts";

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

/** How many pictures are shown as a sample, and how many as mistakes. */
const SHOWN = 20;

/** For how many pictures the activations are shown. */
const LOOKED_INTO = 3;

/**
 * What a report shows of a trained network, beside what people are to be told of it.
 *
 * @param told What people are to be told, and how the training went.
 * @param model The network.
 * @param pictures What it is measured on, and from which pictures are shown.
 * @returns Its part of the report.
 */
export async function reportRun(
  told: Pick<RunReport, "name" | "description" | "facts" | "history" | "measuredOn">,
  model: Model,
  pictures: Dataset,
): Promise<RunReport> {
  const { classNames } = pictures;
  const answered = await answerPictures(model, pictures);
  const mistakes = answered
    .filter(({ answer, label }) => answer !== label)
    .sort((a, b) => b.confidence - a.confidence);
  return {
    ...told,
    summary: summarize(model.architecture),
    classNames,
    samples: answered.slice(0, SHOWN),
    confusion: countConfusion(answered, classNames.length),
    mistakes: mistakes.slice(0, SHOWN),
    activations: firstOfClasses(answered, LOOKED_INTO).map((input) => ({
      input,
      stages: pooledStages(model, input),
    })),
  };
}

/** The first picture of each of the first classes. */
function firstOfClasses(pictures: readonly AnsweredPicture[], classes: number): AnsweredPicture[] {
  return Array.from({ length: classes }, (_, label) => label).flatMap((label) =>
    pictures.find((picture) => picture.label === label) ?? []
  );
}

/**
 * @param name The name of a run.
 * @returns The `id` of its part of the page, which may hold no space.
 */
function runId(name: string): string {
  return name.replace(/\s+/g, "-");
}

/**
 * @param name The name of a run.
 * @returns A link to its part of the page.
 */
export function runLink(name: string): Html {
  return html`<a href="#${encodeURIComponent(runId(name))}">${name}</a>`;
}

/** A picture to be shown. */
export interface Picture {
  /** One channel is grey, three are red, green and blue. */
  readonly shape: ImageShape;
  /** 0 to 255: channel by channel, row by row. */
  readonly pixels: Uint8Array;
}

/** A picture, what it is, and what a network takes it for. */
export interface AnsweredPicture extends Picture {
  /** The index of its class. */
  readonly label: number;
  /** The index of the class that the network answered. */
  readonly answer: number;
  /** The probability of that answer, 0 to 1. */
  readonly confidence: number;
}

/** What one stage of a network made of a picture. */
export interface StagePicture {
  /** The name of the stage, such as `pool1`. */
  readonly name: string;
  /** The shape of what it gives. */
  readonly shape: ImageShape;
  /** The values: channel by channel, row by row. */
  readonly values: Float32Array;
}

/** All that a report shows of one training run. */
export interface RunReport {
  /** A name for people that no other run of the report has, such as `lenet5-relu`. */
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /** What else there is to know, in order; `reported`, `reached` and `time` are set beside those of other runs. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** The network, layer by layer. */
  readonly summary: Summary;
  /** What each epoch came to. */
  readonly history: readonly EpochRecord[];
  /** What `validation` in the history was measured on; `test` where it is left out. */
  readonly measuredOn?: string;
  /** A name for each class. */
  readonly classNames: readonly string[];
  /** Pictures as they come, right and wrong. */
  readonly samples: readonly AnsweredPicture[];
  /** How many pictures of each class (row) were taken for which (column). */
  readonly confusion: readonly (readonly number[])[];
  /** Pictures that were taken for something else, the most confident answers first. */
  readonly mistakes: readonly AnsweredPicture[];
  /** Pictures, and what stages of the network made of each. */
  readonly activations: readonly {
    readonly input: AnsweredPicture;
    readonly stages: readonly StagePicture[];
  }[];
}

/**
 * All that the page shows of one run. What a run has nothing of is left out.
 *
 * @param run The run.
 * @param addChart Takes a chart for the page to draw, and says which of all of them it is, from 0.
 * @returns The section.
 */
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
 * The images that a network is measured on: those that it does not learn from, or all where it learns from all.
 *
 * @param dataset What it is trained on.
 * @param validation How many of the last images are set aside.
 * @returns A view of the dataset.
 */
export function setAside(dataset: Dataset, validation: number): Dataset {
  return validation === 0 ? dataset : splitDataset(dataset, validation).validation;
}
