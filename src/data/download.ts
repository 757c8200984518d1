import type { FileHandle } from "node:fs/promises";
import { checkAborted, LeNetError } from "../errors.ts";
import { fileSize, ioReason, isMissing, readFile, sha256, writeError } from "./files.ts";

/** A published file that never changes. */
export interface RemoteFile {
  /** The last part of its URL on every mirror. */
  readonly name: string;
  /** Size in bytes. */
  readonly bytes: number;
  /** SHA-256, 64 hexadecimal digits in lower case. */
  readonly sha256: string;
}

/** The progress of a download. */
export interface DownloadProgress {
  /** The name of the file, without folders. */
  readonly file: string;
  /** The URL of the current attempt. */
  readonly url: string;
  /** The number of bytes stored so far, those of earlier attempts included. */
  readonly received: number;
  /** The size of the file, in bytes. */
  readonly total: number;
}

/** The options of a download. */
export interface DownloadOptions {
  /** Stops the download. The bytes received so far stay on the disk, and the next download continues from them. */
  readonly signal?: AbortSignal | undefined;
  /** Called after every chunk that arrives. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** The longest time without data from a mirror, in milliseconds, 1 to 2³¹ − 1 (default 30,000). */
  readonly idleTimeout?: number | undefined;
}

/** In milliseconds; long enough for a mirror that first has to wake up. */
const DEFAULT_IDLE_TIMEOUT = 30_000;

/** The longest delay of a timer, in milliseconds. */
const MAX_IDLE_TIMEOUT = 2 ** 31 - 1;

/** Requests to one mirror, as long as each of them received more of the file. */
const MAX_ATTEMPTS = 4;

/**
 * Returns a published file from a folder, and downloads it first when the folder does not have it. The mirrors are
 * tried in order.
 *
 * Incoming bytes are stored as `<name>.partial`, so that an interrupted download continues where it stopped, from any
 * mirror. The file is renamed to its final name after its SHA-256 was checked.
 *
 * @param file The name, size and digest of the file.
 * @param mirrors The URLs of the folders that hold the file, each ending in `/`.
 * @param folder The folder to store the file in. It is created when it is missing.
 * @param options Signal, progress and timeout.
 * @returns The bytes of the file, checked.
 * @throws {LeNetError} `data/download` when no mirror delivered the file, with the reason for each; `data/checksum`
 * when one of them delivered a different file; `file/unwritable` or `file/unreadable` for the folder and its files;
 * `option/invalid` when `idleTimeout` is out of range; `aborted`.
 */
export async function download(
  file: RemoteFile,
  mirrors: readonly string[],
  folder: string,
  options: DownloadOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { join } = await import("node:path");
  const { mkdir } = await import("node:fs/promises");
  const action = `download ${file.name}`;
  const { signal, onProgress, idleTimeout = DEFAULT_IDLE_TIMEOUT } = options;
  if (!(idleTimeout >= 1 && idleTimeout <= MAX_IDLE_TIMEOUT)) {
    throw new LeNetError(
      "option/invalid",
      `Cannot ${action}: idleTimeout is ${idleTimeout}, expected 1 to ${MAX_IDLE_TIMEOUT} milliseconds`,
    );
  }
  checkAborted(signal, action);

  const path = join(folder, file.name);
  const stored = await readVerified(path, file);
  if (stored !== undefined) return stored;
  await mkdir(folder, { recursive: true }).catch((error) => {
    throw writeError(folder, error);
  });

  const problems: Problem[] = [];
  for (const mirror of mirrors) {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const outcome = await tryMirror(file, mirror, path, { signal, onProgress, idleTimeout });
      checkAborted(signal, action);
      if (outcome instanceof Uint8Array) return outcome;
      if (attempt < MAX_ATTEMPTS && outcome.retry) continue;
      problems.push(outcome);
      break;
    }
  }
  throw new LeNetError(
    problems.some((problem) => problem.wrong) ? "data/checksum" : "data/download",
    `Cannot ${action}: ${problems.map(({ text }) => text).join("; ") || "no mirror is given"}; ` +
      `expected ${file.bytes} bytes with SHA-256 ${file.sha256}`,
  );
}

