import { Problem } from "./reply.ts";

/** How much the last answer counts in how long answers usually take. */
const SHARE_OF_LAST = 0.1;

/** How many requests may be in the house. */
export interface GateLimits {
  /** Requests that are answered or wait for it. As many more may be waiting for their sender. */
  readonly maxRequests: number;
  /** How long the last of them may have to wait, in milliseconds, if all take as long as those before. */
  readonly maxWait: number;
  /** Bytes of large bodies in memory. */
  readonly maxHeld: number;
}

/**
 * Counts the requests that are in the house and turns away those that would have to wait long, so that neither the
 * waiting time nor the memory grows under more load than can be carried.
 *
 * Requests whose body comes slowly are counted apart: whoever sends slowly takes no place from those who do not.
 */
export class AdmissionControl {
  readonly #limits: GateLimits;
  #inside = 0;
  #slow = 0;
  #held = 0;
  /** How long answers take, in milliseconds. */
  #usual = 0;

  /** @param limits How many may be inside. */
  constructor(limits: GateLimits) {
    this.#limits = limits;
  }

  /** How many requests are in the house, slow ones among them. */
  get count(): number {
    return this.#inside + this.#slow;
  }

  /**
   * Lets a request in.
   *
   * @returns Its visit, which it must end.
   * @throws {Problem} 503 when the house is full.
   */
  enter(): Ticket {
    const { maxRequests, maxWait } = this.#limits;
    if (this.#inside >= maxRequests || this.#inside * this.#usual > maxWait) throw BUSY;
    this.#inside++;
    let slow = false;
    let held = 0;
    let worked = 0;
    return {
      work: (milliseconds) => worked += milliseconds,
      hold: (bytes) => {
        if (this.#held + bytes > this.#limits.maxHeld) throw BUSY;
        this.#held += bytes;
        held += bytes;
      },
      wait: () => {
        if (this.#slow >= this.#limits.maxRequests) throw BUSY;
        slow = true;
        this.#inside--;
        this.#slow++;
      },
      goOn: () => {
        slow = false;
        this.#slow--;
        this.#inside++;
      },
      leave: () => {
        this.#held -= held;
        if (worked > 0) this.#usual += SHARE_OF_LAST * (worked - this.#usual);
        if (slow) this.#slow--;
        else this.#inside--;
      },
    };
  }
}

/** A request in the house. */
export interface Ticket {
  /** Tells for how long it was answered, in milliseconds, without the time in which others were. */
  work(milliseconds: number): void;
  /** Takes memory for a part of a large body; `Problem` 503 when there is none. */
  hold(bytes: number): void;
  /** The sender is slow: makes room for others; `Problem` 503 when there are too many such. */
  wait(): void;
  /** The slow sender is done. */
  goOn(): void;
  /** Ends the visit. */
  leave(): void;
}

// One for all: there may be many, and to make an error takes longer than to refuse a request.
const BUSY = new Problem(
  503,
  "server/busy",
  "Cannot take the request now: as many as can be answered soon are waiting, try again later",
  { "retry-after": "1" },
);

/** Work goes on for so long, in milliseconds, before whoever else has come is let in. */
const STRETCH = 5;

/**
 * Does one thing after another, in the order in which they were asked for. Answers are computed on one thread, and
 * large pictures take memory: side by side they would be no quicker, and too large.
 *
 * Now and then new requests are looked at. They would wait unseen otherwise, and nobody could tell them that too many
 * are waiting.
 */
export class TicketQueue {
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
