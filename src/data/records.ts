import { checkAborted, LeNetError } from "../errors.ts";
import { type ImageShape, sizeOf } from "../model/architecture.ts";
import { importPackage } from "../packages.ts";
import {
  checkLoadOptions,
  type Collection,
  type LoadedFile,
  loadFile,
  type LoadOptions,
  type Split,
} from "./collection.ts";
import { checkLabels, type Dataset } from "./dataset.ts";
import type { RemoteFile } from "./download.ts";
import {
  gunzip,
  gunzipStream,
  ioReason,
  isGzip,
  limitBytes,
  MAX_SOURCE_BYTES,
  readStream,
} from "./files.ts";

/**
 * A published collection in files of records, the format of CIFAR-10: each record is one byte for the label, then the
 * values of the image, a byte each.
 */
export interface RecordCollection extends Collection {
  /** The shape of one image. */
  readonly shape: ImageShape;
  /** The published tar.gz archive. */
  readonly archive: RemoteFile;
  /** The folder in the archive that holds the files. */
  readonly archiveFolder: string;
  /** The files of each split, in the order in which they are concatenated. */
  readonly files: Readonly<Record<Split, readonly string[]>>;
  /** The largest number of records in a file. */
  readonly maxRecords: number;
}

/**
 * Loads one split of a published collection in files of records.
 *
 * A directory holds the files, plain or gzip, or the folder of the unpacked archive, or the archive. Their content may
 * differ from what was published; the dataset carries the SHA-256 of the files that were read. A downloaded archive is
 * checked against the published SHA-256.
 *
 * @param collection The archive, its files and its mirrors.
 * @param options The split, and the directory of the files.
 * @returns The images and labels, in the order of the files.
 * @throws {LeNetError} `file/missing` when the directory or a file in it is missing, `file/unreadable`; the errors of
 * `download` and `untar`; `data/malformed` when a file is damaged; `option/unknown`; `option/invalid` for an unknown
 * split; `aborted`.
 */
export async function loadRecordCollection(
  collection: RecordCollection,
  options: LoadOptions,
): Promise<Dataset> {
  checkLoadOptions(collection, options);
  const { name, archive, files, shape, classNames, preparation } = collection;
  const names = files[options.split];
  const load = (names: readonly string[]) => loadFile(collection, archive, names, options);
  const first = await load([...recordPaths(names[0], collection), archive.name]);
  const read = [first];
  let parts: Records[];
  if (first.file === archive.name) {
    parts = await unpackArchive(first, names, collection, options.signal);
  } else {
    for (const name of names.slice(1)) read.push(await load(recordPaths(name, collection)));
    parts = [];
    for (const file of read) parts.push(await unpackFile(file, collection));
  }
  const { images, labels } = join(parts, collection);
  return {
    name: `${name} ${options.split}`,
    images,
    labels,
    shape,
    count: labels.length,
    classNames,
    ...preparation && { preparation },
    checksums: Object.fromEntries(read.map(({ file, checksum }) => [file, checksum])),
  };
}

/** The paths under which a directory may hold a file. */
function recordPaths(name: string, { archiveFolder }: RecordCollection): string[] {
  return [name, `${name}.gz`, `${archiveFolder}/${name}`, `${archiveFolder}/${name}.gz`];
}

