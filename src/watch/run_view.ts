import { type Dataset, takeDataset } from "../data/dataset.ts";
import type { Parameters } from "../model/parameters.ts";
import type { Checkpoint, EpochRecord, TrainProgress } from "../train/checkpoint.ts";
import { epochChart, stepChart } from "./charts.ts";
import type { EventStream } from "./dashboard.ts";
import { filterFigure, progressFacts } from "./dashboard_page.ts";
import { answerPictures, pictureGrid } from "./pictures.ts";
import { setAside } from "./report.ts";
import { confusionTable, countConfusion, factList } from "./tables.ts";

/** How often viewers are told of the steps, and how often pictures are read for them, in milliseconds. */
const EVERY = { steps: 500, look: 2000 };

/** Neither takes more than this share of the time: what takes long is done less often. */
const SHARE = 0.01;

/** How many pictures are read for the confusion matrix, and how many of them are shown. */
const PICTURES = { read: 300, shown: 20 };

/** What a run is trained on, and what it is measured on, if that is not a part of it. */
export interface RunData {
  readonly train: Dataset;
  readonly test?: Dataset;
}

/** What is known of a run between two epochs; a {@linkcode Checkpoint} is one. */
export type RunSoFar = Pick<Checkpoint, "architecture" | "history"> & {
  readonly recipe: Pick<Checkpoint["recipe"], "normalization" | "validation">;
};

/** What viewers are told of one run. */
export class RunView {
  readonly #events: EventStream;
  readonly #data: RunData;
  /** The loss of every step of the epoch that is running. */
  readonly #stepLosses: number[] = [];
  #run: RunSoFar | undefined;
  #pictures: Dataset | undefined;
  #viewers = 0;
  /** When viewers are to be told next. */
  #due = { steps: 0, look: 0 };

  /**
   * @param events Where viewers are told.
   * @param data What the run is trained and measured on.
   */
  constructor(events: EventStream, data: RunData) {
    this.#events = events;
    this.#data = data;
  }

  /** Tells what the epochs so far came to: before the first, and after each. */
  checkpoint(run: RunSoFar): void {
    const { train, test } = this.#data;
    this.#run = run;
    this.#stepLosses.length = 0;
    this.#pictures ??= takeDataset(
      test ?? setAside(train, run.recipe.validation),
      PICTURES.read,
    );
    const measuredOn = test === undefined ? "validation" : "test";
    for (const what of ["loss", "accuracy"] as const) {
      this.#events.send(what, epochChart(run.history, what, measuredOn));
    }
  }

  /** Tells what a step came to, and what the network is like after it, if it is time to. */
  async step(progress: TrainProgress, weights: () => Promise<Parameters>): Promise<void> {
    this.#stepLosses.push(progress.loss);
    const { viewers } = this.#events;
    const isLast = progress.epoch === progress.epochs && progress.step === progress.steps;
    // Nothing is done while nobody looks on. Who comes new is told at once, and all are of the end.
    if (viewers > this.#viewers || isLast) this.#due = { steps: 0, look: 0 };
    this.#viewers = viewers;
    if (viewers === 0) return;
    await this.#ifDue("steps", () => this.#tellSteps(progress));
    await this.#ifDue("look", async () => this.#look(await weights()));
  }

  async #ifDue(what: keyof typeof EVERY, tell: () => void | Promise<void>): Promise<void> {
    const started = performance.now();
    if (started < this.#due[what]) return;
    await tell();
    const now = performance.now();
    this.#due[what] = started + Math.max(EVERY[what], (now - started) / SHARE);
  }

  #tellSteps(progress: TrainProgress): void {
    const { epoch, epochs, step, steps, accuracy, learningRate } = progress;
    const stepLosses = this.#stepLosses;
    const loss = stepLosses.reduce((sum, loss) => sum + loss, 0) / stepLosses.length;
    const running: EpochRecord = { epoch, learningRate, loss, accuracy, stepLosses };
    this.#events.send("steps", stepChart([...this.#run!.history, running]));
    this.#events.send("facts", factList(progressFacts(progress)).text);
    this.#events.send("progress", (epoch - 1 + step / steps) / epochs);
  }

  async #look(parameters: Parameters): Promise<void> {
    const { architecture, recipe: { normalization } } = this.#run!;
    const { classNames } = this.#data.train;
    const metadata = { classNames, normalization, temperature: 1 };
    const answered = await answerPictures({ architecture, parameters, metadata }, this.#pictures!);
    const shown = pictureGrid(answered.slice(0, PICTURES.shown), classNames, { confidence: false });
    const confusion = confusionTable(countConfusion(answered, classNames.length), classNames);
    this.#events.send("pictures", shown.text);
    this.#events.send("filters", filterFigure(architecture, parameters)?.text ?? "");
    this.#events.send("confusion", confusion.text);
  }
}
