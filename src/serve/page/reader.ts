import type { Activation, Classification, DigitImage, LeNet } from "../../../mod.ts";

/** Told of what a network reads. */
export interface ReaderListener {
  /** The answer, first. */
  readonly onAnswer: (answer: Classification, image: DigitImage) => void;
  /** What the network's stages gave, a little later, a few times a second. */
  readonly onStages: (stages: readonly Activation[]) => void;
  /** A picture could not be read. */
  readonly onFailure: (error: unknown) => void;
}

/** The look inside takes several times as long as the answer: the pen must not wait for it often. In milliseconds. */
const BETWEEN_LOOKS = 100;

/** Reads whatever there is to read last: what came in between is passed over. */
export class Reader {
  readonly #listener: ReaderListener;
  #net: LeNet | undefined;
  #reject: number | undefined;
  #nextNet: LeNet | undefined;
  #wanted: DigitImage | undefined;
  #isReading = false;
  #lastLook = -Infinity;
  #wake = (): void => {};

  /**
   * @param listener Told of what is read.
   */
  constructor(listener: ReaderListener) {
    this.#listener = listener;
  }

  /**
   * Reads with another network from now on. The one before is disposed of.
   *
   * @param net The network.
   * @param reject What is no digit; the library's default unless given.
   */
  use(net: LeNet, reject: number | undefined): void {
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
    this.#wanted = image;
    this.#wake();
    this.#read();
  }

  /** Has nothing read any more. */
  stop(): void {
    this.#wanted = undefined;
  }

  async #read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    for (let net = this.#takeNet(); net && this.#wanted; net = this.#takeNet()) {
      const image = this.#wanted;
      this.#wanted = undefined;
      try {
        const options = this.#reject === undefined ? {} : { reject: this.#reject };
        this.#listener.onAnswer(await net.classify(image, options), image);
        const due = this.#lastLook + BETWEEN_LOOKS;
        await this.#pause(this.#wanted ? 0 : due - performance.now());
        if (performance.now() < due) continue;
        this.#lastLook = performance.now();
        this.#listener.onStages(await net.activations(image));
      } catch (error) {
        this.#listener.onFailure(error);
      }
    }
    this.#isReading = false;
  }

  /** Lets the browser show what there is, and waits, but not when there is something new to read. */
  async #pause(time: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, time);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** The newest network, once the one before has nothing to do. */
  #takeNet(): LeNet | undefined {
    if (this.#nextNet) {
      this.#net?.[Symbol.dispose]();
      this.#net = this.#nextNet;
      this.#nextNet = undefined;
    }
    return this.#net;
  }
}
