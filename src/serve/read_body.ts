import type { Visit } from "./gate.ts";
import { Problem } from "./problem.ts";

/** How much may come, and for how long. */
export interface BodyLimits {
  /** The largest number of bytes. */
  readonly maxBytes: number;
  /** How long the whole body may take, in milliseconds. */
  readonly bodyTimeout: number;
}

/** Up to so many bytes are a small body. */
const SMALL = 64 * 1024;

/** A sender who takes longer than this, in milliseconds, is slow. */
const SLOW = 250;

/**
 * Reads the body of a request to its end. Nothing is unpacked. Reading ends as soon as too much has come, or it takes
 * too long.
 *
 * @param request The request.
 * @param limits How much may come, and for how long.
 * @param visit Told of what is held in memory and of a slow sender.
 * @returns The bytes.
 * @throws {Problem} 413 above the limit, 408 when it takes too long, 400 when there is no body or it breaks off, 503
 * when there is no room for it.
 */
export async function readBody(
  request: Request,
  { maxBytes, bodyTimeout }: BodyLimits,
  visit: Visit,
): Promise<Uint8Array<ArrayBuffer>> {
  const claimed = request.headers.get("content-length");
  const length = claimed === null ? undefined : Number(claimed);
  if (length !== undefined && length > maxBytes) throw tooLarge(maxBytes, `${length} bytes`);
  if (request.body === null || length === 0) throw noBody();
  // Small bodies are read in one go, which is quicker; their length bounds them.
  const reader = length !== undefined && length <= SMALL ? undefined : request.body.getReader();
  const whole = reader === undefined
    ? request.arrayBuffer().then((buffer) => new Uint8Array(buffer))
    : collect(reader, maxBytes, visit);
  const clock = startClock(bodyTimeout, visit);
  try {
    const bytes = await Promise.race([whole, clock.late]);
    if (bytes.length > maxBytes) throw tooLarge(maxBytes, `${bytes.length} bytes`);
    if (bytes.length === 0) throw noBody();
    visit.goOn();
    return bytes;
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(400, "request/incomplete", "Cannot read the request: its body broke off");
  } finally {
    clock.stop();
    // What still comes is not waited for. A body that was read to its end, or broke off, does not mind.
    reader?.cancel().catch(() => {});
  }
}

async function collect(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  maxBytes: number,
  visit: Visit,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > maxBytes) throw tooLarge(maxBytes, "more");
    visit.hold(value.length);
    parts.push(value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Tells the visit when the sender is slow, and fails when the time is over. */
function startClock(
  bodyTimeout: number,
  visit: Visit,
): { readonly late: Promise<never>; stop(): void } {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    const end = (): void => reject(tooSlow(bodyTimeout));
    const slow = (): void => {
      timer = setTimeout(end, bodyTimeout - SLOW);
      try {
        visit.wait();
      } catch (error) {
        reject(error);
      }
    };
    timer = bodyTimeout > SLOW ? setTimeout(slow, SLOW) : setTimeout(end, bodyTimeout);
  });
  return { late, stop: () => clearTimeout(timer) };
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

function tooSlow(bodyTimeout: number): Problem {
  return new Problem(
    408,
    "request/too-slow",
    `Cannot read the request: its body has not come within ${bodyTimeout} ms`,
  );
}
