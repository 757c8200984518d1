import type { Part, PartAnswer, WorkerSettings } from "./part.ts";

/** Workers that each have one part at a time. */
export class WorkerPool implements Disposable {
  readonly #workers: Worker[];
  readonly #idle: Worker[];
  readonly #waiting: ((worker: Worker) => void)[] = [];

  /**
   * @param count How many workers.
   * @param settings What each is started with.
   */
  constructor(count: number, settings: WorkerSettings) {
    this.#workers = Array.from({ length: count }, () => {
      const worker = new Worker(new URL("./bulk_worker.ts", import.meta.url), { type: "module" });
      worker.postMessage(settings);
      return worker;
    });
    this.#idle = [...this.#workers];
  }

  /**
   * Has a part answered by the next worker that is free.
   *
   * @param part The part; the memory of its pixels is handed over.
   * @returns The answers.
   */
  async answer(part: Part): Promise<PartAnswer> {
    const worker = this.#idle.pop() ??
      await new Promise<Worker>((resolve) => this.#waiting.push(resolve));
    try {
      return await new Promise((resolve, reject) => {
        worker.onmessage = ({ data }: MessageEvent<PartAnswer>) => resolve(data);
        worker.onerror = (event) => {
          event.preventDefault();
          reject(new Error(event.message));
        };
        worker.postMessage(part, part.pixels ? [part.pixels.data.buffer] : []);
      });
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(worker);
      else next(worker);
    }
  }

  /** Ends all workers at once. */
  [Symbol.dispose](): void {
    for (const worker of this.#workers) worker.terminate();
  }
}
