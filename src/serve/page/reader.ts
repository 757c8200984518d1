import type { Activation, Classification, DigitImage, LeNet } from "../../../mod.ts";

/** What a reader asks of a network. */
export type ReaderNet = Pick<LeNet, "classify" | "activations"> & Disposable;

/** Receives the results of a reader. */
export interface ReaderListener {
  /** The answer, first. */
  readonly onAnswer: (answer: Classification, image: DigitImage) => void;
  /** The activations of the network's stages, a little later, a few times a second. */
  readonly onStages: (stages: readonly Activation[], image: DigitImage) => void;
  /** A picture could not be read. */
  readonly onFailure: (error: unknown) => void;
}

/** Source of time, in milliseconds. Tests replace it. */
export interface Clock {
  /** The time since some fixed moment. */
  readonly now: () => number;
  /** Calls back after a delay, at the earliest with the next task; returns a function that cancels the call. */
  readonly callAfter: (delay: number, callback: () => void) => () => void;
}

const BROWSER_CLOCK: Clock = {
  now: () => performance.now(),
  callAfter(delay, callback) {
    const timer = setTimeout(callback, delay);
    return () => clearTimeout(timer);
  },
};

/**
 * Milliseconds between two computations of the stages. One takes several times as long as an answer, and the answers
 * must keep up with the pen.
 */
const MIN_STAGES_INTERVAL = 100;

/**
 * Reads pictures one at a time, always the newest. A picture that is replaced before its turn is skipped; the last one
 * is always answered, and its stages are always shown.
 */
export class Reader {
  readonly #listener: ReaderListener;
  readonly #clock: Clock;
  #net: ReaderNet | undefined;
  #reject: number | undefined;
  #nextNet: ReaderNet | undefined;
  /** The newest picture, until it is answered. */
  #unanswered: DigitImage | undefined;
  /** The picture that was answered last, until its stages are computed. */
  #unseen: DigitImage | undefined;
  /** Replaced by `stop`: results of pictures from before are dropped. */
  #session = {};
  #isReading = false;
  #nextStages = -Infinity;
  #wake = (): void => {};

  /**
   * @param listener Receives the results.
   * @param clock The browser's, except in tests.
   */
  constructor(listener: ReaderListener, clock: Clock = BROWSER_CLOCK) {
    this.#listener = listener;
    this.#clock = clock;
  }

  /**
   * Replaces the network, and disposes of the one before.
   *
   * @param net The network.
   * @param reject What is no digit; the library's default unless given.
   */
  use(net: ReaderNet, reject: number | undefined): void {
    this.#nextNet?.[Symbol.dispose]();
    this.#nextNet = net;
    this.#reject = reject;
    this.#read();
  }

  /**
   * Reads a picture as soon as there is a network.
   *
   * @param image The picture; it must not change before it is read.
   */
  read(image: DigitImage): void {
    this.#unanswered = image;
    this.#wake();
    this.#read();
  }

  /** Drops whatever is still to be read, and the results of what is being read. */
  stop(): void {
    this.#session = {};
    this.#unanswered = undefined;
    this.#unseen = undefined;
  }

  async #read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    for (
      let net = this.#takeNet();
      net && (this.#unanswered || this.#unseen);
      net = this.#takeNet()
    ) {
      const session = this.#session;
      try {
        if (this.#unanswered) await this.#answer(net, this.#unanswered);
        await this.#pause(this.#unanswered ? 0 : this.#nextStages - this.#clock.now());
        // Timers may fire early. The picture stays unseen then, and the loop waits for the rest of the interval.
        if (this.#unseen && this.#clock.now() >= this.#nextStages) {
          await this.#showStages(net, this.#unseen);
        }
      } catch (error) {
        if (session === this.#session) this.#listener.onFailure(error);
      }
    }
    this.#isReading = false;
  }

  async #answer(net: ReaderNet, image: DigitImage): Promise<void> {
    const session = this.#session;
    this.#unanswered = undefined;
    const options = this.#reject === undefined ? {} : { reject: this.#reject };
    const answer = await net.classify(image, options);
    if (session !== this.#session) return;
    this.#unseen = image;
    this.#listener.onAnswer(answer, image);
  }

  async #showStages(net: ReaderNet, image: DigitImage): Promise<void> {
    const session = this.#session;
    this.#unseen = undefined;
    this.#nextStages = this.#clock.now() + MIN_STAGES_INTERVAL;
    const stages = await net.activations(image);
    if (session === this.#session) this.#listener.onStages(stages, image);
  }

  /** Lets the browser paint, and waits, but no longer than until there is a new picture. */
  async #pause(delay: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.callAfter(delay, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }

  /** The newest network. The one before is disposed of here, where it is not in use. */
  #takeNet(): ReaderNet | undefined {
    if (this.#nextNet) {
      this.#net?.[Symbol.dispose]();
      this.#net = this.#nextNet;
      this.#nextNet = undefined;
    }
    return this.#net;
  }
}
