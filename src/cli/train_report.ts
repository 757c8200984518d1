import type { Dataset } from "../data/dataset.ts";
import { writeFileAtomically } from "../data/files.ts";
import { LeNetError } from "../errors.ts";
import type { Model } from "../model/model.ts";
import type { Checkpoint, EpochRecord, TrainProgress } from "../train/checkpoint.ts";
import type { Recipe } from "../train/recipe.ts";
import type { TrainResult } from "../train/train.ts";
import type { Dashboard } from "../watch/dashboard.ts";
import { reportHtml, reportRun, setAside } from "../watch/report.ts";
import { recipeFacts } from "../watch/tables.ts";
import type { Arguments, Interrupt } from "./command.ts";
import { duration, percent, ProgressLine, progressText } from "./progress.ts";

/** What a run says while it goes on, to a person or to a program. */
export class TrainReport {
  readonly #line = new ProgressLine();
  readonly #json: boolean;
  readonly #started = performance.now();

  /** @param json Whether to print lines of JSON instead of text. */
  constructor(json: boolean) {
    this.#json = json;
  }

  /** Draws the progress of an epoch. */
  step(progress: TrainProgress): void {
    this.#line.draw(() => progressText(progress));
  }

  /** Prints the epoch that was just done. */
  epoch({ history, recipe }: Checkpoint): void {
    const record = history[history.length - 1];
    if (record === undefined) return;
    this.clear();
    if (this.#json) return console.log(JSON.stringify(withoutSteps(record)));
    console.log(describe(record, recipe.epochs));
  }

  /** Prints what the run came to. */
  result(out: string, { history, backend }: TrainResult): void {
    const seconds = Math.round((performance.now() - this.#started) / 1000);
    if (this.#json) {
      const last = history[history.length - 1];
      return console.log(JSON.stringify({ out, backend, seconds, ...withoutSteps(last) }));
    }
    console.log(`${out} written, trained on ${backend} in ${duration(seconds)}`);
  }

  /** Takes the progress away, so that something else can be printed. */
  clear(): void {
    this.#line.clear();
  }
}

function withoutSteps({ stepLosses: _, ...record }: EpochRecord): Omit<EpochRecord, "stepLosses"> {
  return record;
}

function describe({ epoch, loss, accuracy, validation }: EpochRecord, epochs: number): string {
  return [
    `epoch ${epoch}/${epochs}`,
    `loss ${loss.toFixed(4)}`,
    `accuracy ${percent(accuracy)}`,
    ...validation === undefined ? [] : [
      `validation loss ${validation.loss.toFixed(4)}`,
      `validation accuracy ${percent(validation.accuracy)}`,
    ],
  ].join("  ");
}

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

/** Where a dashboard is served, unless told. */
export const DASHBOARD_PORT = 8421;

/**
 * Runs what a script does, with the page that `--dashboard` asks for on the port that `--port` names. The page says how
 * it ended, whatever happens.
 *
 * @param args The arguments of the script.
 * @param interrupt What stops the run.
 * @param run What the script does; given the dashboard, if it was asked for. Returns what the page says in the end.
 * @throws {LeNetError} `option/invalid` when the port cannot be had, or there is one without a dashboard.
 */
export async function withDashboard(
  args: Arguments,
  interrupt: Interrupt,
  run: (dashboard: Dashboard | undefined) => Promise<string>,
): Promise<void> {
  const port = args.number("port");
  if (!args.has("dashboard")) {
    if (port === undefined) return void await run(undefined);
    throw new LeNetError(
      "option/invalid",
      "Cannot take --port without --dashboard: expected both, or neither",
    );
  }
  // Loaded when asked for: nothing else needs charts and pictures while a network learns.
  const { Dashboard } = await import("../watch/dashboard.ts");
  const dashboard = await Dashboard.open(port ?? DASHBOARD_PORT, interrupt, console.error);
  console.error(`dashboard at ${dashboard.url}`);
  try {
    await dashboard.end(await run(dashboard));
  } catch (error) {
    await dashboard.end(error instanceof Error ? error.message : String(error));
    throw error;
  }
}
