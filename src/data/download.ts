import { LeNetError } from "../model/error.ts";
import { checkAborted } from "./abort.ts";
import { isMissing, writeError } from "./file_error.ts";
import { fileSize, readFile } from "./read_file.ts";
import { discard, type Problem, receive } from "./receive.ts";
import { sha256 } from "./sha256.ts";

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
