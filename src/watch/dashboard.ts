import type { Parameters } from "../model/parameters.ts";
import type { TrainProgress } from "../train/epoch.ts";
import { dashboardPage } from "./dashboard_page.ts";
import { answerRequest, EventStream, listen } from "./requests.ts";
import { type RunData, type RunState, RunView } from "./run_view.ts";

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
