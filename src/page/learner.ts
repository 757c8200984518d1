import type { Lesson } from "./fine_tune_worker.ts";

/** What the worker tells. */
export type LearnerMessage =
  | { readonly kind: "progress"; readonly share: number }
  | { readonly kind: "learned"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "failed"; readonly message: string };

/** Has networks learn in a worker, one at a time: a new lesson takes the place of the one before. */
export class Learner {
  #worker: Worker | undefined;

  /** Whether a network is learning. */
  get isLearning(): boolean {
    return this.#worker !== undefined;
  }

  /**
   * Starts a lesson.
   *
   * @param lesson The network that learns, and what.
   * @param onMessage Told how it goes.
   */
  learn(lesson: Lesson, onMessage: (message: LearnerMessage) => void): void {
    this.stop();
    const worker = new Worker(new URL("fine_tune_worker.js", document.baseURI), {
      type: "module",
      name: "lenet-fine-tuning",
    });
    this.#worker = worker;
    const tell = (message: LearnerMessage): void => {
      if (message.kind !== "progress") this.stop();
      onMessage(message);
    };
    worker.onmessage = ({ data }: MessageEvent<LearnerMessage>) => tell(data);
    worker.onerror = (event) => {
      event.preventDefault();
      tell({ kind: "failed", message: event.message || "its program could not be loaded" });
    };
    worker.postMessage(lesson);
  }

  /** Ends the lesson, if there is one. */
  stop(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}
