import { type Dataset, takeDataset } from "../data/dataset.ts";
import type { Parameters } from "../model/parameters.ts";
import type { Checkpoint } from "../train/checkpoint.ts";
import type { EpochRecord, TrainProgress } from "../train/epoch.ts";
import { epochChart, stepChart } from "./charts.ts";
import { filterFigure, progressFacts } from "./dashboard_page.ts";
import { answerPictures, pictureGrid } from "./pictures.ts";
import { heldOutImages } from "./report.ts";
import type { EventStream } from "./requests.ts";
import { confusionTable, countConfusion, factList } from "./tables.ts";

/** Milliseconds between two events about the steps, and between two evaluations of pictures for the viewers. */
const MIN_INTERVALS = { steps: 500, look: 2000 };

/** The largest share of the running time that either may take. If it takes longer, it is done less often. */
const MAX_SHARE = 0.01;

/** The number of pictures in the confusion matrix, and of those that are shown. */
const PICTURES = { read: 300, shown: 20 };

/** The data of a run. */
export interface RunData {
  readonly train: Dataset;
  /** The images to measure on, if they are not held out from `train`. */
  readonly test?: Dataset;
}

/** The state of a run between two epochs; a {@linkcode Checkpoint} is one. */
export type RunState = Pick<Checkpoint, "architecture" | "history"> & {
  readonly recipe: Pick<Checkpoint["recipe"], "normalization" | "validation">;
};

/** Sends the events about one run. */
export class RunView {
  readonly #events: EventStream;
  readonly #data: RunData;
  /** The loss of every step of the current epoch. */
  readonly #stepLosses: number[] = [];
  #run: RunState | undefined;
  #pictures: Dataset | undefined;
  #viewers = 0;
  /** The times of the next events, in milliseconds of `performance.now()`. */
  #due = { steps: 0, look: 0 };

  /**
   * @param events Receives the events.
   * @param data The data of the run.
   */
  constructor(events: EventStream, data: RunData) {
    this.#events = events;
    this.#data = data;
  }

  /** Sends the epochs so far. */
  checkpoint(run: RunState): void {
    const { train, test } = this.#data;
    this.#run = run;
    this.#stepLosses.length = 0;
    this.#pictures ??= takeDataset(
      test ?? heldOutImages(train, run.recipe.validation),
      PICTURES.read,
    );
    const measuredOn = test === undefined ? "validation" : "test";
    for (const what of ["loss", "accuracy"] as const) {
      this.#events.send(what, epochChart(run.history, what, measuredOn));
    }
  }

  /** Sends the steps so far, and the network's filters and answers, each if it is due. */
  async step(progress: TrainProgress, weights: () => Promise<Parameters>): Promise<void> {
    this.#stepLosses.push(progress.loss);
    const { viewers } = this.#events;
    const isLast = progress.epoch === progress.epochs && progress.step === progress.steps;
    // A new viewer receives everything at once, and all viewers receive the last step.
    if (viewers > this.#viewers || isLast) this.#due = { steps: 0, look: 0 };
    this.#viewers = viewers;
    if (viewers === 0) return;
    await this.#ifDue("steps", () => this.#sendSteps(progress));
    await this.#ifDue("look", async () => this.#sendNetwork(await weights()));
  }

  async #ifDue(what: keyof typeof MIN_INTERVALS, send: () => void | Promise<void>): Promise<void> {
    const started = performance.now();
    if (started < this.#due[what]) return;
    await send();
    const now = performance.now();
    this.#due[what] = started + Math.max(MIN_INTERVALS[what], (now - started) / MAX_SHARE);
  }

  #sendSteps(progress: TrainProgress): void {
    const { epoch, epochs, step, steps, accuracy, learningRate } = progress;
    const stepLosses = this.#stepLosses;
    const loss = stepLosses.reduce((sum, loss) => sum + loss, 0) / stepLosses.length;
    const running: EpochRecord = { epoch, learningRate, loss, accuracy, stepLosses };
    this.#events.send("steps", stepChart([...this.#run!.history, running]));
    this.#events.send("facts", factList(progressFacts(progress)).text);
    this.#events.send("progress", (epoch - 1 + step / steps) / epochs);
  }

  async #sendNetwork(parameters: Parameters): Promise<void> {
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