/** The decompressed content of one file. */
interface Records {
  /** The name of the file, for messages. */
  readonly what: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

async function unpackArchive(
  { path, bytes }: LoadedFile,
  names: readonly string[],
  collection: RecordCollection,
  signal: AbortSignal | undefined,
): Promise<Records[]> {
  const found = await untar(bytes, names, { limit: maxBytes(collection), what: path, signal });
  return names.map((name) => {
    const bytes = found.get(name);
    if (bytes !== undefined) return { what: `${name} in ${path}`, bytes };
    throw new LeNetError(
      "data/malformed",
      `Cannot read ${path}: ${name} is missing in it, expected ${names.join(", ")}`,
    );
  });
}

async function unpackFile(
  { path, bytes }: LoadedFile,
  collection: RecordCollection,
): Promise<Records> {
  const limit = maxBytes(collection);
  return { what: path, bytes: isGzip(bytes) ? await gunzip(bytes, limit, path) : bytes };
}

function recordLength({ shape }: RecordCollection): number {
  return 1 + sizeOf(shape);
}

function maxBytes(collection: RecordCollection): number {
  return collection.maxRecords * recordLength(collection);
}

/** Concatenates the records of all files and separates labels from images. */
function join(
  parts: readonly Records[],
  collection: RecordCollection,
): Pick<Dataset, "images" | "labels"> {
  const record = recordLength(collection);
  const size = record - 1;
  const limit = maxBytes(collection);
  for (const { what, bytes: { length } } of parts) {
    if (length === 0 || length % record !== 0 || length > limit) {
      throw new LeNetError(
        "data/malformed",
        `Cannot read ${what} as records of ${collection.name}: it has ${length} bytes, expected a multiple of ${record} from ${record} to ${limit}`,
      );
    }
  }
  const count = parts.reduce((sum, { bytes }) => sum + bytes.length / record, 0);
  const images = new Uint8Array(count * size);
  const labels = new Uint8Array(count);
  let n = 0;
  for (const { what, bytes } of parts) {
    const first = n;
    for (let at = 0; at < bytes.length; at += record, n++) {
      labels[n] = bytes[at];
      images.set(bytes.subarray(at + 1, at + record), n * size);
    }
    checkLabels(labels.subarray(first, n), collection.classNames.length, `read ${what}`);
  }
  return { images, labels };
}

/** The version that the tests run with; the same as in deno.json. */
const TAR_VERSION = "0.8.6";

/**
 * Extracts files from a tar.gz archive. It is read as a stream, so that only the extracted files take memory.
 *
 * @param bytes The archive.
 * @param names The names of the files, without folders.
 * @param options `limit`: the largest accepted size of each file, in bytes; `what`: the name of the archive, for
 * messages; `signal`: stops reading.
 * @returns The files found, by name. Of several with one name the last, as tar extracts them.
 * @throws {LeNetError} `data/malformed` when the archive is truncated, damaged, or too large; `file/missing` when the
 * package that reads tar is not installed; `aborted`.
 */
export async function untar(
  bytes: Uint8Array<ArrayBuffer>,
  names: readonly string[],
  options: {
    readonly limit: number;
    readonly what: string;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const { limit, what, signal } = options;
  const action = `unpack ${what}`;
  const { createTarDecoder } = await importTar(action);
  const entries = gunzipStream(bytes)
    .pipeThrough(limitBytes(MAX_SOURCE_BYTES, action))
    .pipeThrough(createTarDecoder({ strict: true }))
    .getReader();
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  try {
    for (;;) {
      checkAborted(signal, action);
      const { done, value } = await entries.read();
      if (done) return files;
      const { header: { name, type }, body } = value;
      const file = name.slice(name.lastIndexOf("/") + 1);
      if (type === "file" && names.includes(file)) {
        files.set(file, await readStream(body, limit, `${action}: ${file}`));
      } else {
        await body.cancel();
      }
    }
  } catch (error) {
    await entries.cancel(error).catch(() => {});
    if (error instanceof LeNetError) throw error;
    throw new LeNetError(
      "data/malformed",
      `Cannot ${action}: its gzip or tar data is truncated or damaged, expected a whole tar.gz archive`,
      { cause: error },
    );
  }
}

/** The part of modern-tar that is used. A type import of the package would make every user download it. */
export interface TarModule {
  createTarDecoder(options: { readonly strict: boolean }): TransformStream<Uint8Array, TarEntry>;
}

/** A file or folder in an archive. */
interface TarEntry {
  readonly header: { readonly name: string; readonly type?: string };
  readonly body: ReadableStream<Uint8Array>;
}

async function importTar(action: string): Promise<TarModule> {
  const name = "modern-tar";
  try {
    return await importPackage(name, TAR_VERSION) as TarModule;
  } catch (error) {
    throw new LeNetError(
      "file/missing",
      `Cannot ${action}: the package ${name} cannot be loaded (${
        ioReason(error)
      }), expected it to be installed, or the archive to be unpacked`,
      { cause: error },
    );
  }
}
