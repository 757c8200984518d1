import { writeFileAtomically } from "../src/data/atomic_write.ts";
import type { Dataset } from "../src/data/dataset.ts";
import type { Model } from "../src/model/model.ts";
import type { Recipe } from "../src/train/recipe.ts";
import type { TrainResult } from "../src/train/train.ts";
import { percent } from "./percent.ts";
import { duration } from "./progress_line.ts";
import { recipeFacts } from "./report/recipe_facts.ts";
import { reportHtml } from "./report/report_html.ts";
import { reportRun } from "./report/report_run.ts";
import { setAside } from "./report/set_aside.ts";

/**
 * Writes what a training came to as a page, and its history as JSON in `FILE.history.json`.
 *
 * @param file Where the page goes.
 * @param result What the training came to.
 * @param dataset What the network was trained on.
 * @param seconds How long it took.
 * @throws {LeNetError} `file/unwritable` when a file cannot be written.
 */
export async function writeReport(
  file: string,
  { model, history, backend }: TrainResult,
  dataset: Dataset,
  seconds: number,
): Promise<void> {
  // `train` puts the recipe there.
  const recipe = model.metadata.recipe as unknown as Recipe;
  const reached = history[history.length - 1].validation?.accuracy;
  const { name } = model.architecture;
  await writePage(file, model, setAside(dataset, recipe.validation), {
    name,
    description: recipe.validation === 0
      ? "measured on the images that it learned from"
      : `measured on ${recipe.validation} images that it did not learn from`,
    facts: [
      ...reached === undefined ? [] : [["reached", percent(reached)] as const],
      ["time", duration(seconds)],
      ["data", dataset.name],
      ...recipeFacts(recipe),
      ["backend", backend],
    ],
    history,
    measuredOn: "validation",
  });
}

/**
 * Writes the page of one run, and its history as JSON in `FILE.history.json`.
 *
 * @param file Where the page goes.
 * @param model What came out of the run.
 * @param pictures What it is measured on.
 * @param told What people are to be told.
 * @throws {LeNetError} `file/unwritable` when a file cannot be written.
 */
export async function writePage(
  file: string,
  model: Model,
  pictures: Dataset,
  told: Parameters<typeof reportRun>[0],
): Promise<void> {
  const run = await reportRun(told, model, pictures);
  const encoder = new TextEncoder();
  const page = await reportHtml(`${told.name} on ${pictures.name}`, [run]);
  await writeFileAtomically(file, encoder.encode(page));
  await writeFileAtomically(`${file}.history.json`, encoder.encode(JSON.stringify(told.history)));
}