async function tryMirror(
  file: RemoteFile,
  mirror: string,
  path: string,
  { signal, onProgress, idleTimeout }: DownloadOptions & { readonly idleTimeout: number },
): Promise<Uint8Array<ArrayBuffer> | Problem> {
  const { rename } = await import("node:fs/promises");
  if (!URL.canParse(file.name, mirror)) return { text: `${mirror} is not a URL` };
  const url = new URL(file.name, mirror).href;
  const partial = `${path}.partial`;
  const start = await fileSize(partial) ?? 0;
  if (start !== file.bytes) {
    const problem = await receive({
      url,
      bytes: file.bytes,
      partial,
      start,
      idleTimeout,
      signal,
      onBytes: (received) => onProgress?.({ file: file.name, url, received, total: file.bytes }),
    });
    if (problem !== undefined) return problem;
  }
  const bytes = await readFile(partial).catch((error: LeNetError) => {
    if (error.code !== "file/missing") throw error;
  });
  if (bytes === undefined) {
    // Another process downloaded the same file at the same time and has renamed it.
    return await readVerified(path, file) ?? { text: `${partial} is missing`, retry: true };
  }
  const found = await sha256(bytes);
  if (found !== file.sha256) {
    await discard(partial);
    // The wrong bytes may be from an earlier attempt: the same mirror is asked once more, for the whole file.
    return { text: `${url} has SHA-256 ${found}`, wrong: true, retry: start > 0 };
  }
  await rename(partial, path).catch((error) => {
    if (!isMissing(error)) throw writeError(path, error);
  });
  return bytes;
}

/** Returns the bytes of a file if it exists and has the expected digest. */
async function readVerified(
  path: string,
  file: RemoteFile,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (await fileSize(path) !== file.bytes) return undefined;
  const bytes = await readFile(path);
  return await sha256(bytes) === file.sha256 ? bytes : undefined;
}

/** One request for a file, or for the rest of it. */
interface Transfer {
  readonly url: string;
  /** The size of the whole file, in bytes. */
  readonly bytes: number;
  /** The path of the partial file, which may not exist. */
  readonly partial: string;
  /** The size of the partial file, in bytes. */
  readonly start: number;
  /** The longest time without data, in milliseconds. */
  readonly idleTimeout: number;
  readonly signal?: AbortSignal | undefined;
  /** Called after every chunk with the new size of the partial file. */
  readonly onBytes: (received: number) => void;
}

/** Why a request did not complete the file. */
interface Problem {
  /** A part of the error message. */
  readonly text: string;
  /** Whether the server delivered a different file. */
  readonly wrong?: boolean;
  /** Whether another request to the same server may succeed. */
  readonly retry?: boolean;
}

/**
 * Requests the missing part of a file and writes it to the partial file. When the connection is interrupted, the bytes
 * received so far stay there. Returns nothing when the partial file is complete.
 */
async function receive(transfer: Transfer): Promise<Problem | undefined> {
  const idle = new IdleTimeout(transfer.idleTimeout, transfer.signal);
  try {
    return await ask(transfer, idle);
  } finally {
    idle.stop();
  }
}

async function ask(transfer: Transfer, idle: IdleTimeout): Promise<Problem | undefined> {
  const { url, start } = transfer;
  let response: Response;
  try {
    response = await fetch(url, {
      signal: idle.signal,
      // The digest is of the file as stored: the server must not compress it.
      headers: { "Accept-Encoding": "identity", ...(start > 0 && { Range: `bytes=${start}-` }) },
    });
  } catch (error) {
    return { text: `${url} cannot be reached (${idle.reason ?? ioReason(error)})` };
  }
  const from = firstByte(response, start);
  if (from === undefined || response.body === null) {
    await response.body?.cancel().catch(() => {});
    const refusesRange = start > 0 && (response.status === 416 || response.status === 206);
    if (refusesRange) await discard(transfer.partial);
    return { text: `${url} answered ${response.status}`, retry: refusesRange };
  }
  return await store(transfer, from, response.body, idle);
}

