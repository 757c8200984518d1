import { DTYPE_BITS } from "./dtype.ts";
import { type HeaderValue, parseHeaderJson } from "./header_json.ts";
import { malformed } from "./malformed.ts";

/** The longest header that is read, in bytes; the limit of the format's own library. */
export const MAX_HEADER_BYTES = 100_000_000;

/** Where a tensor lies in a file. */
export interface TensorLayout {
  /** A key of {@linkcode DTYPE_BITS}. */
  readonly dtype: string;
  /** Sizes, slowest-varying first. */
  readonly shape: readonly number[];
  /** The place of its first byte, counted from the start of the file. */
  readonly begin: number;
  /** The place after its last byte. */
  readonly end: number;
}

/** What the header of a safetensors file says. */
export interface SafetensorsLayout {
  /** In the order in which they lie in the file. */
  readonly tensors: Map<string, TensorLayout>;
  /** Text by key. */
  readonly metadata: Map<string, string>;
}

/**
 * Reads and checks the header of a safetensors file. Every rule of the format holds afterwards:
 *
 * - The file begins with 8 bytes: the length of the header, little-endian, at most 100 MB and within the file.
 * - The header begins with `{` and ends with `}`; only spaces follow, which pad it.
 * - The header is valid UTF-8 and valid JSON, and names no key twice in any object.
 * - Numbers in it are written in plain digits and at most 2⁵³ − 1; texts are Unicode, without half a surrogate pair.
 * - `__metadata__`, where present, is an object whose values are strings.
 * - Every other key is a tensor: an object with `dtype`, `shape` and `data_offsets`, and nothing else.
 * - `dtype` is one that the format knows.
 * - `shape` is a list of whole numbers from 0; the product of none of its beginnings is beyond 2⁵³ − 1.
 * - `data_offsets` are two whole numbers, begin ≤ end ≤ the bytes after the header.
 * - end − begin is what dtype and shape need, in whole bytes.
 * - The tensors cover all bytes after the header: no overlap, no hole, nothing at the end.
 *
 * @param bytes The whole file.
 * @returns Where its tensors are, and its metadata.
 * @throws {LeNetError} `weights/malformed` naming the first rule that is broken.
 */
export function readLayout(bytes: Uint8Array): SafetensorsLayout {
  const dataStart = 8 + readHeaderLength(bytes);
  const header = parseHeaderJson(decodeHeader(bytes.subarray(8, dataStart)));
  let metadata = new Map<string, string>();
  const found: [name: string, layout: TensorLayout][] = [];
  for (const [name, entry] of header as ReadonlyMap<string, HeaderValue>) {
    if (name === "__metadata__") metadata = asMetadata(entry);
    else found.push([name, asTensor(name, entry, dataStart, bytes.length)]);
  }
  found.sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  checkCoverage(found, dataStart, bytes.length);
  return { tensors: new Map(found), metadata };
}

function readHeaderLength(bytes: Uint8Array): number {
  if (bytes.length < 8) {
    throw malformed("read", `the file has ${bytes.length} bytes, expected at least 8`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const length = view.getUint32(4, true) * 0x1_0000_0000 + view.getUint32(0, true);
  if (length > MAX_HEADER_BYTES) {
    throw malformed(
      "read",
      `the header claims ${length} bytes, expected at most ${MAX_HEADER_BYTES}: is it a safetensors file?`,
    );
  }
  if (length > bytes.length - 8) {
    throw malformed(
      "read",
      `the header claims ${length} bytes, but only ${bytes.length - 8} follow`,
    );
  }
  return length;
}

function decodeHeader(header: Uint8Array): string {
  if (header[0] !== 0x7b) throw malformed("read", "the header does not begin with {");
  let end = header.length;
  while (header[end - 1] === 0x20) end--;
  if (header[end - 1] !== 0x7d) {
    throw malformed("read", "the header does not end with } and spaces");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(header);
  } catch (cause) {
    throw malformed("read", "the header is not UTF-8", cause);
  }
}

function asMetadata(entry: HeaderValue): Map<string, string> {
  if (!(entry instanceof Map)) {
    throw malformed("read", "__metadata__ in the header is not an object");
  }
  for (const [key, text] of entry) {
    if (typeof text !== "string") {
      throw malformed("read", `${JSON.stringify(key)} in __metadata__ is not a text`);
    }
  }
  return entry;
}

function asTensor(
  name: string,
  entry: HeaderValue,
  dataStart: number,
  fileSize: number,
): TensorLayout {
  const fail = (problem: string): never => {
    throw malformed("read", `tensor ${name} ${problem}`);
  };
  const keys = entry instanceof Map ? [...entry.keys()].sort().join(", ") : "no object";
  if (!(entry instanceof Map) || keys !== "data_offsets, dtype, shape") {
    return fail(`is described by ${keys}, expected data_offsets, dtype, shape`);
  }
  const [dtype, shape, offsets] = ["dtype", "shape", "data_offsets"].map((key) => entry.get(key));
  if (typeof dtype !== "string" || !Object.hasOwn(DTYPE_BITS, dtype)) {
    return fail(`has the dtype ${JSON.stringify(dtype)}, which is unknown`);
  }
  if (!isNumbers(shape)) return fail("has a shape that is not a list of whole numbers");
  if (!isNumbers(offsets) || offsets.length !== 2) {
    return fail("has data_offsets that are not two whole numbers");
  }
  const [begin, end] = offsets;
  if (begin > end || end > fileSize - dataStart) {
    fail(`has data_offsets [${begin}, ${end}] in ${fileSize - dataStart} bytes of data`);
  }
  const bits = shape.reduce(
    (product, size) => Number.isSafeInteger(product * size) ? product * size : NaN,
    1,
  ) * DTYPE_BITS[dtype];
  if (bits !== (end - begin) * 8) {
    fail(
      `has ${end - begin} bytes, but its dtype ${dtype} and shape [${shape}] ask for ${bits / 8}`,
    );
  }
  return { dtype, shape, begin: dataStart + begin, end: dataStart + end };
}

function checkCoverage(
  tensors: readonly [name: string, layout: TensorLayout][],
  dataStart: number,
  fileSize: number,
): void {
  let covered = dataStart;
  for (const [name, { begin, end }] of tensors) {
    if (begin < covered) throw malformed("read", `tensor ${name} overlaps the one before it`);
    if (begin > covered) {
      throw malformed("read", `${begin - covered} bytes before tensor ${name} are unused`);
    }
    covered = end;
  }
  if (covered < fileSize) {
    throw malformed("read", `${fileSize - covered} bytes at the end are unused`);
  }
}

function isNumbers(value: HeaderValue | undefined): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === "number");
}
