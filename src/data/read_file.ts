import { LeNetError } from "../model/error.ts";
import { isMissing, readError } from "./file_error.ts";

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
