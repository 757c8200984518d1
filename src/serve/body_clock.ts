import type { Visit } from "./gate.ts";
import { Problem } from "./problem.ts";

/** A sender who takes longer than this, in milliseconds, is slow. */
const SLOW = 250;

/** Someone whose body is waited for. */
interface Sender {
  readonly visit: Visit;
  readonly since: number;
  readonly fail: (problem: unknown) => void;
  slow: boolean;
}

/** Looks now and then at how long bodies take to come: one timer for all, as long as there are any. */
export class BodyClock {
  readonly #timeout: number;
  readonly #senders = new Set<Sender>();
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param timeout How long a body may take, in milliseconds. */
  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  /**
   * Waits for a body, but not too long.
   *
   * @param body What is waited for.
   * @param visit Told when its sender is slow, and when the body is there after all.
   * @returns The body.
   * @throws {Problem} 408 when it has not come in time, 503 when too many senders are slow.
   */
  async wait<T>(body: Promise<T>, visit: Visit): Promise<T> {
    let sender!: Sender;
    const late = new Promise<never>((_, fail) => {
      sender = { visit, since: performance.now(), fail, slow: false };
    });
    this.#senders.add(sender);
    this.#timer ??= setInterval(() => this.#look(), Math.min(SLOW, this.#timeout) / 2);
    try {
      return await Promise.race([body, late]);
    } finally {
      this.#senders.delete(sender);
      if (sender.slow) visit.goOn();
      if (this.#senders.size === 0) {
        clearInterval(this.#timer);
        this.#timer = undefined;
      }
    }
  }

  #look(): void {
    const now = performance.now();
    for (const sender of this.#senders) {
      const waited = now - sender.since;
      if (waited >= this.#timeout) sender.fail(tooSlow(this.#timeout));
      else if (waited >= SLOW && !sender.slow) {
        try {
          sender.visit.wait();
          sender.slow = true;
        } catch (problem) {
          sender.fail(problem);
        }
      }
    }
  }
}

function tooSlow(timeout: number): Problem {
  return new Problem(
    408,
    "request/too-slow",
    `Cannot read the request: its body has not come within ${timeout} ms`,
  );
}