/**
 * The offset in the file of the first byte of a response: 0 from a server that ignores ranges, undefined for a response
 * that cannot be used.
 */
function firstByte(response: Response, asked: number): number | undefined {
  if (response.status === 200) return 0;
  const continues = response.status === 206 &&
    response.headers.get("Content-Range")?.startsWith(`bytes ${asked}-`);
  return continues ? asked : undefined;
}

async function store(
  { url, bytes, partial, onBytes }: Transfer,
  from: number,
  body: ReadableStream<Uint8Array>,
  idle: IdleTimeout,
): Promise<Problem | undefined> {
  const reader = body.getReader();
  const writing = <T>(action: Promise<T>): Promise<T> =>
    action.catch((error) => {
      throw writeError(partial, error);
    });
  let handle: FileHandle | undefined;
  let received = from;
  let broken: string | undefined;
  try {
    handle = await writing(openForUpdate(partial));
    while (broken === undefined) {
      idle.restart();
      const chunk = await reader.read().catch((error) => {
        broken = `broke off (${idle.reason ?? ioReason(error)})`;
      });
      if (chunk === undefined || chunk.done) break;
      if (received + chunk.value.length > bytes) {
        await writing(handle.truncate(0));
        return { text: `${url} has more than ${bytes} bytes`, wrong: true };
      }
      await writing(writeAt(handle, chunk.value, received));
      received += chunk.value.length;
      onBytes(received);
    }
    if (broken === undefined) await writing(handle.truncate(received));
    await writing(handle.sync());
  } finally {
    await reader.cancel().catch(() => {});
    await handle?.close();
  }
  if (received === bytes) return undefined;
  return {
    text: `${url} ${broken ?? "ended"} after ${received} of ${bytes} bytes`,
    retry: received > from,
  };
}

/** Opens a file for writing at any position, and creates it when it is missing. */
async function openForUpdate(path: string): Promise<FileHandle> {
  const { open } = await import("node:fs/promises");
  await (await open(path, "a")).close();
  return await open(path, "r+");
}

/**
 * Writes at a position instead of appending, so that two processes that download the same file at once write the same
 * bytes to the same places.
 */
async function writeAt(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** Removes a partial file if it exists. */
async function discard(partial: string): Promise<void> {
  const { rm } = await import("node:fs/promises");
  await rm(partial, { force: true }).catch((error) => {
    throw writeError(partial, error);
  });
}

/** Aborts work when the signal of its caller does, or when no data arrived for some time. */
export class IdleTimeout {
  readonly #milliseconds: number;
  readonly #caller: AbortSignal | undefined;
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #expired = false;
  readonly #abort = (): void => this.#controller.abort();

  /**
   * Starts the timer.
   *
   * @param milliseconds The longest time without data.
   * @param caller The signal of the caller, if any.
   */
  constructor(milliseconds: number, caller: AbortSignal | undefined) {
    this.#milliseconds = milliseconds;
    this.#caller = caller;
    caller?.addEventListener("abort", this.#abort);
    if (caller?.aborted) this.#abort();
    this.restart();
  }

  /** The signal for the work that is watched. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The reason for the message when the timer has expired, otherwise undefined. */
  get reason(): string | undefined {
    return this.#expired ? `no data for ${this.#milliseconds} ms` : undefined;
  }

  /** Restarts the timer: data has arrived. */
  restart(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#expired = true;
      this.#abort();
    }, this.#milliseconds);
  }

  /** Stops the timer for good. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#abort);
  }
}
