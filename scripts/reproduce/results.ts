import { type Dataset, takeDataset } from "../../src/data/dataset.ts";
import { LeNet } from "../../src/lenet.ts";
import type { Evaluation } from "../../src/train/evaluate.ts";
import { percent } from "../percent.ts";
import { duration } from "../progress_line.ts";
import type { RowResult } from "./run_row.ts";

/** What is said of a row in the end. */
export interface Outcome {
  readonly name: string;
  readonly reported: string;
  /** In the words of what was reported. */
  readonly reached: string;
  /** Of the trained network on the whole test set. */
  readonly accuracy: number;
  /** How long training took, in seconds. */
  readonly seconds: number;
  readonly evaluation: Evaluation;
}

/** Copies of CIFAR-10's test set may hold exact pixels in their first records alone. */
const EXACT_RECORDS = 1000;

/**
 * Measures a trained row.
 *
 * @param result What its training came to.
 * @param test The test set.
 * @returns What is to be said of it.
 */
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

/**
 * The table of all rows.
 *
 * @param outcomes What is to be said of each.
 * @returns Lines of Markdown, without a newline at the end.
 */
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
