import { checkAborted, LeNetError } from "../errors.ts";

/** The largest accepted size of a file, a download or unpacked data, in bytes: 1 GiB, five times CIFAR-10. */
export const MAX_SOURCE_BYTES: number = 2 ** 30;

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

/**
 * Reads a whole file.
 *
 * @param path A path or a `file:` URL.
 * @param limit The largest accepted size, in bytes. It is checked before the file is read.
 * @returns The bytes of the file.
 * @throws {LeNetError} `file/missing`; `file/unreadable` for a folder or without permission; `data/malformed` above
 * the limit.
 */
export async function readFile(
  path: string | URL,
  limit: number = MAX_SOURCE_BYTES,
): Promise<Uint8Array<ArrayBuffer>> {
  const { readFile, stat } = await import("node:fs/promises");
  try {
    const { size } = await stat(path);
    if (size > limit) {
      throw new LeNetError(
        "data/malformed",
        `Cannot read ${path}: it has ${size} bytes, expected at most ${limit}`,
      );
    }
    const { buffer, byteOffset, byteLength } = await readFile(path);
    return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
  } catch (error) {
    throw error instanceof LeNetError ? error : readError(String(path), error);
  }
}

/**
 * The size of a file that may be missing.
 *
 * @param path The path of the file or folder.
 * @returns The size in bytes, or undefined when nothing has this path.
 * @throws {LeNetError} `file/unreadable` when the file system refuses to answer.
 */
export async function fileSize(path: string): Promise<number | undefined> {
  const { stat } = await import("node:fs/promises");
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw readError(path, error);
  }
}

/**
 * Writes a file atomically: readers see the whole old file or the whole new one. The bytes are written to a temporary
 * file in the same folder, flushed to the disk, and renamed. On failure the old file is unchanged and the temporary
 * file is removed.
 *
 * A symbolic link is followed. A device or a pipe, which must not be replaced, is written to directly.
 *
 * @param path The path of the file. Its folder must exist.
 * @param bytes The new content.
 * @throws {LeNetError} `file/unwritable` when the folder is missing, the disk is full, or writing is not allowed.
 */
export async function writeFileAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const { open, rename, rm, stat } = await import("node:fs/promises");
  const target = await writtenPath(path);
  const found = await stat(target).catch(() => undefined);
  const inPlace = found !== undefined && !found.isFile() && !found.isDirectory();
  const written = inPlace ? target : `${target}.${crypto.randomUUID()}.tmp`;
  try {
    const handle = await open(written, inPlace ? "r+" : "wx");
    try {
      await handle.writeFile(bytes);
      if (!inPlace) await handle.sync();
    } finally {
      await handle.close();
    }
    if (!inPlace) await rename(written, target);
  } catch (error) {
    if (!inPlace) await rm(written, { force: true }).catch(() => {});
    throw writeError(path, error);
  }
}

/**
 * The path of the file that writing to a path makes or replaces: symbolic links are followed, also one to a file that does
 * not exist yet.
 *
 * @param path The path of the file, which may be missing.
 * @returns The path behind all links.
 * @throws {LeNetError} `file/unwritable` when links lead in a circle.
 */
export async function writtenPath(path: string): Promise<string> {
  const { readlink, realpath } = await import("node:fs/promises");
  const { dirname, isAbsolute } = await import("node:path");
  try {
    return await realpath(path);
  } catch (error) {
    if (codeOf(error) === "ELOOP") throw writeError(path, error);
    const next = await readlink(path).catch(() => undefined);
    if (next === undefined) return path;
    // Not joined: `..` after a link to a folder is the parent of what it leads to.
    return await writtenPath(isAbsolute(next) ? next : `${dirname(path)}/${next}`);
  }
}

/**
 * Removes the temporary files that {@linkcode writeFileAtomically} left beside a file when its process was killed.
 * Nobody else may be writing the file.
 *
 * @param path The path of the file, which may be missing.
 */
export async function removeTemporaryFiles(path: string): Promise<void> {
  const { readdir, rm } = await import("node:fs/promises");
  const { basename, dirname, join } = await import("node:path");
  const target = await writtenPath(path);
  const start = `${basename(target)}.`;
  for (const name of await readdir(dirname(target))) {
    if (!name.startsWith(start) || !/^[0-9a-f-]{36}\.tmp$/.test(name.slice(start.length))) continue;
    await rm(join(dirname(target), name), { force: true });
  }
}

