import { Problem } from "./reply.ts";

/** Weight of the newest answer in the moving average of answer times. */
const NEWEST_WEIGHT = 0.1;

/** Limits of the requests that are handled at one time. */
export interface AdmissionLimits {
  /** Requests that are being answered or wait for it. As many more may be suspended. */
  readonly maxRequests: number;
  /** Expected wait of a new request, in milliseconds. */
  readonly maxWait: number;
  /** Bytes of large bodies in memory. */
  readonly maxHeldBytes: number;
}

/**
 * Admits requests while there is capacity and refuses the others at once, so that neither waiting time nor memory grows
 * with the load.
 *
 * Requests whose body arrives slowly are suspended: they count against a limit of their own, so that slow senders do not
 * block the others.
 */
export class AdmissionControl {
  readonly #limits: AdmissionLimits;
  #active = 0;
  #suspended = 0;
  #heldBytes = 0;
  /** Moving average of the time that one answer takes, in milliseconds. */
  #answerTime = 0;

  /** @param limits The limits; `Infinity` switches one off. */
  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  /** Number of admitted requests, suspended ones included. */
  get count(): number {
    return this.#active + this.#suspended;
  }

  /**
   * Admits a request.
   *
   * @returns Its ticket, which must be released.
   * @throws {Problem} 503 if too many requests are active, or their expected wait is too long.
   */
  admit(): Ticket {
    const { maxRequests, maxWait, maxHeldBytes } = this.#limits;
    if (this.#active >= maxRequests || this.#active * this.#answerTime > maxWait) throw BUSY;
    this.#active++;
    let isSuspended = false;
    let heldBytes = 0;
    let workTime = 0;
    return {
      addWork: (milliseconds) => workTime += milliseconds,
      hold: (bytes) => {
        if (this.#heldBytes + bytes > maxHeldBytes) throw BUSY;
        this.#heldBytes += bytes;
        heldBytes += bytes;
      },
      suspend: () => {
        if (this.#suspended >= maxRequests) throw BUSY;
        isSuspended = true;
        this.#active--;
        this.#suspended++;
      },
      resume: () => {
        isSuspended = false;
        this.#suspended--;
        this.#active++;
      },
      release: () => {
        this.#heldBytes -= heldBytes;
        if (workTime > 0) this.#answerTime += NEWEST_WEIGHT * (workTime - this.#answerTime);
        if (isSuspended) this.#suspended--;
        else this.#active--;
      },
    };
  }
}

/** The place of an admitted request. */
export interface Ticket {
  /** Adds to the time spent on the answer, in milliseconds, without the time spent on other requests. */
  addWork(milliseconds: number): void;
  /** Reserves memory for a part of a large body. Throws `Problem` 503 if there is none left. */
  hold(bytes: number): void;
  /** Makes room for other requests while the body arrives. Throws `Problem` 503 if too many are suspended. */
  suspend(): void;
  /** Ends the suspension. */
  resume(): void;
  /** Gives up the place and all held bytes. The ticket must not be used any more. */
  release(): void;
}

// One instance for all: creating an error takes longer than refusing a request.
const BUSY = new Problem(
  503,
  "server/busy",
  "Cannot accept the request: the server is at its capacity, try again later",
  { "retry-after": "1" },
);

/** Time for which tasks run before the event loop is given a turn, in milliseconds. */
const MAX_STRETCH = 5;

/**
 * Runs tasks one after another, in the order in which they were added. Answers are computed on one thread, and large
 * pictures need memory: run side by side, they would not finish sooner and need more memory.
 *
 * The event loop gets a turn every few milliseconds. Otherwise new requests would wait unseen, and could not be refused.
 */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();
  #stretchStart = 0;
  readonly #isSerial: boolean;

  /** @param isSerial False to run every task at once. */
  constructor(isSerial = true) {
    this.#isSerial = isSerial;
  }

  /**
   * Runs a task after all tasks that were added before, whether these succeed or fail.
   *
   * @returns The result of the task.
   */
  run<T>(task: () => T | Promise<T>): Promise<T> {
    if (!this.#isSerial) return Promise.resolve().then(task);
    const result = this.#last.then(task);
    this.#last = result.then(this.#yield, this.#yield);
    return result;
  }

  readonly #yield = (): Promise<void> | undefined => {
    if (performance.now() - this.#stretchStart < MAX_STRETCH) return undefined;
    return nextTask().then(() => {
      this.#stretchStart = performance.now();
    });
  };
}

/** Waits for the next task of the event loop. A timer could take a millisecond or more. */
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
