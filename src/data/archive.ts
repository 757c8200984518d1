import { ioReason, limitBytes, MAX_SOURCE_BYTES, readFile, readStream } from "./files.ts";
import { checkAborted, LeNetError } from "../errors.ts";
import { importPackage } from "../packages.ts";

/**
 * Tests for the magic number of gzip, 0x1f 0x8b (RFC 1952).
 *
 * @param bytes The beginning of a file, of any length.
 * @returns Whether it is gzip data.
 */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Decompresses gzip.
 *
 * @param bytes The compressed bytes.
 * @param limit The largest accepted decompressed size, in bytes.
 * @param what The name of the data, for messages.
 * @returns The decompressed bytes.
 * @throws {LeNetError} `data/malformed` when the data is truncated, damaged, or larger than the limit.
 */
export async function gunzip(
  bytes: Uint8Array<ArrayBuffer>,
  limit: number,
  what: string,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readStream(gunzipStream(bytes), limit, `unpack ${what}`);
  } catch (error) {
    if (error instanceof LeNetError) throw error;
    throw new LeNetError(
      "data/malformed",
      `Cannot unpack ${what}: its gzip data is truncated or damaged, expected a whole gzip file`,
      { cause: error },
    );
  }
}

/** Decompresses gzip piece by piece. The stream fails on truncated or damaged data. */
function gunzipStream(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
}

/** The version that the tests run with; the same as in deno.json. */
const TAR_VERSION = "0.8.6";

/**
 * Extracts files from a tar.gz archive. It is read as a stream, so that only the extracted files take memory.
 *
 * @param bytes The archive.
 * @param names The names of the files, without folders.
 * @param options `limit`: the largest accepted size of each file, in bytes; `what`: the name of the archive, for
 * messages; `signal`: stops reading.
 * @returns The files found, by name. Of several with one name the last, as tar extracts them.
 * @throws {LeNetError} `data/malformed` when the archive is truncated, damaged, or too large; `file/missing` when the
 * package that reads tar is not installed; `aborted`.
 */
export async function untar(
  bytes: Uint8Array<ArrayBuffer>,
  names: readonly string[],
  options: {
    readonly limit: number;
    readonly what: string;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const { limit, what, signal } = options;
  const action = `unpack ${what}`;
  const { createTarDecoder } = await importTar(action);
  const entries = gunzipStream(bytes)
    .pipeThrough(limitBytes(MAX_SOURCE_BYTES, action))
    .pipeThrough(createTarDecoder({ strict: true }))
    .getReader();
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  try {
    for (;;) {
      checkAborted(signal, action);
      const { done, value } = await entries.read();
      if (done) return files;
      const { header: { name, type }, body } = value;
      const file = name.slice(name.lastIndexOf("/") + 1);
      if (type === "file" && names.includes(file)) {
        files.set(file, await readStream(body, limit, `${action}: ${file}`));
      } else {
        await body.cancel();
      }
    }
  } catch (error) {
    await entries.cancel(error).catch(() => {});
    if (error instanceof LeNetError) throw error;
    throw new LeNetError(
      "data/malformed",
      `Cannot ${action}: its gzip or tar data is truncated or damaged, expected a whole tar.gz archive`,
      { cause: error },
    );
  }
}

/** The part of modern-tar that is used. A type import of the package would make every user download it. */
export interface TarModule {
  createTarDecoder(options: { readonly strict: boolean }): TransformStream<Uint8Array, TarEntry>;
}

/** A file or folder in an archive. */
interface TarEntry {
  readonly header: { readonly name: string; readonly type?: string };
  readonly body: ReadableStream<Uint8Array>;
}

async function importTar(action: string): Promise<TarModule> {
  const name = "modern-tar";
  try {
    return await importPackage(name, TAR_VERSION) as TarModule;
  } catch (error) {
    throw new LeNetError(
      "file/missing",
      `Cannot ${action}: the package ${name} cannot be loaded (${
        ioReason(error)
      }), expected it to be installed, or the archive to be unpacked`,
      { cause: error },
    );
  }
}

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