/** Texts for the error codes of the file system. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission is denied",
  EEXIST: "a file has its name",
  EISDIR: "it is a folder",
  ELOOP: "its symbolic links lead in a circle",
  ENOENT: "it does not exist",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of its path is not a folder",
  EPERM: "permission is denied",
  EROFS: "the disk is read-only",
};

/**
 * Converts an error of the file system while reading.
 *
 * @param path The path of the file.
 * @param error The error of the file system.
 * @returns `file/missing` when nothing has this path, otherwise `file/unreadable`.
 */
export function readError(path: string, error: unknown): LeNetError {
  return new LeNetError(
    isMissing(error) ? "file/missing" : "file/unreadable",
    `Cannot read ${path}: ${ioReason(error)}, expected a file that can be read`,
    { cause: error },
  );
}

/**
 * Converts an error of the file system while writing.
 *
 * @param path The path of the file.
 * @param error The error of the file system.
 * @returns `file/unwritable`.
 */
export function writeError(path: string, error: unknown): LeNetError {
  const reason = codeOf(error) === "ENOENT" ? "its folder does not exist" : ioReason(error);
  return new LeNetError(
    "file/unwritable",
    `Cannot write ${path}: ${reason}, expected a folder that can be written to and has room`,
    { cause: error },
  );
}

/**
 * Tests whether an error of the file system means that a path does not exist.
 *
 * @param error The error of the file system.
 * @returns True for a missing file, and for a path that goes through something other than a folder.
 */
export function isMissing(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes(codeOf(error));
}

/**
 * The reason for an error, for the message of another one.
 *
 * @param error The error, usually of the file system or the network.
 * @returns A part of a sentence.
 */
export function ioReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // An error of Deno has no code. Devices need the permission for everything.
  const flag = /run again with the (--allow-[a-z]+) flag/.exec(message)?.[1];
  if (flag !== undefined) return `Deno allows it only with ${flag}`;
  return REASONS[codeOf(error)] ?? message;
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code);
}

/**
 * Computes the SHA-256 digest of bytes.
 *
 * @param bytes The whole message.
 * @returns 64 hexadecimal digits in lower case.
 */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Reads a stream to its end. Memory grows with the bytes that arrive, not with a size that a header claims.
 *
 * @param stream The bytes in pieces.
 * @param limit The largest accepted size, in bytes.
 * @param action The verb and object of the message.
 * @param free Frees a piece that has been copied, where nobody else holds it.
 * @returns All bytes in one array.
 * @throws {LeNetError} `data/malformed` as soon as the limit is exceeded. Errors of the stream pass through.
 */
export async function readStream(
  stream: ReadableStream<Uint8Array>,
  limit: number,
  action: string,
  free?: (piece: Uint8Array) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream.pipeThrough(limitBytes(limit, action)).getReader();
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
    free?.(chunk);
  }
  return bytes;
}

/**
 * Passes bytes through up to a limit.
 *
 * @param limit The largest accepted number of bytes.
 * @param action The verb and object of the message.
 * @returns A transform that fails with `data/malformed` as soon as the limit is exceeded.
 */
export function limitBytes(limit: number, action: string): TransformStream<Uint8Array, Uint8Array> {
  let length = 0;
  return new TransformStream({
    transform(chunk, controller) {
      length += chunk.length;
      if (length > limit) {
        throw new LeNetError(
          "data/malformed",
          `Cannot ${action}: it has more than ${limit} bytes, expected at most that`,
        );
      }
      controller.enqueue(chunk);
    },
  });
}

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
    // What waits for a garbage collection would count twice, at its peak and long after.
    return await readStream(gunzipStream(bytes), limit, `unpack ${what}`, detach);
  } catch (error) {
    if (error instanceof LeNetError) throw error;
    throw new LeNetError(
      "data/malformed",
      `Cannot unpack ${what}: its gzip data is truncated or damaged, expected a whole gzip file`,
      { cause: error },
    );
  }
}

/** Frees the memory of bytes at once, where the engine can; their array is empty afterwards. */
function detach({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer?.(0);
}

/** Compressed bytes that are unpacked at once, to at most a thousand times as many. A `Blob` may come as one piece. */
const PIECE_BYTES = 16_384;

/**
 * Decompresses gzip piece by piece.
 *
 * @param bytes The compressed bytes.
 * @returns The decompressed bytes. The stream fails on truncated or damaged data.
 */
export function gunzipStream(
  bytes: Uint8Array<ArrayBuffer>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  const pieces = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      controller.enqueue(bytes.subarray(at, at += PIECE_BYTES));
      if (at >= bytes.length) controller.close();
    },
  });
  return pieces.pipeThrough(new DecompressionStream("gzip"));
}
