import type { Ticket } from "./admission.ts";
import { Problem } from "./reply.ts";

/** Up to so many bytes are a small body. */
export const SMALL_BODY: number = 64 * 1024;

/**
 * Reads the body of a request to its end. Nothing is unpacked. Reading ends as soon as too much has come, or it takes
 * too long.
 *
 * @param request The request.
 * @param maxBytes The largest number of bytes.
 * @param timeout How long it may take to come, in milliseconds.
 * @param visit Told of what is held in memory and of a slow sender.
 * @returns The bytes.
 * @throws {Problem} 413 above the limit, 408 when it takes too long, 400 when there is no body or it breaks off, 503
 * when there is no room for it.
 */
export async function readBody(
  request: Request,
  maxBytes: number,
  timeout: number,
  visit: Ticket,
): Promise<Uint8Array<ArrayBuffer>> {
  const claimed = request.headers.get("content-length");
  const length = claimed === null ? undefined : Number(claimed);
  if (length !== undefined && length > maxBytes) throw tooLarge(maxBytes, `${length} bytes`);
  if (length === 0) throw noBody();
  // Small bodies are read in one go, which is quicker where nobody has asked for their stream; their length bounds them.
  const isSmall = length !== undefined && length <= SMALL_BODY;
  const body = isSmall ? undefined : request.body;
  if (body === null) throw noBody();
  const collector = body && new Collector(body.getReader(), length, maxBytes, visit);
  const whole = collector?.collect() ??
    request.arrayBuffer().then((buffer) => new Uint8Array(buffer));
  try {
    const bytes = await waitForBody(whole, timeout, visit);
    if (bytes.length > maxBytes) throw tooLarge(maxBytes, `${bytes.length} bytes`);
    if (bytes.length === 0) throw noBody();
    return bytes;
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(400, "request/incomplete", "Cannot read the request: its body broke off");
  } finally {
    collector?.stop();
  }
}

/** Collects the chunks of a body in one buffer that grows as they arrive, so that no large body is in memory twice. */
class Collector {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #maxBytes: number;
  readonly #visit: Ticket;
  /** Undefined once stopped. */
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #filled = 0;

  constructor(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    length: number | undefined,
    maxBytes: number,
    visit: Ticket,
  ) {
    this.#reader = reader;
    // What is claimed takes no memory before it has come: untouched pages are none.
    this.#bytes = new Uint8Array(length ?? SMALL_BODY);
    this.#maxBytes = maxBytes;
    this.#visit = visit;
  }

  /** Reads to the end of the stream, or to the chunk after `stop`, of which nothing is held. */
  async collect(): Promise<Uint8Array<ArrayBuffer>> {
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (this.#bytes === undefined) return new Uint8Array(0);
      if (done) return this.#bytes.subarray(0, this.#filled);
      const filled = this.#filled + value.length;
      if (filled > this.#maxBytes) throw tooLarge(this.#maxBytes, "more");
      this.#visit.hold(value.length);
      if (filled > this.#bytes.length) {
        const larger = new Uint8Array(Math.min(this.#maxBytes, 2 * filled));
        larger.set(this.#bytes.subarray(0, this.#filled));
        this.#bytes = larger;
      }
      this.#bytes.set(value, this.#filled);
      this.#filled = filled;
    }
  }

  /** Frees the buffer and ends the collecting, whether the body has ended or not. */
  stop(): void {
    this.#bytes = undefined;
    // Deno must be told that the rest is not wanted. Other hosts deal with it after the response; Node would take a
    // cancelled reader for a broken connection. There, more chunks may arrive after the request has been answered.
    if ("Deno" in globalThis) this.#reader.cancel().catch(() => {});
  }
}

function noBody(): Problem {
  return new Problem(
    400,
    "request/malformed",
    "Cannot read the request: it has no body, expected a picture",
  );
}

function tooLarge(maxBytes: number, found: string): Problem {
  return new Problem(
    413,
    "request/too-large",
    `Cannot read the request: its body has ${found}, expected at most ${maxBytes} bytes`,
  );
}

/** A sender who takes longer than this, in milliseconds, is slow. */
const SLOW = 250;

/** A body that is at hand is read within so many steps. */
const STEPS = 10;

/**
 * Waits for a body, but not too long.
 *
 * @param body What is waited for.
 * @param timeout How long it may take, in milliseconds.
 * @param visit Told when its sender is slow, and when the body is there after all.
 * @returns The body.
 * @throws {Problem} 408 when it has not come in time, 503 when too many senders are slow.
 */
async function waitForBody<T>(body: Promise<T>, timeout: number, visit: Ticket): Promise<T> {
  let isSettled = false;
  const settled = (): void => void (isSettled = true);
  body.then(settled, settled);
  // Most bodies are small and come with their head: they need no timer.
  for (let step = 0; step < STEPS && !isSettled; step++) await undefined;
  if (isSettled) return await body;

  let timer: ReturnType<typeof setTimeout> | undefined;
  let isSlow = false;
  const late = new Promise<never>((_, reject) => {
    const end = (): void => reject(tooSlow(timeout));
    const slow = (): void => {
      timer = setTimeout(end, timeout - SLOW);
      try {
        visit.wait();
        isSlow = true;
      } catch (problem) {
        reject(problem);
      }
    };
    timer = timeout > SLOW ? setTimeout(slow, SLOW) : setTimeout(end, timeout);
  });
  try {
    return await Promise.race([body, late]);
  } finally {
    clearTimeout(timer);
    if (isSlow) visit.goOn();
  }
}

function tooSlow(timeout: number): Problem {
  return new Problem(
    408,
    "request/too-slow",
    `Cannot read the request: its body has not come within ${timeout} ms`,
  );
}
