import { checkLoadOptions, type Collection, type LoadOptions, type Split } from "./collection.ts";
import type { Dataset } from "./dataset.ts";
import type { RemoteFile } from "./download.ts";
import { decodeIdx, idxDataset } from "./idx.ts";
import { loadFile } from "./load_file.ts";

/** A published collection in IDX files. */
export interface IdxCollection extends Collection {
  /** Its files. */
  readonly files: Readonly<
    Record<Split, { readonly images: RemoteFile; readonly labels: RemoteFile }>
  >;
}

/**
 * Loads one part of a published collection in IDX files.
 *
 * A directory of your own holds the files packed by gzip or not, under their published names or with a dot before
 * `idx` (`train-images.idx3-ubyte`). They may be others than the published ones; the dataset carries the SHA-256 of
 * what was read. Files that are downloaded are the published ones.
 *
 * @param collection What was published, and where.
 * @param options Which part, and from where.
 * @returns The images and labels, in the order of the files.
 * @throws {LeNetError} `file/missing` when the directory or a file in it is missing, `file/unreadable`; what
 * {@linkcode download} throws; `data/malformed`, `data/mismatch` or `data/empty` when a file is damaged;
 * `option/unknown`; `option/invalid` for another split; `aborted`.
 */
export async function loadIdxCollection(
  collection: IdxCollection,
  options: LoadOptions,
): Promise<Dataset> {
  checkLoadOptions(collection, options);
  const { name, files, classNames, preparation } = collection;
  const { split } = options;
  const load = (file: RemoteFile) => loadFile(collection, file, spellings(file.name), options);
  const images = await load(files[split].images);
  const labels = await load(files[split].labels);
  return {
    ...idxDataset({
      name: `${name} ${split}`,
      images: await decodeIdx(images.bytes, images.path),
      labels: await decodeIdx(labels.bytes, labels.path),
      classNames,
      checksums: { [images.file]: images.checksum, [labels.file]: labels.checksum },
    }),
    ...preparation && { preparation },
  };
}

/** The names under which a published file may lie in a folder. */
function spellings(published: string): string[] {
  const plain = published.replace(/\.gz$/, "");
  const dotted = plain.replace("-idx", ".idx");
  return [`${plain}.gz`, plain, `${dotted}.gz`, dotted];
}
