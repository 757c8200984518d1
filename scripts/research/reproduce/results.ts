import { ProgressLine, progressText } from "../../../src/cli/run_output.ts";
import { type Dataset, takeDataset } from "../../../src/data/dataset.ts";
import { createRunner } from "../../../src/engine/backends.ts";
import { evaluate, type Evaluation } from "../../../src/evaluate.ts";
import { LeNet } from "../../../src/lenet.ts";
import { type Architecture, inferShapes, stageNames } from "../../../src/model/architecture.ts";
import type { Model } from "../../../src/model/model.ts";
import type { Parameters } from "../../../src/model/parameters.ts";
import { formatShape, formatSummary, summarize } from "../../../src/model/summary.ts";
import type { Checkpoint } from "../../../src/train/checkpoint.ts";
import type { EpochRecord, TrainProgress } from "../../../src/train/epoch.ts";
import { resolveRecipe } from "../../../src/train/recipe.ts";
import { duration, percent } from "../../../src/watch/html.ts";
import type { Row } from "./rows.ts";

/** A row of the table of results. */
export interface Outcome {
  readonly name: string;
  readonly reported: string;
  /** The result in the terms of the published one. */
  readonly reached: string;
  /** The accuracy on the whole test set, 0 to 1. */
  readonly accuracy: number;
  /** The duration of training in seconds. */
  readonly seconds: number;
  readonly evaluation: Evaluation;
}

/** Copies of CIFAR-10's test set may hold exact pixels in their first records alone. */
const EXACT_RECORDS = 1000;

/** Evaluates a trained row on its test set. */
export async function outcomeOf(
  { row, model, history, seconds }: RowResult,
  test: Dataset,
): Promise<Outcome> {
  using net = await LeNet.load(model, { backend: "wasm" });
  const { backend: _, ...evaluation } = await net.evaluate(test);
  let reached = row.reached(history.map(({ validation }) => validation?.accuracy ?? NaN));
  if (row.dataset === "cifar-10" && test.count > EXACT_RECORDS) {
    const { accuracy } = await net.evaluate(takeDataset(test, EXACT_RECORDS));
    reached += `; records 0–${EXACT_RECORDS - 1}: ${percent(accuracy)}`;
  }
  return {
    name: row.name,
    reported: row.reported,
    reached,
    accuracy: evaluation.accuracy,
    seconds: seconds.reduce((sum, value) => sum + value, 0),
    evaluation,
  };
}

/** Formats the results as a Markdown table, without a newline at the end. */
export function formatResults(outcomes: readonly Outcome[]): string {
  const table = [
    ["name", "reported", "reached", "time"],
    ...outcomes.map(({ name, reported, reached, seconds }) => [
      name,
      reported,
      reached,
      duration(seconds),
    ]),
  ];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  const lines = table.map((row) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`
  );
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}

/** Prints the progress of a row in the way of its walk-through. */
export class RowLog {
  readonly #line = new ProgressLine();
  readonly #json: boolean;
  #row: Row | undefined;
  #measure: ((weights: Parameters) => Promise<Evaluation>) | undefined;
  #running = 0;

  /** @param json Whether to print lines of JSON, one for each epoch, instead of text. */
  constructor(json: boolean) {
    this.#json = json;
  }

  /** Prints that a row was trained by an earlier run. */
  taken({ name }: Row, seconds: readonly number[]): void {
    const time = duration(seconds.reduce((sum, value) => sum + value, 0));
    this.#print(`\n${name}: done before, in ${time}`);
  }

  /**
   * Prints the row, what it learns from and where it computes, and the layer table or output shapes where the walk-through
   * does.
   */
  begin(
    row: Row,
    architecture: Architecture,
    data: { readonly train: Dataset; readonly test: Dataset },
    { batch, device }: { readonly batch: number; readonly device: string },
    epochsDone: number,
  ): void {
    this.#row = row;
    this.#measure = measureOn(row, architecture, data.test);
    const { name, description, prints = {} } = row;
    const from = epochsDone === 0 ? "" : `, going on after epoch ${epochsDone}`;
    this.#print(`\n${name}: ${description}; ${data.train.name}${from}`);
    this.#print(
      `${data.train.count} training and ${data.test.count} test images, ` +
        `first batch [${
          [batch, ...architecture.input].join(", ")
        }], its labels [${batch}], on ${device}`,
    );
    if (prints.summary) this.#print(formatSummary(summarize(architecture)));
    if (prints.shapes) this.#print(formatShapes(architecture));
  }

  /** Updates the progress line, and prints loss and test accuracy where the walk-through does. */
  async step(progress: TrainProgress, weights: () => Promise<Parameters>): Promise<void> {
    const { epoch, step, steps, loss } = progress;
    const { lossEvery, testEvery } = this.#row?.prints ?? {};
    if (lossEvery !== undefined && step % lossEvery === 0) {
      this.#print(`epoch ${epoch}  step ${step}/${steps}  loss ${loss.toFixed(4)}`);
    }
    this.#running += loss;
    this.#line.draw(() => `${this.#row?.name} ${progressText(progress)}`);
    if (this.#measure === undefined || testEvery === undefined) return;
    if (step % testEvery.steps !== 0) return;
    const evaluation = await this.#measure(await weights());
    const running = (this.#running / testEvery.steps).toFixed(3);
    this.#running = 0;
    this.#print(
      `[${epoch}, ${step}]  train loss ${running}  test accuracy ${percent(evaluation.accuracy)}`,
    );
  }

  /** Prints the last epoch. */
  epoch({ history, recipe }: Checkpoint, seconds: number): void {
    const { stepLosses: _, ...record } = history[history.length - 1];
    this.#running = 0;
    if (this.#json) {
      this.clear();
      return console.log(JSON.stringify({ name: this.#row?.name, ...record, seconds }));
    }
    const { epoch, loss, accuracy, validation } = record;
    this.#print([
      `epoch ${epoch}/${recipe.epochs}`,
      `train loss ${loss.toFixed(4)}`,
      `accuracy ${percent(accuracy)}`,
      ...validation === undefined ? [] : [
        `test loss ${validation.loss.toFixed(4)}`,
        `accuracy ${percent(validation.accuracy)}`,
      ],
      `${seconds.toFixed(1)} s`,
    ].join("  "));
  }

  /** Clears the progress line, so that something else can be printed. */
  clear(): void {
    this.#line.clear();
  }

  #print(text: string): void {
    if (this.#json) return;
    this.clear();
    console.log(text);
  }
}

/** Evaluates within epochs, for a walk-through that does. */
function measureOn(
  { prints, recipe }: Row,
  architecture: Architecture,
  test: Dataset,
): ((weights: Parameters) => Promise<Evaluation>) | undefined {
  if (prints?.testEvery === undefined) return undefined;
  const { normalization } = resolveRecipe(recipe, test.count, architecture.input[0]);
  const part = takeDataset(test, prints.testEvery.images);
  return async (weights) => {
    using runner = await createRunner("wasm", architecture, weights);
    return await evaluate(runner, architecture, part, normalization);
  };
}

function formatShapes(architecture: Architecture): string {
  const names = stageNames(architecture.layers);
  return inferShapes(architecture).map(({ output }, index) =>
    `${names[index].padEnd(12)}output ${formatShape(output)}`
  ).join("\n");
}

/** A trained row. */
export interface RowResult {
  readonly row: Row;
  readonly model: Model;
  readonly history: readonly EpochRecord[];
  /** The duration of each epoch in seconds, with the evaluation after it. */
  readonly seconds: readonly number[];
  readonly backend: string;
}
