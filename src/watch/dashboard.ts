import { type Dataset, takeDataset } from "../data/dataset.ts";
import type { Architecture } from "../model/architecture.ts";
import type { Parameters } from "../model/parameters.ts";
import type { Checkpoint } from "../train/checkpoint.ts";
import type { EpochRecord, TrainProgress } from "../train/epoch.ts";
import style from "./assets/dashboard.css" with { type: "text" };
import script from "./assets/dashboard.js" with { type: "text" };
import { chartPage, epochChart, stepChart } from "./charts.ts";
import { duration, type Html, html, percent } from "./html.ts";
import {
  answerPictures,
  channelPictures,
  type Picture,
  pictureGrid,
  pictureImage,
} from "./pictures.ts";
import { heldOutImages } from "./report.ts";
import { answerRequest, EventStream, listen, type Page, TOKEN_HEADER } from "./requests.ts";
import { confusionTable, countConfusion, factList } from "./tables.ts";

/** Milliseconds that viewers have to receive the last events before the server closes their connections. */
const MAX_CLOSING = 1000;

/** What stops a run. */
export interface Stopper {
  readonly signal: AbortSignal;
  /** Aborts the signal. */
  stop(): void;
}

/**
 * A page on this machine that shows trainings as they run, and can pause and stop them.
 *
 * The caller announces a run with {@linkcode Dashboard.begin}, passes on the callbacks of the training to
 * {@linkcode Dashboard.checkpoint} and {@linkcode Dashboard.step}, which waits while the run is paused, and closes the
 * page with {@linkcode Dashboard.end}.
 */
export class Dashboard {
  /** The address of the page. */
  readonly url: string;
  readonly #events: EventStream;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #signal: AbortSignal;
  #view: RunView | undefined;
  #pause: PromiseWithResolvers<void> | undefined;

  private constructor(
    events: EventStream,
    server: Deno.HttpServer<Deno.NetAddr>,
    signal: AbortSignal,
  ) {
    this.#events = events;
    this.#server = server;
    this.#signal = signal;
    this.url = `http://127.0.0.1:${server.addr.port}`;
    this.#sendState("running", "Preparing");
    signal.addEventListener("abort", () => {
      this.#sendState("stopping", "Stopping");
      this.#pause?.resolve();
    });
  }

  /**
   * Serves the page.
   *
   * @param port The port; if it is in use, the next one that is free.
   * @param stopper Used by the stop button; its signal ends a pause.
   * @param log Receives a message for every port that is in use.
   * @returns The dashboard.
   * @throws {LeNetError} `option/invalid` when no port is free.
   */
  static async open(
    port: number,
    stopper: Stopper,
    log: (message: string) => void,
  ): Promise<Dashboard> {
    const events = new EventStream();
    const token = crypto.randomUUID();
    const page = await dashboardPage(token);
    const actions = {
      pause: () => dashboard.#hold(),
      resume: () => dashboard.#resume(),
      stop: () => stopper.stop(),
    };
    const served = { page, events, actions, token };
    const server = listen(port, (request) => answerRequest(request, served), log);
    const dashboard = new Dashboard(events, server, stopper.signal);
    return dashboard;
  }

