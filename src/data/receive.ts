import type { FileHandle } from "node:fs/promises";
import { reasonOf, writeError } from "./file_error.ts";
import { IdleTimeout } from "./idle_timeout.ts";

/** What {@linkcode receive} is to get. */
export interface Transfer {
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
export interface Problem {
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
export async function receive(transfer: Transfer): Promise<Problem | undefined> {
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
export async function discard(partial: string): Promise<void> {
  const { rm } = await import("node:fs/promises");
  await rm(partial, { force: true }).catch((error) => {
    throw writeError(partial, error);
  });
}
