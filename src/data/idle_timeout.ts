/** A signal that fires when its caller's signal does, or when nothing was heard for some time. */
export class IdleTimeout {
  readonly #milliseconds: number;
  readonly #caller: AbortSignal | undefined;
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #expired = false;
  readonly #abort = (): void => this.#controller.abort();

  /**
   * Starts the clock.
   *
   * @param milliseconds How long silence may last.
   * @param caller The caller's own signal, if any.
   */
  constructor(milliseconds: number, caller: AbortSignal | undefined) {
    this.#milliseconds = milliseconds;
    this.#caller = caller;
    caller?.addEventListener("abort", this.#abort);
    if (caller?.aborted) this.#abort();
    this.restart();
  }

  /** What to hand to the work that may fall silent. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Words for the silence that made the signal fire; nothing when it was not silence. */
  get reason(): string | undefined {
    return this.#expired ? `silent for ${this.#milliseconds} ms` : undefined;
  }

  /** Something was heard: the clock starts anew. */
  restart(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#expired = true;
      this.#abort();
    }, this.#milliseconds);
  }

  /** Stops the clock for good. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#abort);
  }
}
