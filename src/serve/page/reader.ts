import type { Activation, Classification, DigitImage, LeNet, Reading } from "../../../mod.ts";

/** The methods of a network that a reader uses. */
export type ReaderNet = Pick<LeNet, "classify" | "read" | "activations"> & Disposable;

/** Receives the results. */
export interface ReaderListener {
  /** The classification of a picture, which comes first. */
  readonly onAnswer: (answer: Classification, image: DigitImage) => void;
  /** What stands in a picture of several digits, after its classification. */
  readonly onReading: (reading: Reading<string | null>) => void;
  /** The activations of a picture, at most a few times a second. */
  readonly onStages: (stages: readonly Activation[], image: DigitImage) => void;
  /** The error of a picture that cannot be read. */
  readonly onFailure: (error: unknown) => void;
}

/** Source of time, in milliseconds. Tests replace it. */
export interface Clock {
  /** The time since a fixed moment. */
  readonly now: () => number;
  /** Calls a function after a delay, at the earliest with the next task. Returns a function that cancels the call. */
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
 * Shortest time between two computations of activations, in milliseconds. One takes several times as long as a
 * classification, and the classifications must keep up with the pen.
 */
const MIN_STAGES_INTERVAL = 100;

/**
 * Reads pictures one at a time, always the newest one. A picture that is replaced before it is read is skipped. The last
 * picture is always classified, and its activations are always computed.
 */
export class Reader {
  readonly #listener: ReaderListener;
  readonly #clock: Clock;
  #net: ReaderNet | undefined;
  #reject: number | undefined;
  #length: number | undefined;
  #nextNet: ReaderNet | undefined;
  /** The newest picture, until it is classified. */
  #unanswered: DigitImage | undefined;
  /** The picture that was classified last, until its activations are computed. */
  #unseen: DigitImage | undefined;
  /** Replaced by `stop`: results of earlier sessions are dropped. */
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
   * Replaces the network, and disposes of the previous one.
   *
   * @param net The network.
   * @param reject Smallest probability at which ink counts as a digit; undefined for the library's default.
   */
  use(net: ReaderNet, reject: number | undefined): void {
    this.#nextNet?.[Symbol.dispose]();
    this.#nextNet = net;
    this.#reject = reject;
    this.#read();
  }

  /**
   * Reads a picture as soon as the network is free.
   *
   * @param image The picture, which must not change afterwards.
   */
  read(image: DigitImage): void {
    this.#unanswered = image;
    this.#wake();
    this.#read();
  }

  /**
   * Says how many digits the lines of the next pictures have, where they have several.
   *
   * @param length The number of digits; undefined for any.
   */
  expect(length: number | undefined): void {
    this.#length = length;
  }

  /** Drops the pictures that are not read yet, and the results of the one that is being read. */
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
        // Timers may fire early. Then the picture stays unseen, and the loop waits for the rest of the interval.
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
    // The next picture is answered before this one is read.
    if (answer.reason !== "several-digits" || this.#unanswered) return;
    const length = this.#length;
    const reading = await net.read(image, length === undefined ? {} : { length });
    if (session === this.#session) this.#listener.onReading(reading);
  }

  async #showStages(net: ReaderNet, image: DigitImage): Promise<void> {
    const session = this.#session;
    this.#unseen = undefined;
    this.#nextStages = this.#clock.now() + MIN_STAGES_INTERVAL;
    const stages = await net.activations(image);
    if (session === this.#session) this.#listener.onStages(stages, image);
  }

  /** Lets the browser paint, and waits for a delay or for the next picture. */
  async #pause(delay: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.callAfter(delay, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }

  /** Switches to the newest network. The previous one is disposed of here, where it is not in use. */
  #takeNet(): ReaderNet | undefined {
    if (this.#nextNet) {
      this.#net?.[Symbol.dispose]();
      this.#net = this.#nextNet;
      this.#nextNet = undefined;
    }
    return this.#net;
  }
}
