/** Work goes on for so long, in milliseconds, before whoever else has come is let in. */
const STRETCH = 5;

/**
 * Does one thing after another, in the order in which they were asked for. Answers are computed on one thread, and
 * large pictures take memory: side by side they would be no quicker, and too large.
 *
 * Now and then new requests are looked at. They would wait unseen otherwise, and nobody could tell them that too many
 * are waiting.
 */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #begun = 0;
  readonly #areKept: boolean;

  /** @param areKept Whether turns are kept at all; else all is done at once. */
  constructor(areKept = true) {
    this.#areKept = areKept;
  }

  /**
   * @param work What to do when all before it is done, well or not.
   * @returns What comes of it.
   */
  take<T>(work: () => T | Promise<T>): Promise<T> {
    if (!this.#areKept) return Promise.resolve().then(work);
    const result = this.#last.then(work);
    this.#last = result.then(this.#rest, this.#rest);
    return result;
  }

  readonly #rest = (): Promise<void> | undefined => {
    if (performance.now() - this.#begun < STRETCH) return undefined;
    return nextTask().then(() => {
      this.#begun = performance.now();
    });
  };
}

/** Waits until the platform has looked at what has come in. A timer would wait for a millisecond or more. */
function nextTask(): Promise<void> {
  if (typeof MessageChannel === "undefined") return new Promise((resolve) => setTimeout(resolve));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port2.onmessage = () => {
      port2.close();
      resolve();
    };
    port1.postMessage(undefined);
  });
}
