import { LeNetError } from "../model/error.ts";
import { checkAborted } from "./abort.ts";
import { cacheFolder } from "./cache_folder.ts";
import type { Collection, LoadOptions } from "./collection.ts";
import { download, type RemoteFile } from "./download.ts";
import { fileSize, readFile } from "./read_file.ts";
import { sha256 } from "./sha256.ts";

/** A file of a collection, read. */
export interface LoadedFile {
  /** Its name, without folders. */
  readonly file: string;
  /** Where it is. */
  readonly path: string;
  /** All of it, packed or not. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Its SHA-256 in hexadecimal. */
  readonly checksum: string;
}

/**
 * Reads a file of a collection: from the directory that the options name, otherwise from the cache, downloaded if
 * need be.
 *
 * @param collection What it belongs to.
 * @param file What to download.
 * @param names What to look for in the directory, the likeliest first.
 * @param options Which directory, if any.
 * @returns The first file that is there.
 * @throws {LeNetError} `file/missing` when the directory is missing or none of the names is in it,
 * `file/unreadable`; what {@linkcode download} throws; `aborted`.
 */
export async function loadFile(
  collection: Collection,
  file: RemoteFile,
  names: readonly string[],
  options: LoadOptions,
): Promise<LoadedFile> {
  const { basename, join } = await import("node:path");
  const { directory, signal } = options;
  checkAborted(signal, `load ${collection.name}`);
  let path: string;
  let bytes: Uint8Array<ArrayBuffer>;
  if (directory === undefined) {
    const folder = join(await cacheFolder(), collection.folder);
    path = join(folder, file.name);
    bytes = await download(file, collection.mirrors, folder, options);
  } else {
    path = await find(names, directory, collection.name);
    bytes = await readFile(path);
  }
  return { file: basename(path), path, bytes, checksum: await sha256(bytes) };
}

async function find(
  names: readonly string[],
  directory: string,
  collection: string,
): Promise<string> {
  const { join } = await import("node:path");
  for (const name of names) {
    const path = join(directory, name);
    if (await fileSize(path) !== undefined) return path;
  }
  const found = await fileSize(directory) === undefined
    ? "there is no such folder"
    : "none is there";
  throw new LeNetError(
    "file/missing",
    `Cannot load ${collection} from ${directory}: ${found}, expected one of ${names.join(", ")}`,
  );
}