  /**
   * Shows a run in place of the previous one.
   *
   * @param name The name of the network.
   * @param data The data to train and measure on.
   */
  begin(name: string, data: RunData): void {
    this.#view = new RunView(this.#events, data);
    this.#events.send("title", `${name} on ${data.train.name}`);
    if (!this.#signal.aborted && this.#pause === undefined) this.#sendState("running", "Training");
  }

  /** Shows the epochs so far. To be called before the first epoch and after each. */
  checkpoint(run: RunState): void {
    this.#view?.checkpoint(run);
  }

  /** Shows a step, and waits while the run is paused. */
  async step(progress: TrainProgress, weights: () => Promise<Parameters>): Promise<void> {
    await this.#view?.step(progress, weights);
    await this.#pause?.promise;
  }

  /**
   * Shows how the run ended and closes the server. Open pages stay as they are.
   *
   * @param message One sentence.
   */
  async end(message: string): Promise<void> {
    this.#sendState("over", message);
    this.#events.close();
    // A viewer that stops reading must not keep the process alive.
    this.#server.unref();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, MAX_CLOSING);
    await Promise.race([this.#server.shutdown(), promise]);
    clearTimeout(timer);
  }

  #hold(): void {
    if (this.#signal.aborted || this.#pause !== undefined) return;
    this.#pause = Promise.withResolvers();
    this.#sendState("paused", "Paused");
  }

  #resume(): void {
    if (this.#signal.aborted) return;
    this.#pause?.resolve();
    this.#pause = undefined;
    this.#sendState("running", "Training");
  }

  #sendState(state: "running" | "paused" | "stopping" | "over", message: string): void {
    this.#events.send("state", { state, message });
  }
}

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
class RunView {
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

/** The charts by the name of their event, empty. */
const CHARTS = {
  steps: stepChart([]),
  loss: epochChart([], "loss", ""),
  accuracy: epochChart([], "accuracy", ""),
};

/**
 * Makes the page of a dashboard. It is the same for all runs and filled by events.
 *
 * @param token The token that the page sends with every action.
 * @returns The page.
 */
async function dashboardPage(token: string): Promise<Page> {
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

/**
 * The progress of a training as names and values.
 *
 * @param progress The progress after a step.
 * @returns Names and values, in order.
 */
function progressFacts(progress: TrainProgress): [name: string, value: string][] {
  const { epoch, epochs, step, steps, loss, accuracy } = progress;
  return [
    ["epoch", `${epoch} of ${epochs}`],
    ["step", `${step} of ${steps}`],
    ["loss", loss.toFixed(4)],
    ["accuracy", percent(accuracy)],
    ["learning rate", String(Number(progress.learningRate.toPrecision(3)))],
    ["images/s", Math.round(progress.imagesPerSecond).toLocaleString("en-US")],
    ["time left", duration(progress.secondsLeft)],
  ];
}

/** The width of a weight in CSS pixels. */
const ZOOM = 10;

/**
 * Shows each filter of the first convolution as a picture, in colour for a network of colour images.
 *
 * @param architecture The network.
 * @param weights Its parameters.
 * @returns The figure; undefined for a network without a convolution.
 */
export function filterFigure(architecture: Architecture, weights: Parameters): Html | undefined {
  const layer = architecture.layers.find((layer) => layer.kind === "conv");
  const weight = layer && weights.get(`${layer.name}.weight`);
  if (layer === undefined || weight === undefined) return undefined;
  const [filters, channels, height, width] = weight.shape;
  const { pictures, lowest, highest } = channelPictures({
    name: layer.name,
    shape: [filters * channels, height, width],
    values: weight.data,
  });
  const shown = channels === 3 ? coloured(pictures) : pictures;
  return html`
    <figure>
      <figcaption><strong>${layer
        .name}</strong> ${filters} filters of ${height}×${width}, black ${lowest
        .toPrecision(3)}, white ${highest.toPrecision(3)}</figcaption>
      <div class="channels" role="img" aria-label="Filters of ${layer.name}"
        style="--zoom: ${ZOOM}">${shown
          .map((picture) => pictureImage(picture, ""))}</div>
    </figure>
  `;
}

/** Joins every three grey pictures to one in red, green and blue. */
function coloured(planes: readonly Picture[]): Picture[] {
  return Array.from({ length: planes.length / 3 }, (_, n) => {
    const [red, green, blue] = planes.slice(n * 3, n * 3 + 3);
    const [, height, width] = red.shape;
    const pixels = Uint8Array.from([...red.pixels, ...green.pixels, ...blue.pixels]);
    return { shape: [3, height, width], pixels };
  });
}
