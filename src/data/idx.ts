import { LeNetError } from "../errors.ts";
import { type ImageShape, sizeOf } from "../model/architecture.ts";
import { checkOptionNames } from "../options.ts";
import { checkLabels, type Dataset } from "./dataset.ts";
import { MAX_SOURCE_BYTES } from "./files.ts";
import { gunzip, isGzip, readSource, type Source, sourceName } from "./source.ts";

/** What an IDX file holds. */
export interface IdxArray {
  /** Sizes, slowest-varying first. */
  readonly shape: readonly number[];
  /** The values, a view of the file's bytes. */
  readonly data: Uint8Array<ArrayBuffer>;
}

const UNSIGNED_BYTE = 0x08;

const MAX_DIMENSIONS = 4;

/**
 * Parses IDX, the format of the MNIST files: two zero bytes, a type (8 = unsigned byte), the number of sizes, each
 * size as a big-endian 32-bit integer, then the values and nothing else (Y. LeCun, C. Cortes, C. J. C. Burges,
 * "The MNIST database").
 *
 * @param bytes The file, unpacked.
 * @param what A name for it, for messages.
 * @returns Its sizes and values; the values are not copied.
 * @throws {LeNetError} `data/malformed` when the magic number is wrong, the values are not unsigned bytes, there are
 * not 1 to 4 sizes, or the bytes are fewer or more than the sizes say.
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

/**
 * Reads an IDX file, plain or packed by gzip; its first bytes tell which.
 *
 * @param source Bytes, a path or a URL.
 * @param options A signal that ends the reading early.
 * @returns Its sizes and values.
 * @throws {LeNetError} What {@linkcode parseIdx} throws; `data/malformed` when the gzip data is cut off or damaged;
 * `file/missing`, `file/unreadable`, `data/download`, `option/unknown`, `option/invalid`, `aborted`.
 */
export async function readIdx(
  source: Source,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<IdxArray> {
  checkOptionNames("read IDX", options, ["signal"]);
  return await decodeIdx(await readSource(source, options), sourceName(source));
}

/**
 * Reads IDX, plain or packed by gzip, from bytes.
 *
 * @param bytes The file.
 * @param what A name for it, for messages.
 * @returns Its sizes and values.
 * @throws {LeNetError} What {@linkcode parseIdx} throws; `data/malformed` when the gzip data is cut off or damaged.
 */
export async function decodeIdx(bytes: Uint8Array<ArrayBuffer>, what: string): Promise<IdxArray> {
  return parseIdx(isGzip(bytes) ? await gunzip(bytes, MAX_SOURCE_BYTES, what) : bytes, what);
}

/** What {@linkcode idxDataset} puts together. */
export interface IdxDatasetParts {
  /** A name for the dataset. */
  readonly name: string;
  /** [count, height, width] for grey images, or [count, channels, height, width]. */
  readonly images: IdxArray;
  /** [count]. */
  readonly labels: IdxArray;
  /** A name for each class. */
  readonly classNames: readonly string[];
  /** SHA-256 of each file, by file name. */
  readonly checksums?: Readonly<Record<string, string>>;
}

/**
 * Makes a dataset of an IDX file of images and one of labels.
 *
 * @param parts The two arrays, and what is known about them.
 * @returns The dataset; nothing is copied.
 * @throws {LeNetError} `data/malformed` when the sizes are not those of images or labels, or a label has no class;
 * `data/mismatch` when there are more images than labels or fewer; `data/empty` when there are none.
 */
export function idxDataset(parts: IdxDatasetParts): Dataset {
  const { name, images, labels, classNames, checksums } = parts;
  const doing = `load the dataset ${name}`;
  const malformed = (problem: string): never => {
    throw new LeNetError("data/malformed", `Cannot ${doing}: ${problem}`);
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
      `Cannot ${doing}: it has ${count} images and ${
        labels.shape[0]
      } labels, expected one label for each image`,
    );
  }
  if (count === 0) {
    throw new LeNetError("data/empty", `Cannot ${doing}: it has 0 images, expected at least 1`);
  }
  checkLabels(labels.data, classNames.length, doing);
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

function hex(bytes: Iterable<number>): string {
  return "0x" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
