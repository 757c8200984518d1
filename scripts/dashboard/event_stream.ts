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
