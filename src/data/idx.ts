import { LeNetError } from "../errors.ts";
import { type ImageShape, sizeOf } from "../model/architecture.ts";
import { checkOptionNames } from "../options.ts";
import {
  checkLoadOptions,
  type Collection,
  loadFile,
  type LoadOptions,
  type Split,
} from "./collection.ts";
import { checkLabels, type Dataset } from "./dataset.ts";
import type { RemoteFile } from "./download.ts";
import { gunzip, isGzip, MAX_SOURCE_BYTES, readSource, type Source, sourceName } from "./files.ts";

/** The content of an IDX file. */
export interface IdxArray {
  /** Sizes, slowest-varying first. */
  readonly shape: readonly number[];
  /** The values, a view of the bytes of the file. */
  readonly data: Uint8Array<ArrayBuffer>;
}

/**
 * Reads an IDX file, plain or gzip, told apart by the magic number.
 *
 * @param source Bytes, a path or a URL.
 * @param options `signal`: stops reading.
 * @returns The sizes and values.
 * @throws {LeNetError} `data/malformed` when the file is not IDX of unsigned bytes, or its gzip data is truncated or
 * damaged; `file/missing`, `file/unreadable`, `data/download`, `option/unknown`, `option/invalid`, `aborted`.
 */
export async function readIdx(
  source: Source,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<IdxArray> {
  checkOptionNames("read IDX", options, ["signal"]);
  return await decodeIdx(await readSource(source, options), sourceName(source));
}

/**
 * Parses the bytes of an IDX file, plain or gzip.
 *
 * @param bytes The whole file.
 * @param what The name of the file, for messages.
 * @returns The sizes and values.
 * @throws {LeNetError} As {@linkcode parseIdx}; `data/malformed` when the gzip data is truncated or damaged.
 */
export async function decodeIdx(bytes: Uint8Array<ArrayBuffer>, what: string): Promise<IdxArray> {
  return parseIdx(isGzip(bytes) ? await gunzip(bytes, MAX_SOURCE_BYTES, what) : bytes, what);
}

/** The type code of unsigned bytes, the only type that MNIST and its successors use. */
const UNSIGNED_BYTE = 0x08;

/** Images of several channels have four: [count, channels, height, width]. */
const MAX_DIMENSIONS = 4;

/**
 * Parses IDX, the format of the MNIST files: two zero bytes, a type (8 = unsigned byte), the number of dimensions, each
 * size as a big-endian 32-bit integer, then the values and nothing else (Y. LeCun, C. Cortes, C. J. C. Burges,
 * "The MNIST database").
 *
 * @param bytes The whole file, decompressed.
 * @param what The name of the file, for messages.
 * @returns The sizes and values. The values are not copied.
 * @throws {LeNetError} `data/malformed` when the magic number is wrong, the values are not unsigned bytes, there are
 * not 1 to 4 dimensions, or the number of values is not the product of the sizes.
 */
export function parseIdx(bytes: Uint8Array<ArrayBuffer>, what: string): IdxArray {
  const fail = (problem: string): never => {
    throw new LeNetError("data/malformed", `Cannot read ${what} as IDX: ${problem}`);
  };
  if (bytes.length < 4) fail(`it has ${bytes.length} bytes, expected a header of at least 8`);
  const [zero, alsoZero, type, dimensions] = bytes;
  if (zero !== 0 || alsoZero !== 0) {
    fail(`its magic number is ${hex(bytes.subarray(0, 4))}, expected 0x000008 and a dimension`);
  }
  if (type !== UNSIGNED_BYTE) {
    fail(`its values have type ${hex([type])}, expected 0x08 (unsigned bytes)`);
  }
  if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
    fail(`it has ${dimensions} dimensions, expected 1 to ${MAX_DIMENSIONS}`);
  }
  const header = 4 + 4 * dimensions;
  if (bytes.length < header) {
    fail(`it has ${bytes.length} bytes, expected a header of ${header}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, header);
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  const data = bytes.subarray(header);
  if (data.length !== sizeOf(shape)) {
    fail(`it has ${data.length} values, expected ${sizeOf(shape)} for its sizes [${shape}]`);
  }
  return { shape, data };
}

function hex(bytes: Iterable<number>): string {
  return "0x" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The arguments of {@linkcode idxDataset}. */
export interface IdxDatasetParts {
  /** The name of the dataset, for messages and histories. */
  readonly name: string;
  /** [count, height, width] for grey images, or [count, channels, height, width]. */
  readonly images: IdxArray;
  /** The index of the class of each image, [count]. */
  readonly labels: IdxArray;
  /** The names of the classes, in label order. */
  readonly classNames: readonly string[];
  /** SHA-256 of each file in hexadecimal, by file name. */
  readonly checksums?: Readonly<Record<string, string>>;
}

/**
 * Combines an IDX file of images and one of labels into a dataset.
 *
 * @param parts The two arrays, the names, and optional checksums.
 * @returns The dataset. Nothing is copied.
 * @throws {LeNetError} `data/malformed` when the sizes are not those of images or labels, or a label has no class;
 * `data/mismatch` when the numbers of images and labels differ; `data/empty` when there are none.
 */
export function idxDataset(parts: IdxDatasetParts): Dataset {
  const { name, images, labels, classNames, checksums } = parts;
  const action = `load the dataset ${name}`;
  const malformed = (problem: string): never => {
    throw new LeNetError("data/malformed", `Cannot ${action}: ${problem}`);
  };
  const [count, ...sizes] = images.shape;
  const [channels, height, width] = sizes.length === 2 ? [1, ...sizes] : sizes;
  if (sizes.length < 2 || sizes.length > 3 || sizeOf(sizes) === 0) {
    malformed(`its images have the sizes [${images.shape}], expected [count, height, width]`);
  }
  if (labels.shape.length !== 1) {
    malformed(`its labels have the sizes [${labels.shape}], expected [count]`);
  }
  if (labels.shape[0] !== count) {
    throw new LeNetError(
      "data/mismatch",
      `Cannot ${action}: it has ${count} images and ${
        labels.shape[0]
      } labels, expected one label for each image`,
    );
  }
  if (count === 0) {
    throw new LeNetError("data/empty", `Cannot ${action}: it has 0 images, expected at least 1`);
  }
  checkLabels(labels.data, classNames.length, action);
  const shape: ImageShape = [channels, height, width];
  return {
    name,
    images: images.data,
    labels: labels.data,
    shape,
    count,
    classNames,
    ...(checksums && { checksums }),
  };
}

/** A published collection in IDX files. */
export interface IdxCollection extends Collection {
  readonly files: Readonly<
    Record<Split, { readonly images: RemoteFile; readonly labels: RemoteFile }>
  >;
}

/**
 * Loads one split of a published collection in IDX files.
 *
 * A directory holds the files plain or gzip, under their published names or with a dot before `idx`
 * (`train-images.idx3-ubyte`). Their content may differ from what was published; the dataset carries the SHA-256 of
 * the files that were read. Downloaded files are checked against the published SHA-256.
 *
 * @param collection The files and their mirrors.
 * @param options The split, and the directory of the files.
 * @returns The images and labels, in the order of the files.
 * @throws {LeNetError} `file/missing` when the directory or a file in it is missing, `file/unreadable`; the errors of
 * `download`; `data/malformed`, `data/mismatch` or `data/empty` when a file is damaged; `option/unknown`;
 * `option/invalid` for an unknown split; `aborted`.
 */
export async function loadIdxCollection(
  collection: IdxCollection,
  options: LoadOptions,
): Promise<Dataset> {
  checkLoadOptions(collection, options);
  const { name, files, classNames, preparation } = collection;
  const { split } = options;
  const load = (file: RemoteFile) => loadFile(collection, file, idxNames(file.name), options);
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

/** The names under which a directory may hold a published file. */
function idxNames(published: string): string[] {
  const plain = published.replace(/\.gz$/, "");
  const dotted = plain.replace("-idx", ".idx");
  return [`${plain}.gz`, plain, `${dotted}.gz`, dotted];
}
