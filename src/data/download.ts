import type { FileHandle } from "node:fs/promises";
import { checkAborted, LeNetError } from "../errors.ts";
import { fileSize, isMissing, readFile, reasonOf, sha256, writeError } from "./files.ts";

/** A published file that never changes. */
export interface RemoteFile {
  /** Its name, the last part of its URL on every mirror. */
  readonly name: string;
  /** Its length in bytes. */
  readonly bytes: number;
  /** Its SHA-256, 64 hexadecimal digits in lower case. */
  readonly sha256: string;
}

/** How far a download has come. */
export interface DownloadProgress {
  /** The name of the file. */
  readonly file: string;
  /** Where it comes from now. */
  readonly url: string;
  /** How many bytes are here, those of earlier tries included. */
  readonly received: number;
  /** How many there will be. */
  readonly total: number;
}

/** What {@linkcode download} may be told. */
export interface DownloadOptions {
  /** Ends the download early; what is here stays for the next time. */
  readonly signal?: AbortSignal | undefined;
  /** Called after every piece that arrives. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** How long a mirror may be silent before it is given up, in milliseconds, 1 to 2³¹ − 1 (default 30,000). */
  readonly idleTimeout?: number | undefined;
}

const DEFAULT_IDLE_TIMEOUT = 30_000;

/** The longest time that a timer can be set to, in milliseconds. */
const MAX_IDLE_TIMEOUT = 2 ** 31 - 1;

/** How often one mirror is asked for a file, as long as every answer brings it on. */
const ATTEMPTS = 4;

/**
 * Gets a published file: from a folder when it is there, otherwise from the first mirror that has it.
 *
 * What arrives is kept as `<name>.partial`, so that a broken download continues where it stopped, the next time or
 * from the next mirror. The file gets its name only when its SHA-256 is right.
 *
 * @param file The file.
 * @param mirrors The URLs of the folders that hold it, each ending in `/`, best first.
 * @param folder Where to keep it; made when it is missing.
 * @param options Signal, progress and patience.
 * @returns The bytes of the file, checked.
 * @throws {LeNetError} `data/download` when no mirror gave the file, with what happened at each; `data/checksum` when
 * one of them gave another file; `file/unwritable` when it cannot be stored; `file/unreadable` when what is stored
 * cannot be read; `option/invalid` when the patience is out of its range; `aborted`.
 */
export async function download(
  file: RemoteFile,
  mirrors: readonly string[],
  folder: string,
  options: DownloadOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { join } = await import("node:path");
  const { mkdir } = await import("node:fs/promises");
  const doing = `download ${file.name}`;
  const { signal, onProgress, idleTimeout = DEFAULT_IDLE_TIMEOUT } = options;
  if (!(idleTimeout >= 1 && idleTimeout <= MAX_IDLE_TIMEOUT)) {
    throw new LeNetError(
      "option/invalid",
      `Cannot ${doing}: idleTimeout is ${idleTimeout}, expected 1 to ${MAX_IDLE_TIMEOUT} milliseconds`,
    );
  }
  checkAborted(signal, doing);

  const path = join(folder, file.name);
  const stored = await readVerified(path, file);
  if (stored !== undefined) return stored;
  await mkdir(folder, { recursive: true }).catch((error) => {
    throw writeError(folder, error);
  });

  const problems: Problem[] = [];
  for (const mirror of mirrors) {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const outcome = await tryMirror(file, mirror, path, { signal, onProgress, idleTimeout });
      checkAborted(signal, doing);
      if (outcome instanceof Uint8Array) return outcome;
      if (attempt < ATTEMPTS && outcome.again) continue;
      problems.push(outcome);
      break;
    }
  }
  throw new LeNetError(
    problems.some((problem) => problem.wrong) ? "data/checksum" : "data/download",
    `Cannot ${doing}: ${problems.map(({ text }) => text).join("; ") || "no mirror is given"}; ` +
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
    // Another process got the same file at the same time, and has given it its name.
    return await readVerified(path, file) ?? { text: `${partial} is gone`, again: true };
  }
  const found = await sha256(bytes);
  if (found !== file.sha256) {
    await discard(partial);
    // Bytes from an earlier try may be the wrong ones: then the same mirror may do from the beginning.
    return { text: `${url} has SHA-256 ${found}`, wrong: true, again: start > 0 };
  }
  await rename(partial, path).catch((error) => {
    if (!isMissing(error)) throw writeError(path, error);
  });
  return bytes;
}

