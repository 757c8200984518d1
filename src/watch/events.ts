const encoder = new TextEncoder();

interface Viewer {
  readonly controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  /** The names of the events that were sent since this viewer last read. */
  readonly missed: Set<string>;
}

/**
 * Server-sent events for any number of viewers. Every event carries the whole state of its subject, so only the latest
 * event of each name is kept: it is what a viewer who comes late or reads slowly receives.
 */
export class EventStream {
  readonly #latest = new Map<string, string>();
  readonly #viewers = new Set<Viewer>();

  /** The number of open responses. */
  get viewers(): number {
    return this.#viewers.size;
  }

  /**
   * Sends an event to all viewers.
   *
   * @param name The subject.
   * @param data Its whole state, as a value of JSON.
   */
  send(name: string, data: unknown): void {
    this.#latest.set(name, `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
    for (const viewer of this.#viewers) {
      viewer.missed.add(name);
      this.#flushIfReady(viewer);
    }
  }

  /**
   * Adds a viewer.
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
      pull: () => this.#flushIfReady(viewer),
      cancel: () => void this.#viewers.delete(viewer),
    });
  }

  /** Ends all responses, after the latest events. */
  close(): void {
    for (const viewer of this.#viewers) {
      this.#flush(viewer);
      viewer.controller.close();
    }
    this.#viewers.clear();
  }

  /** Waits until a viewer has read what it was sent: a queue for each viewer would grow without bound. */
  #flushIfReady(viewer: Viewer): void {
    if ((viewer.controller.desiredSize ?? 0) > 0) this.#flush(viewer);
  }

  #flush({ controller, missed }: Viewer): void {
    if (missed.size === 0) return;
    const messages = Array.from(missed, (name) => this.#latest.get(name));
    missed.clear();
    controller.enqueue(encoder.encode(messages.join("")));
  }
}
