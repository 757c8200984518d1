import { checkAborted, LeNetError } from "../errors.ts";
import type { Preparation } from "../model/model.ts";
import { checkOptionNames } from "../options.ts";
import { download, type DownloadOptions, type RemoteFile } from "./download.ts";
import { fileSize, readFile, sha256 } from "./files.ts";

/** A part of a published collection: what to learn from, or what to be measured on. */
export type Split = "train" | "test";

/** The parts that a published collection is divided into. */
const SPLITS: readonly Split[] = ["train", "test"];

/** A published collection of labelled images. */
export interface Collection {
  /** Its name, such as `MNIST`. */
  readonly name: string;
  /** The name of its folder in the cache. */
  readonly folder: string;
  /** A name for each class, in label order. */
  readonly classNames: readonly string[];
  /** How a picture becomes an image like these; `digit` where it is left out. */
  readonly preparation?: Preparation;
  /** The URLs of the folders that hold its files, each ending in `/`, best first. */
  readonly mirrors: readonly string[];
}

/** What to load of a {@linkcode Collection}, and from where. */
export interface LoadOptions extends DownloadOptions {
  /** Which part to load. */
  readonly split: Split;
  /** The folder that holds the files. Without it they are downloaded, once, into a folder for caches. */
  readonly directory?: string | undefined;
}

/**
 * Checks what is asked of a collection.
 *
 * @param collection The collection.
 * @param options What was asked for.
 * @throws {LeNetError} `option/unknown`; `option/invalid` for a split that there is not.
 */
export function checkLoadOptions({ name }: Collection, options: LoadOptions): void {
  checkOptionNames(`load ${name}`, options, LOAD_OPTIONS);
  if (!SPLITS.includes(options.split)) {
    throw new LeNetError(
      "option/invalid",
      `Cannot load ${name}: the split is ${options.split}, expected one of ${SPLITS.join(", ")}`,
    );
  }
}

const LOAD_OPTIONS: readonly (keyof LoadOptions)[] = [
  "split",
  "directory",
  "signal",
  "onProgress",
  "idleTimeout",
];

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

/**
 * The folder for downloaded data: `LENET_CACHE` when it is set, otherwise `lenet` in the platform's folder for caches
 * (`$XDG_CACHE_HOME` or `~/.cache`, `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on Windows).
 *
 * @returns Its path; it may not exist yet.
 * @throws {LeNetError} `file/missing` when the environment names no such folder.
 */
export async function cacheFolder(): Promise<string> {
  const { env, platform } = (await import("node:process")).default;
  const { join } = await import("node:path");
  if (env.LENET_CACHE) return env.LENET_CACHE;
  if (platform === "win32") {
    if (env.LOCALAPPDATA) return join(env.LOCALAPPDATA, "lenet");
  } else if (platform === "darwin") {
    if (env.HOME) return join(env.HOME, "Library", "Caches", "lenet");
  } else {
    if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, "lenet");
    if (env.HOME) return join(env.HOME, ".cache", "lenet");
  }
  throw new LeNetError(
    "file/missing",
    "Cannot find a folder for downloaded data: the environment names none, expected LENET_CACHE to be set",
  );
}
