import type { Ticket } from "./admission.ts";
import { Problem } from "./reply.ts";

/** Largest size of a small body, in bytes. It is not counted as held memory. */
export const SMALL_BODY: number = 64 * 1024;

/**
 * Reads the body of a request, without decompressing it. Reading ends as soon as the body is too large or too slow.
 *
 * @param request The request.
 * @param maxBytes The largest number of bytes.
 * @param timeout The longest time in which the body must arrive, in milliseconds.
 * @param ticket Holds the bytes of a large body, and is suspended while the body arrives slowly.
 * @returns The bytes.
 * @throws {Problem} 400 if there is no body or it is incomplete, 408 if it takes too long, 413 if it is too large, 503 if
 * the server is at its capacity.
 */
export async function readBody(
  request: Request,
  maxBytes: number,
  timeout: number,
  ticket: Ticket,
): Promise<Uint8Array<ArrayBuffer>> {
  const header = request.headers.get("content-length");
  const length = header === null ? undefined : Number(header);
  if (length !== undefined && length > maxBytes) throw tooLarge(maxBytes, `${length}`);
  if (length === 0) throw noBody();
  // A small body, bounded by its length, is read in one piece: that is faster where its stream need not be created.
  const isSmall = length !== undefined && length <= SMALL_BODY;
  const body = isSmall ? undefined : request.body;
  if (body === null) throw noBody();
  const collector = body && new Collector(body.getReader(), length, maxBytes, ticket);
  const whole = collector?.collect() ??
    request.arrayBuffer().then((buffer) => new Uint8Array(buffer));
  try {
    const bytes = await waitForBody(whole, timeout, ticket);
    if (bytes.length > maxBytes) throw tooLarge(maxBytes, `${bytes.length}`);
    if (bytes.length === 0) throw noBody();
    return bytes;
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(
      400,
      "request/incomplete",
      "Cannot read the body: found a closed connection, expected more bytes",
    );
  } finally {
    collector?.stop();
  }
}

/** Collects the chunks of a body in one buffer that grows as they arrive, so that no large body is in memory twice. */
class Collector {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #maxBytes: number;
  readonly #ticket: Ticket;
  /** Undefined once stopped. */
  #buffer: Uint8Array<ArrayBuffer> | undefined;
  #filled = 0;

  constructor(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    length: number | undefined,
    maxBytes: number,
    ticket: Ticket,
  ) {
    this.#reader = reader;
    // Allocated by the announced length: pages that are never written need no physical memory.
    this.#buffer = new Uint8Array(length ?? SMALL_BODY);
    this.#maxBytes = maxBytes;
    this.#ticket = ticket;
  }

  /** Reads to the end of the stream, or to the first chunk after `stop`, which is dropped. */
  async collect(): Promise<Uint8Array<ArrayBuffer>> {
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (this.#buffer === undefined) return new Uint8Array(0);
      if (done) return this.#buffer.subarray(0, this.#filled);
      const filled = this.#filled + value.length;
      if (filled > this.#maxBytes) throw tooLarge(this.#maxBytes, `at least ${filled}`);
      this.#ticket.hold(value.length);
      if (filled > this.#buffer.length) {
        const larger = new Uint8Array(Math.min(this.#maxBytes, 2 * filled));
        larger.set(this.#buffer.subarray(0, this.#filled));
        this.#buffer = larger;
      }
      this.#buffer.set(value, this.#filled);
      this.#filled = filled;
    }
  }

  /** Frees the buffer and ends the collecting, whether the body has ended or not. */
  stop(): void {
    this.#buffer = undefined;
    // Deno keeps reading an abandoned body unless its reader is cancelled. Other hosts deal with the rest after the
    // response, and on Node a cancelled reader breaks the connection. There, chunks may still arrive after the response.
    if ("Deno" in globalThis) this.#reader.cancel().catch(() => {});
  }
}

function noBody(): Problem {
  return new Problem(
    400,
    "request/malformed",
    "Cannot read the body: found 0 bytes, expected a picture",
  );
}

function tooLarge(maxBytes: number, found: string): Problem {
  return new Problem(
    413,
    "request/too-large",
    `Cannot read the body: found ${found} bytes, expected at most ${maxBytes}`,
  );
}

/** Time after which the sender of an incomplete body is slow, in milliseconds. */
const SLOW_AFTER = 250;

/** Microtasks in which a body that has arrived is read. */
const MAX_MICROTASKS = 10;

/**
 * Waits for a body until the timeout, and suspends the ticket while the sender is slow.
 *
 * @throws {Problem} 408 after the timeout, 503 if too many senders are slow.
 */
async function waitForBody<T>(body: Promise<T>, timeout: number, ticket: Ticket): Promise<T> {
  let isSettled = false;
  const settled = (): void => void (isSettled = true);
  body.then(settled, settled);
  // Most bodies are small and arrive with the headers: they need no timer.
  for (let n = 0; n < MAX_MICROTASKS && !isSettled; n++) await undefined;
  if (isSettled) return await body;

  let timer: ReturnType<typeof setTimeout> | undefined;
  let isSuspended = false;
  const failure = new Promise<never>((_, reject) => {
    const giveUp = (): void => reject(tooSlow(timeout));
    const suspend = (): void => {
      timer = setTimeout(giveUp, timeout - SLOW_AFTER);
      try {
        ticket.suspend();
        isSuspended = true;
      } catch (problem) {
        reject(problem);
      }
    };
    timer = timeout > SLOW_AFTER ? setTimeout(suspend, SLOW_AFTER) : setTimeout(giveUp, timeout);
  });
  try {
    return await Promise.race([body, failure]);
  } finally {
    clearTimeout(timer);
    if (isSuspended) ticket.resume();
  }
}

function tooSlow(timeout: number): Problem {
  return new Problem(
    408,
    "request/too-slow",
    `Cannot read the body: found it incomplete after ${timeout} ms, the time limit`,
  );
}
