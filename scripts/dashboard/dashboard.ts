import type { Parameters } from "../../src/model/parameters.ts";
import type { TrainProgress } from "../../src/train/history.ts";
import type { Interrupt } from "../cli.ts";
import { answerRequest } from "./answer_request.ts";
import { dashboardPage } from "./dashboard_page.ts";
import { EventStream } from "./event_stream.ts";
import { listen } from "./listen.ts";
import { type RunData, type RunSoFar, RunView } from "./run_view.ts";

/** How long viewers have to take the last of what they are told, in milliseconds. */
const FAREWELL = 1000;

/**
 * A page on this machine that shows trainings as they go on, and can pause and stop them.
 *
 * It is told of a run by {@linkcode Dashboard.begin}, of what `train` tells by {@linkcode Dashboard.checkpoint} and
 * {@linkcode Dashboard.step}, which holds a run that is paused, and of the end of all by {@linkcode Dashboard.end}.
 */
export class Dashboard {
  /** Where the page is. */
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
    this.#tellState("running", "Preparing");
    signal.addEventListener("abort", () => {
      this.#tellState("stopping", "Stopping");
      this.#pause?.resolve();
    });
  }

  /**
   * Serves the page.
   *
   * @param port Where; if it is in use, the next that is free.
   * @param interrupt What the stop button sets off, and what ends a pause.
   * @param say Told of every port that is in use.
   * @returns The dashboard.
   * @throws {LeNetError} `option/invalid` when no port can be had.
   */
  static async open(
    port: number,
    interrupt: Interrupt,
    say: (message: string) => void,
  ): Promise<Dashboard> {
    const events = new EventStream();
    const token = crypto.randomUUID();
    const page = await dashboardPage(token);
    const actions = {
      pause: () => dashboard.#hold(),
      resume: () => dashboard.#goOn(),
      stop: () => interrupt.stop(),
    };
    const served = { page, events, actions, token };
    const server = listen(port, (request) => answerRequest(request, served), say);
    const dashboard = new Dashboard(events, server, interrupt.signal);
    return dashboard;
  }

  /**
   * Shows a run, in place of the one before.
   *
   * @param name What it is called.
   * @param data What it is trained and measured on.
   */
  begin(name: string, data: RunData): void {
    this.#view = new RunView(this.#events, data);
    this.#events.send("title", `${name} on ${data.train.name}`);
    if (!this.#signal.aborted && this.#pause === undefined) this.#tellState("running", "Training");
  }

  /** Shows what the epochs so far came to: before the first, and after each. */
  checkpoint(run: RunSoFar): void {
    this.#view?.checkpoint(run);
  }

  /** Shows what a step came to, and waits while the run is paused. */
  async step(progress: TrainProgress, weights: () => Promise<Parameters>): Promise<void> {
    await this.#view?.step(progress, weights);
    await this.#pause?.promise;
  }

  /**
   * Says how it all ended, and lets the viewers go; their pages stay as they are.
   *
   * @param message How it ended, in a sentence.
   */
  async end(message: string): Promise<void> {
    this.#tellState("over", message);
    this.#events.close();
    // A viewer who takes nothing more must not keep the process from ending.
    this.#server.unref();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, FAREWELL);
    await Promise.race([this.#server.shutdown(), promise]);
    clearTimeout(timer);
  }

  #hold(): void {
    if (this.#signal.aborted || this.#pause !== undefined) return;
    this.#pause = Promise.withResolvers();
    this.#tellState("paused", "Paused");
  }

  #goOn(): void {
    if (this.#signal.aborted) return;
    this.#pause?.resolve();
    this.#pause = undefined;
    this.#tellState("running", "Training");
  }

  #tellState(state: "running" | "paused" | "stopping" | "over", message: string): void {
    this.#events.send("state", { state, message });
  }
}
