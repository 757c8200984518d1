import { LeNetError } from "../errors.ts";

/** How many bytes of one file or answer are read at most. */
export const MAX_SOURCE_BYTES: number = 2 ** 30;

/**
 * Reads a whole file.
 *
 * @param path Where it is: a path or a `file:` URL.
 * @returns Its bytes.
 * @throws {LeNetError} `file/missing`; `file/unreadable` for a folder or without permission; `data/malformed` above
 * {@linkcode MAX_SOURCE_BYTES}.
 */
export async function readFile(path: string | URL): Promise<Uint8Array<ArrayBuffer>> {
  const { readFile, stat } = await import("node:fs/promises");
  try {
    const { size } = await stat(path);
    if (size > MAX_SOURCE_BYTES) {
      throw new LeNetError(
        "data/malformed",
        `Cannot read ${path}: it holds ${size} bytes, expected at most ${MAX_SOURCE_BYTES}`,
      );
    }
    const { buffer, byteOffset, byteLength } = await readFile(path);
    return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
  } catch (error) {
    throw error instanceof LeNetError ? error : readError(String(path), error);
  }
}

/**
 * The size of a file that may not be there.
 *
 * @param path Where it would be.
 * @returns Its length in bytes, or nothing when there is no file.
 * @throws {LeNetError} `file/unreadable` when that cannot be found out.
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
 * Writes a file so that others see either all of it or none: the bytes go to a temporary file in the same folder,
 * reach the disk, and take the name in one step. When anything fails, the old file is as it was and the temporary
 * file is gone.
 *
 * A link is followed. A path that names a device or a pipe, which nothing may replace, is written to directly.
 *
 * @param path Where to write; the folder must exist.
 * @param bytes What to write.
 * @throws {LeNetError} `file/unwritable` when the folder is missing, the disk is full, or writing is not allowed.
 */
export async function writeFileAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const { open, realpath, rename, rm, stat } = await import("node:fs/promises");
  const target = await realpath(path).catch(() => path);
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

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission is denied",
  EEXIST: "a file has its name",
  EISDIR: "it is a folder",
  ENOENT: "it does not exist",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of its path is not a folder",
  EPERM: "permission is denied",
  EROFS: "the disk is read-only",
};

/**
 * Turns what the file system threw while reading into the library's error.
 *
 * @param path What was to be read.
 * @param error What was thrown.
 * @returns `file/missing` when nothing is there, otherwise `file/unreadable`.
 */
export function readError(path: string, error: unknown): LeNetError {
  return new LeNetError(
    isMissing(error) ? "file/missing" : "file/unreadable",
    `Cannot read ${path}: ${reasonOf(error)}, expected a file that can be read`,
    { cause: error },
  );
}

/**
 * Turns what the file system threw while writing into the library's error.
 *
 * @param path What was to be written.
 * @param error What was thrown.
 * @returns `file/unwritable`.
 */
export function writeError(path: string, error: unknown): LeNetError {
  const reason = codeOf(error) === "ENOENT" ? "its folder does not exist" : reasonOf(error);
  return new LeNetError(
    "file/unwritable",
    `Cannot write ${path}: ${reason}, expected a folder that can be written to and has room`,
    { cause: error },
  );
}

/**
 * Tells a file that is not there from other trouble.
 *
 * @param error What the file system threw.
 * @returns Whether it says that nothing is there, or that a part of the path is no folder, where nothing can be.
 */
export function isMissing(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR"].includes(codeOf(error));
}

/**
 * Words for what went wrong.
 *
 * @param error Anything that was thrown.
 * @returns Part of a sentence.
 */
export function reasonOf(error: unknown): string {
  return REASONS[codeOf(error)] ?? (error instanceof Error ? error.message : String(error));
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code);
}

/**
 * The SHA-256 of some bytes.
 *
 * @param bytes The bytes.
 * @returns 64 hexadecimal digits in lower case.
 */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
