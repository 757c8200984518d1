import { checkAborted, LeNetError } from "../errors.ts";
import { importPackage } from "../packages.ts";
import { MAX_SOURCE_BYTES, readFile, reasonOf } from "./files.ts";

/** Where bytes are: in the hand, in a file (its path or `file:` URL), or at an `http:` or `https:` URL. */
export type Source = Uint8Array<ArrayBuffer> | ArrayBuffer | string | URL;

/**
 * Gets the bytes of a source.
 *
 * @param source Bytes, a path or a URL.
 * @param options A signal that ends the reading early.
 * @returns The bytes; those in the hand are not copied.
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
 * A name for a source, for messages.
 *
 * @param source Bytes, a path or a URL.
 * @returns The path or URL, or words for bytes.
 */
export function sourceName(source: Source): string {
  return typeof source === "string" || source instanceof URL ? String(source) : "the given bytes";
}

/** A scheme has two letters or more, so that `C:\data` stays a path. */
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
    return await collect(response.body, MAX_SOURCE_BYTES, `read ${url}`);
  } catch (error) {
    checkAborted(signal, `read ${url}`);
    throw error instanceof LeNetError ? error : fail(reasonOf(error), error);
  }
}

/**
 * Tells gzip from other bytes.
 *
 * @param bytes Any bytes.
 * @returns Whether they begin as gzip does (RFC 1952: 0x1f 0x8b).
 */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Unpacks gzip.
 *
 * @param bytes The packed bytes.
 * @param limit How many unpacked bytes to accept.
 * @param what A name for the bytes, for messages.
 * @returns The unpacked bytes.
 * @throws {LeNetError} `data/malformed` when the bytes are cut off, damaged, or unpack to more than the limit.
 */
export async function gunzip(
  bytes: Uint8Array<ArrayBuffer>,
  limit: number,
  what: string,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await collect(gunzipStream(bytes), limit, `unpack ${what}`);
  } catch (error) {
    if (error instanceof LeNetError) throw error;
    throw new LeNetError(
      "data/malformed",
      `Cannot unpack ${what}: its gzip data is cut off or damaged, expected a whole gzip file`,
      { cause: error },
    );
  }
}

/**
 * Unpacks gzip piece by piece.
 *
 * @param bytes The packed bytes.
 * @returns The unpacked bytes; the stream fails when the packed ones are cut off or damaged.
 */
function gunzipStream(
  bytes: Uint8Array<ArrayBuffer>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
}

/** The version that is tested; deno.json names it, too. */
const TAR_VERSION = "0.8.6";

/**
 * Takes files out of a tar archive packed by gzip. It is read as it is unpacked, so that nothing but these files is
 * held in memory.
 *
 * @param bytes The archive.
 * @param names The files to take, by their names without folders.
 * @param options `limit`: how many bytes to accept in each of them; `what`: a name for the archive, for messages;
 * `signal`: ends the reading early.
 * @returns The files that it has, by name; of two with one name the last, as tar itself does.
 * @throws {LeNetError} `data/malformed` when the archive is cut off, damaged, or unpacks to too much; `file/missing`
 * when the package that reads tar is not installed; `aborted`.
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
  const doing = `unpack ${what}`;
  const { createTarDecoder } = await importTar(doing);
  const entries = gunzipStream(bytes)
    .pipeThrough(limitBytes(MAX_SOURCE_BYTES, doing))
    .pipeThrough(createTarDecoder({ strict: true }))
    .getReader();
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  try {
    for (;;) {
      checkAborted(signal, doing);
      const { done, value } = await entries.read();
      if (done) return files;
      const { header: { name, type }, body } = value;
      const file = name.slice(name.lastIndexOf("/") + 1);
      if (type === "file" && names.includes(file)) {
        files.set(file, await collect(body, limit, `${doing}: ${file}`));
      } else {
        await body.cancel();
      }
    }
  } catch (error) {
    await entries.cancel(error).catch(() => {});
    if (error instanceof LeNetError) throw error;
    throw new LeNetError(
      "data/malformed",
      `Cannot ${doing}: its gzip or tar data is cut off or damaged, expected a whole tar.gz archive`,
      { cause: error },
    );
  }
}

/** As much of modern-tar as is used. A type import from the package would have every user download it. */
export interface TarModule {
  createTarDecoder(options: { readonly strict: boolean }): TransformStream<Uint8Array, TarEntry>;
}

/** A file or folder in an archive. */
interface TarEntry {
  readonly header: { readonly name: string; readonly type?: string };
  readonly body: ReadableStream<Uint8Array>;
}

async function importTar(doing: string): Promise<TarModule> {
  const name = "modern-tar";
  try {
    return await importPackage(name, TAR_VERSION) as TarModule;
  } catch (error) {
    throw new LeNetError(
      "file/missing",
      `Cannot ${doing}: ${name} cannot be loaded (${
        reasonOf(error)
      }), expected that package beside this one, or the archive unpacked`,
      { cause: error },
    );
  }
}

/**
 * Reads a stream to its end into one array. Memory grows with what arrives, not with what is claimed.
 *
 * @param stream The bytes.
 * @param limit How many bytes to accept.
 * @param doing What it is for, as the verb and object of the message.
 * @returns All bytes.
 * @throws {LeNetError} `data/malformed` as soon as there are more bytes than the limit. What the stream throws
 * passes through.
 */
export async function collect(
  stream: ReadableStream<Uint8Array>,
  limit: number,
  doing: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream.pipeThrough(limitBytes(limit, doing)).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    chunks.push(value);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

/**
 * Lets bytes through up to a limit.
 *
 * @param limit How many bytes to accept.
 * @param doing What it is for, as the verb and object of the message.
 * @returns A stream that fails with `data/malformed` as soon as there are more.
 */
export function limitBytes(
  limit: number,
  doing: string,
): TransformStream<Uint8Array, Uint8Array> {
  let length = 0;
  return new TransformStream({
    transform(chunk, controller) {
      length += chunk.length;
      if (length > limit) {
        throw new LeNetError(
          "data/malformed",
          `Cannot ${doing}: it holds more than ${limit} bytes, expected at most that`,
        );
      }
      controller.enqueue(chunk);
    },
  });
}
