import { checkAborted, LeNetError } from "../errors.ts";
import type { Preparation } from "../model/model.ts";
import { checkOptionNames } from "../options.ts";
import { download, type DownloadOptions, type RemoteFile } from "./download.ts";
import { fileSize, readFile, sha256 } from "./files.ts";

/** A part of a published collection: its training images or its test images. */
export type Split = "train" | "test";

const SPLITS: readonly Split[] = ["train", "test"];

/** A published collection of labelled images. */
export interface Collection {
  /** The name that messages and datasets show, such as `MNIST`. */
  readonly name: string;
  /** The name of its folder in the cache. */
  readonly folder: string;
  /** The names of the classes, in label order. */
  readonly classNames: readonly string[];
  /** How pictures are prepared for networks trained on these images. Default `digit`. */
  readonly preparation?: Preparation;
  /** The URLs of the folders that hold its files, each ending in `/`, best first. */
  readonly mirrors: readonly string[];
}

/** The options of `loadMnist`, `loadFashionMnist` and `loadCifar10`. */
export interface LoadOptions extends DownloadOptions {
  /** Training or test images. */
  readonly split: Split;
  /** The folder that holds the files. Without it they are downloaded once, into the cache folder of the platform. */
  readonly directory?: string | undefined;
}

/**
 * Checks the options of loading a collection.
 *
 * @param collection The collection, for its name.
 * @param options The options of the caller.
 * @throws {LeNetError} `option/unknown`; `option/invalid` for an unknown split.
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

/** A file of a collection in memory. */
export interface LoadedFile {
  /** The name of the file, without folders. */
  readonly file: string;
  readonly path: string;
  /** The content as stored: compressed or not. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** SHA-256 in hexadecimal. */
  readonly checksum: string;
}

/**
 * Reads a file of a collection from the given directory. Without a directory it comes from the cache folder, and is
 * downloaded when it is not there.
 *
 * @param collection The collection that the file belongs to.
 * @param file The file to download.
 * @param names The names to look for in the directory, in this order.
 * @param options The directory, and the options of the download.
 * @returns The first file found.
 * @throws {LeNetError} `file/missing` when the directory is missing or has none of the names, `file/unreadable`; the
 * errors of {@linkcode download}; `aborted`.
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
    ? "the folder does not exist"
    : "it has no such file";
  throw new LeNetError(
    "file/missing",
    `Cannot load ${collection} from ${directory}: ${found}, expected one of ${names.join(", ")}`,
  );
}

/**
 * The folder for downloaded data: `LENET_CACHE` when it is set, otherwise `lenet` in the cache folder of the platform
 * (`$XDG_CACHE_HOME` or `~/.cache`, `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on Windows).
 *
 * @returns The path. The folder may not exist.
 * @throws {LeNetError} `file/missing` when the environment variables name no cache folder.
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
    "Cannot find a folder for downloaded data: no environment variable names one, expected LENET_CACHE to be set",
  );
}
