import { writeError } from "./file_error.ts";

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
