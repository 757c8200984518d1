import { LeNetError } from "../errors.ts";
import { type ImageShape, sizeOf } from "../model/architecture.ts";
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
import { decodeIdx, idxDataset } from "./idx.ts";
import { gunzip, isGzip, untar } from "./source.ts";

/** The files of MNIST as published by Y. LeCun, C. Cortes and C. J. C. Burges. */
export const MNIST: IdxCollection = {
  name: "MNIST",
  folder: "mnist",
  classNames: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  mirrors: [
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
  ],
  files: {
    train: {
      images: {
        name: "train-images-idx3-ubyte.gz",
        bytes: 9_912_422,
        sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
      },
      labels: {
        name: "train-labels-idx1-ubyte.gz",
        bytes: 28_881,
        sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
      },
    },
    test: {
      images: {
        name: "t10k-images-idx3-ubyte.gz",
        bytes: 1_648_877,
        sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
      },
      labels: {
        name: "t10k-labels-idx1-ubyte.gz",
        bytes: 4_542,
        sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
      },
    },
  },
};

/** The files of Fashion-MNIST as published by H. Xiao, K. Rasul and R. Vollgraf (Zalando SE), 2017. */
export const FASHION_MNIST: IdxCollection = {
  name: "Fashion-MNIST",
  folder: "fashion-mnist",
  classNames: [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
  ],
  preparation: "picture",
  mirrors: [
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
  ],
  files: {
    train: {
      images: {
        name: "train-images-idx3-ubyte.gz",
        bytes: 26_421_880,
        sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
      },
      labels: {
        name: "train-labels-idx1-ubyte.gz",
        bytes: 29_515,
        sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
      },
    },
    test: {
      images: {
        name: "t10k-images-idx3-ubyte.gz",
        bytes: 4_422_102,
        sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
      },
      labels: {
        name: "t10k-labels-idx1-ubyte.gz",
        bytes: 5_148,
        sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
      },
    },
  },
};

/**
 * Loads MNIST: 60,000 handwritten digits to learn from or 10,000 to be measured on, 28×28 grey pixels, ink 255.
 *
 * @param options Which part, and from where; without a directory it is downloaded once.
 * @returns The images and labels, in their original order.
 * @throws {LeNetError} What {@linkcode loadIdxCollection} throws.
 */
export function loadMnist(options: LoadOptions): Promise<Dataset> {
  return loadIdxCollection(MNIST, options);
}

/**
 * Loads Fashion-MNIST: 60,000 pictures of clothing to learn from or 10,000 to be measured on, 28×28 grey pixels.
 *
 * @param options Which part, and from where; without a directory it is downloaded once.
 * @returns The images and labels, in their original order.
 * @throws {LeNetError} What {@linkcode loadIdxCollection} throws.
 */
export function loadFashionMnist(options: LoadOptions): Promise<Dataset> {
  return loadIdxCollection(FASHION_MNIST, options);
}

/** CIFAR-10 in its binary version, as published by A. Krizhevsky, 2009. */
export const CIFAR_10: RecordCollection = {
  name: "CIFAR-10",
  folder: "cifar-10",
  classNames: [
    "plane",
    "car",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
  ],
  preparation: "picture",
  mirrors: [
    "https://www.cs.toronto.edu/~kriz/",
    "https://mindspore-website.obs.cn-north-4.myhuaweicloud.com/notebook/datasets/",
  ],
  shape: [3, 32, 32],
  archive: {
    name: "cifar-10-binary.tar.gz",
    bytes: 170_052_171,
    sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
  },
  archiveFolder: "cifar-10-batches-bin",
  files: {
    train: [
      "data_batch_1.bin",
      "data_batch_2.bin",
      "data_batch_3.bin",
      "data_batch_4.bin",
      "data_batch_5.bin",
    ],
    test: ["test_batch.bin"],
  },
  maxRecords: 10_000,
};

/**
 * Loads CIFAR-10: 50,000 photos to learn from or 10,000 to be measured on, 32×32 pixels, all red values of a photo
 * before its green and its blue ones.
 *
 * @param options Which part, and from where: a directory with the `.bin` files, packed by gzip or not, with their
 * folder `cifar-10-batches-bin`, or with `cifar-10-binary.tar.gz`; without a directory that archive is downloaded
 * once, 170 MB.
 * @returns The images and labels, in their original order.
 * @throws {LeNetError} What {@linkcode loadRecordCollection} throws.
 */
export function loadCifar10(options: LoadOptions): Promise<Dataset> {
  return loadRecordCollection(CIFAR_10, options);
}

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
  const load = (file: RemoteFile) => loadFile(collection, file, idxSpellings(file.name), options);
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
function idxSpellings(published: string): string[] {
  const plain = published.replace(/\.gz$/, "");
  const dotted = plain.replace("-idx", ".idx");
  return [`${plain}.gz`, plain, `${dotted}.gz`, dotted];
}

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
  const first = await load([...recordSpellings(names[0], collection), archive.name]);
  const read = [first];
  let parts: Records[];
  if (first.file === archive.name) {
    parts = await unpackArchive(first, names, collection, options.signal);
  } else {
    for (const name of names.slice(1)) read.push(await load(recordSpellings(name, collection)));
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
function recordSpellings(name: string, { archiveFolder }: RecordCollection): string[] {
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
