import type { Interrupt } from "../cli/command.ts";
import type { Parameters } from "../model/parameters.ts";
import type { TrainProgress } from "../train/checkpoint.ts";
import { dashboardPage } from "./dashboard_page.ts";
import { answerRequest, listen } from "./requests.ts";
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

/** One who looks on. */
interface Viewer {
  readonly controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  /** The events that changed since this viewer was told of them. */
  readonly missed: Set<string>;
}

const encoder = new TextEncoder();

/**
 * Server-sent events for any number of viewers. Each event is the whole of what it is about, so the latest of each
 * name is all that there is to know: a viewer who comes late is told that, and so is one who cannot keep up.
 */
export class EventStream {
  readonly #latest = new Map<string, string>();
  readonly #viewers = new Set<Viewer>();

  /** How many are looking on. */
  get viewers(): number {
    return this.#viewers.size;
  }

  /**
   * Tells everybody.
   *
   * @param name What it is about.
   * @param data All there is to know of it now, as plain data.
   */
  send(name: string, data: unknown): void {
    this.#latest.set(name, `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
    for (const viewer of this.#viewers) {
      viewer.missed.add(name);
      this.#tell(viewer);
    }
  }

  /**
   * Lets one more look on.
   *
   * @returns The body of a response of type `text/event-stream`.
   */
  open(): ReadableStream<Uint8Array<ArrayBuffer>> {
    let viewer: Viewer;
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        viewer = { controller, missed: new Set(this.#latest.keys()) };
        this.#viewers.add(viewer);
      },
      pull: () => this.#tell(viewer),
      cancel: () => void this.#viewers.delete(viewer),
    });
  }

  /** Ends all responses, after what was sent last. */
  close(): void {
    for (const viewer of this.#viewers) {
      this.#hand(viewer);
      viewer.controller.close();
    }
    this.#viewers.clear();
  }

  /** Tells a viewer what it missed, once it took what it was told before. */
  #tell(viewer: Viewer): void {
    if ((viewer.controller.desiredSize ?? 0) > 0) this.#hand(viewer);
  }

  #hand({ controller, missed }: Viewer): void {
    if (missed.size === 0) return;
    const messages = Array.from(missed, (name) => this.#latest.get(name));
    missed.clear();
    controller.enqueue(encoder.encode(messages.join("")));
  }
}
