import type { ImageShape } from "../model/architecture.ts";
import { LeNetError } from "../model/error.ts";
import { sizeOf } from "../model/shapes.ts";
import { checkLoadOptions, type Collection, type LoadOptions, type Split } from "./collection.ts";
import { checkLabels, type Dataset } from "./dataset.ts";
import type { RemoteFile } from "./download.ts";
import { gunzip, isGzip } from "./gunzip.ts";
import { type LoadedFile, loadFile } from "./load_file.ts";
import { untar } from "./untar.ts";

/** A published collection in files of records: a label, then the values of one image, each a byte. */
export interface RecordCollection extends Collection {
  /** The shape of one image. */
  readonly shape: ImageShape;
  /** What was published: a tar archive packed by gzip. */
  readonly archive: RemoteFile;
  /** The folder in the archive that holds the files. */
  readonly archiveFolder: string;
  /** The files of each part, in the order in which they are joined. */
  readonly files: Readonly<Record<Split, readonly string[]>>;
  /** How many records a file has at most. */
  readonly maxRecords: number;
}

/**
 * Loads one part of a published collection in files of records.
 *
 * A directory of your own holds the files themselves, packed by gzip or not, or the folder that the archive unpacks
 * to, or the archive. They may be others than the published ones; the dataset carries the SHA-256 of what was read.
 * An archive that is downloaded is the published one.
 *
 * @param collection What was published, and where.
 * @param options Which part, and from where.
 * @returns The images and labels, in the order of the files.
 * @throws {LeNetError} `file/missing` when the directory or a file in it is missing, `file/unreadable`; what
 * {@linkcode download} throws; `data/malformed` when a file is damaged; what {@linkcode untar} throws;
 * `option/unknown`; `option/invalid` for another split; `aborted`.
 */
export async function loadRecordCollection(
  collection: RecordCollection,
  options: LoadOptions,
): Promise<Dataset> {
  checkLoadOptions(collection, options);
  const { name, archive, files, shape, classNames, preparation } = collection;
  const names = files[options.split];
  const load = (names: readonly string[]) => loadFile(collection, archive, names, options);
  const first = await load([...spellings(names[0], collection), archive.name]);
  const read = [first];
  let parts: Records[];
  if (first.file === archive.name) {
    parts = await unpackArchive(first, names, collection, options.signal);
  } else {
    for (const name of names.slice(1)) read.push(await load(spellings(name, collection)));
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

/** The places where a file may lie in a folder. */
function spellings(name: string, { archiveFolder }: RecordCollection): string[] {
  return [name, `${name}.gz`, `${archiveFolder}/${name}`, `${archiveFolder}/${name}.gz`];
}

/** The records of one file. */
interface Records {
  /** Its name, for messages. */
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
      `Cannot read ${path}: there is no ${name} in it, expected ${names.join(", ")}`,
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

function join(
  parts: readonly Records[],
  collection: RecordCollection,
): Pick<Dataset, "images" | "labels"> {
  const record = recordLength(collection);
  const size = record - 1;
  const most = maxBytes(collection);
  for (const { what, bytes: { length } } of parts) {
    if (length === 0 || length % record !== 0 || length > most) {
      throw new LeNetError(
        "data/malformed",
        `Cannot read ${what} as records of ${collection.name}: it has ${length} bytes, expected a multiple of ${record} from ${record} to ${most}`,
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
