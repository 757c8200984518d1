import { checkAborted, LeNetError } from "../errors.ts";
import { ioReason, MAX_SOURCE_BYTES, readFile, readStream } from "./files.ts";

/** Bytes in memory, or where to read them: the path or `file:` URL of a file, or an `http:` or `https:` URL. */
export type Source = Uint8Array<ArrayBuffer> | ArrayBuffer | string | URL;

/**
 * Reads all bytes of a source.
 *
 * @param source Bytes, a path or a URL.
 * @param options `signal`: stops reading.
 * @returns The bytes. Bytes in memory are not copied.
 * @throws {LeNetError} `file/missing` or `file/unreadable` for a file, `data/download` for a URL, `data/malformed`
 * above {@linkcode MAX_SOURCE_BYTES}, `option/invalid` for anything else, `aborted`.
 */
export async function readSource(
  source: Source,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { signal } = options;
  const name = sourceName(source);
  checkAborted(signal, `read ${name}`);
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (typeof source !== "string" && !(source instanceof URL)) {
    throw new LeNetError(
      "option/invalid",
      `Cannot read ${source}: found ${typeof source}, expected bytes, a path or a URL`,
    );
  }
  const url = toUrl(source);
  if (url === undefined) return await readFile(source as string);
  switch (url.protocol) {
    case "file:":
      return await readFile(url);
    case "http:":
    case "https:":
      return await fetchBytes(url, signal);
    default:
      throw new LeNetError(
        "option/invalid",
        `Cannot read ${name}: its scheme is ${url.protocol}, expected file:, http: or https:`,
      );
  }
}

/**
 * The name of a source, for messages.
 *
 * @param source Bytes, a path or a URL.
 * @returns The path or URL; `the given bytes` for bytes.
 */
export function sourceName(source: Source): string {
  return typeof source === "string" || source instanceof URL ? String(source) : "the given bytes";
}

/** Parses a URL. A scheme has at least two letters, so that `C:\data` is a path. */
function toUrl(source: string | URL): URL | undefined {
  if (source instanceof URL) return source;
  return /^[a-z][a-z0-9+.-]+:/i.test(source) && URL.canParse(source) ? new URL(source) : undefined;
}

async function fetchBytes(
  url: URL,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const fail = (problem: string, cause?: unknown): LeNetError =>
    new LeNetError("data/download", `Cannot read ${url}: ${problem}, expected a file there`, {
      cause,
    });
  try {
    const response = await fetch(url, { signal: signal ?? null });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw fail(`the server answered ${response.status}`);
    }
    return await readStream(response.body, MAX_SOURCE_BYTES, `read ${url}`);
  } catch (error) {
    checkAborted(signal, `read ${url}`);
    throw error instanceof LeNetError ? error : fail(ioReason(error), error);
  }
}
