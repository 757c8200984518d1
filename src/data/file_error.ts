import { LeNetError } from "../model/error.ts";

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
