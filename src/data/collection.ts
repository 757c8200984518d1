import { LeNetError } from "../model/error.ts";
import { checkOptionNames } from "../model/options.ts";
import { checkAborted } from "./abort.ts";
import { cacheFolder } from "./cache_folder.ts";
import type { Dataset } from "./dataset.ts";
import { download, type DownloadOptions, type RemoteFile } from "./download.ts";
import { decodeIdx, type IdxArray, idxDataset } from "./idx.ts";
import { fileSize, readFile } from "./read_file.ts";
import { sha256 } from "./sha256.ts";

/** A part of a published collection: what to learn from, or what to be measured on. */
export type Split = "train" | "test";

/** The parts that a published collection is divided into. */
export const SPLITS: readonly Split[] = ["train", "test"];

/** A published collection of labelled images in IDX files. */
export interface Collection {
  /** Its name, such as `MNIST`. */
  readonly name: string;
  /** The name of its folder in the cache. */
  readonly folder: string;
  /** A name for each class, in label order. */
  readonly classNames: readonly string[];
  /** The URLs of the folders that hold its files, each ending in `/`, best first. */
  readonly mirrors: readonly string[];
  /** Its files. */
  readonly files: Readonly<
    Record<Split, { readonly images: RemoteFile; readonly labels: RemoteFile }>
  >;
}

/** What to load of a {@linkcode Collection}, and from where. */
export interface LoadOptions extends DownloadOptions {
  /** Which part to load. */
  readonly split: Split;
  /**
   * The folder that holds the files, packed by gzip or not, under their published names or with a dot before `idx`
   * (`train-images.idx3-ubyte`). Without it they are downloaded, once, into a folder for caches.
   */
  readonly directory?: string | undefined;
}

/**
 * Loads one part of a published collection.
 *
 * Files in a directory of your own may be others than the published ones; the dataset carries the SHA-256 of what was
 * read. Files that are downloaded are the published ones.
 *
 * @param collection What was published, and where.
 * @param options Which part, and from where.
 * @returns The images and labels, in the order of the files.
 * @throws {LeNetError} `file/missing` when the directory or a file in it is missing, `file/unreadable`; what
 * {@linkcode download} throws; `data/malformed`, `data/mismatch` or `data/empty` when a file is damaged;
 * `option/unknown`; `option/invalid` for another split; `aborted`.
 */
export async function loadCollection(
  collection: Collection,
  options: LoadOptions,
): Promise<Dataset> {
  const { name, files, classNames } = collection;
  checkOptionNames(`load ${name}`, options, LOAD_OPTIONS);
  const { split } = options;
  if (!SPLITS.includes(split)) {
    throw new LeNetError(
      "option/invalid",
      `Cannot load ${name}: the split is ${split}, expected one of ${SPLITS.join(", ")}`,
    );
  }
  const images = await load(files[split].images, collection, options);
  const labels = await load(files[split].labels, collection, options);
  return idxDataset({
    name: `${name} ${split}`,
    images: images.idx,
    labels: labels.idx,
    classNames,
    checksums: { [images.file]: images.checksum, [labels.file]: labels.checksum },
  });
}

const LOAD_OPTIONS: readonly (keyof LoadOptions)[] = [
  "split",
  "directory",
  "signal",
  "onProgress",
  "idleTimeout",
];

interface LoadedFile {
  readonly file: string;
  readonly checksum: string;
  readonly idx: IdxArray;
}

async function load(
  file: RemoteFile,
  collection: Collection,
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
    path = await find(file.name, directory, collection.name);
    bytes = await readFile(path);
  }
  return {
    file: basename(path),
    checksum: await sha256(bytes),
    idx: await decodeIdx(bytes, path),
  };
}

/** Looks for a file under every spelling of its name. */
async function find(published: string, directory: string, collection: string): Promise<string> {
  const { join } = await import("node:path");
  const plain = published.replace(/\.gz$/, "");
  const dotted = plain.replace("-idx", ".idx");
  const names = [`${plain}.gz`, plain, `${dotted}.gz`, dotted];
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