/** The bytes of a file, when it is there and the right one. */
async function readVerified(
  path: string,
  file: RemoteFile,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (await fileSize(path) !== file.bytes) return undefined;
  const bytes = await readFile(path);
  return await sha256(bytes) === file.sha256 ? bytes : undefined;
}

/** What {@linkcode receive} is to get. */
interface Transfer {
  /** Where the file is. */
  readonly url: string;
  /** The length of the whole file, in bytes. */
  readonly bytes: number;
  /** The partial file, which need not exist. */
  readonly partial: string;
  /** How many bytes of it are here already. */
  readonly start: number;
  /** How long the server may be silent, in milliseconds. */
  readonly idleTimeout: number;
  /** The caller's signal. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of bytes that are here, after every piece. */
  readonly onBytes: (received: number) => void;
}

/** Why a server gave no whole file. */
interface Problem {
  /** Words for a person. */
  readonly text: string;
  /** Whether a file came, and the wrong one. */
  readonly wrong?: boolean;
  /** Whether asking the same server again may help. */
  readonly again?: boolean;
}

/**
 * Asks a server for the part of a file that is not here yet, and writes it where it belongs. What came before a
 * connection broke off stays.
 *
 * @param transfer What to get, and where to put it.
 * @returns Nothing when the partial file now has its full length, otherwise what went wrong.
 * @throws {LeNetError} `file/unwritable` when the bytes cannot be stored.
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
      // A server that is asked not to pack the file sends the very bytes that the checksum is of.
      headers: { "Accept-Encoding": "identity", ...(start > 0 && { Range: `bytes=${start}-` }) },
    });
  } catch (error) {
    return { text: `${url} cannot be reached (${idle.reason ?? reasonOf(error)})` };
  }
  const from = firstByte(response, start);
  if (from === undefined || response.body === null) {
    await response.body?.cancel().catch(() => {});
    const refusesRange = start > 0 && (response.status === 416 || response.status === 206);
    if (refusesRange) await discard(transfer.partial);
    return { text: `${url} answered ${response.status}`, again: refusesRange };
  }
  return await store(transfer, from, response.body, idle);
}

/** The place in the file of an answer's first byte: 0 from a server that sends the whole file, asked or not. */
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
      const piece = await reader.read().catch((error) => {
        broken = `broke off (${idle.reason ?? reasonOf(error)})`;
      });
      if (piece === undefined || piece.done) break;
      if (received + piece.value.length > bytes) {
        await writing(handle.truncate(0));
        return { text: `${url} has more than ${bytes} bytes`, wrong: true };
      }
      await writing(writeAt(handle, piece.value, received));
      received += piece.value.length;
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
    again: received > from,
  };
}

/** Opens a file for writing anywhere in it, and makes it when it is missing. */
async function openForUpdate(path: string): Promise<FileHandle> {
  const { open } = await import("node:fs/promises");
  await (await open(path, "a")).close();
  return await open(path, "r+");
}

/**
 * Writes to a place of its own rather than to the end, so that two processes that get the same file at once do not
 * spoil each other's work.
 */
async function writeAt(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** Removes a partial file, if there is one. */
async function discard(partial: string): Promise<void> {
  const { rm } = await import("node:fs/promises");
  await rm(partial, { force: true }).catch((error) => {
    throw writeError(partial, error);
  });
}

/** A signal that fires when its caller's signal does, or when nothing was heard for some time. */
export class IdleTimeout {
  readonly #milliseconds: number;
  readonly #caller: AbortSignal | undefined;
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #expired = false;
  readonly #abort = (): void => this.#controller.abort();

  /**
   * Starts the clock.
   *
   * @param milliseconds How long silence may last.
   * @param caller The caller's own signal, if any.
   */
  constructor(milliseconds: number, caller: AbortSignal | undefined) {
    this.#milliseconds = milliseconds;
    this.#caller = caller;
    caller?.addEventListener("abort", this.#abort);
    if (caller?.aborted) this.#abort();
    this.restart();
  }

  /** What to hand to the work that may fall silent. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Words for the silence that made the signal fire; nothing when it was not silence. */
  get reason(): string | undefined {
    return this.#expired ? `silent for ${this.#milliseconds} ms` : undefined;
  }

  /** Something was heard: the clock starts anew. */
  restart(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#expired = true;
      this.#abort();
    }, this.#milliseconds);
  }

  /** Stops the clock for good. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#abort);
  }
}
