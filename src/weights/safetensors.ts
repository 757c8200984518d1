import { malformedWeights } from "../errors.ts";
import {
  dequantize,
  DTYPE_BITS,
  FLOAT_DTYPES,
  type FloatDtype,
  fromFloat16Bits,
  SCALE_SUFFIX,
} from "./dtype.ts";

/** A tensor of a safetensors file, its values converted to 32-bit floats. */
interface FloatTensor {
  /** The number format in the file. */
  readonly dtype: FloatDtype | "I8";
  /** Dimensions, slowest-varying first; none for a single number. */
  readonly shape: readonly number[];
  /** The values in row-major order. */
  readonly data: Float32Array<ArrayBuffer>;
}

/** The contents of a safetensors file. */
interface Safetensors {
  /** By name, in the order of their bytes. */
  readonly tensors: Map<string, FloatTensor>;
  /** Text by key. */
  readonly metadata: Map<string, string>;
}

/**
 * Reads a safetensors file, the format of Hugging Face's library of that name, and checks every rule of it.
 *
 * Values may be anything that the number format can express, infinities and NaN included. F64 values are rounded to
 * 32 bits; all others are exact. An I8 tensor is multiplied by its scales, an F32 tensor `<name>.scale` with one number
 * for each row, which then is not among the tensors.
 *
 * @param bytes The whole file; it is not kept.
 * @param isIgnored Selects tensors that are not read, by name, whatever their format (default none).
 * @returns The tensors and the metadata.
 * @throws {LeNetError} `weights/malformed` when a rule is broken (see {@linkcode readLayout}), or when the number format
 * of a tensor is neither F16, BF16, F32, F64 nor I8 with scales.
 */
export function readSafetensors(
  bytes: Uint8Array,
  isIgnored: (name: string) => boolean = () => false,
): Safetensors {
  const { tensors, metadata } = readLayout(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const floats = new Map<string, FloatTensor>();
  const scalesOf = (name: string): TensorLayout | undefined => {
    const [own, scales] = [tensors.get(name), tensors.get(`${name}${SCALE_SUFFIX}`)];
    const fits = own?.dtype === "I8" && own.begin < own.end && scales?.dtype === "F32" &&
      scales.shape.length === 1 && scales.shape[0] === own.shape[0];
    return fits ? scales : undefined;
  };
  for (const [name, { dtype, shape, begin, end }] of tensors) {
    if (isIgnored(name)) continue;
    const scales = scalesOf(name);
    if (scales !== undefined) {
      const data = dequantize({
        numbers: new Int8Array(bytes.slice(begin, end).buffer),
        scales: decode("F32", view, scales.begin, scales.end),
      });
      floats.set(name, { dtype: "I8", shape, data });
      continue;
    }
    if (name.endsWith(SCALE_SUFFIX) && scalesOf(name.slice(0, -SCALE_SUFFIX.length))) continue;
    if (!isFloatDtype(dtype)) {
      throw malformedWeights(
        "read",
        `tensor ${name} holds ${dtype}, expected one of ${FLOAT_DTYPES.join(", ")}`,
      );
    }
    floats.set(name, { dtype, shape, data: decode(dtype, view, begin, end) });
  }
  return { tensors: floats, metadata };
}

/** Decodes through a DataView, so that neither alignment nor the byte order of the machine matters. */
function decode(
  dtype: FloatDtype,
  view: DataView,
  begin: number,
  end: number,
): Float32Array<ArrayBuffer> {
  const size = DTYPE_BITS[dtype] / 8;
  const values = new Float32Array((end - begin) / size);
  // One loop for each format: the first answer waits for this, and a function call for each value doubles the time.
  switch (dtype) {
    case "F16":
      // Where the runtime can do it, it takes a tenth of the time on a cold start. Node 20 cannot.
      if ("Float16Array" in globalThis) {
        const { buffer, byteOffset } = view;
        values.set(new Float16Array(buffer.slice(byteOffset + begin, byteOffset + end)));
        break;
      }
      for (let i = 0; i < values.length; i++) {
        values[i] = fromFloat16Bits(view.getUint16(begin + 2 * i, true));
      }
      break;
    case "BF16": {
      // A bfloat16 is the upper half of a 32-bit float.
      const bits = new Uint32Array(values.buffer);
      for (let i = 0; i < bits.length; i++) bits[i] = view.getUint16(begin + 2 * i, true) << 16;
      break;
    }
    case "F32":
      for (let i = 0; i < values.length; i++) values[i] = view.getFloat32(begin + 4 * i, true);
      break;
    case "F64":
      for (let i = 0; i < values.length; i++) values[i] = view.getFloat64(begin + 8 * i, true);
      break;
  }
  return values;
}

function isFloatDtype(dtype: string): dtype is FloatDtype {
  return (FLOAT_DTYPES as readonly string[]).includes(dtype);
}

/** The longest header that is read; the limit of Hugging Face's library. */
export const MAX_HEADER_BYTES = 100_000_000;

/** Where a file has a tensor. */
interface TensorLayout {
  /** A key of {@linkcode DTYPE_BITS}. */
  readonly dtype: string;
  /** Dimensions, slowest-varying first. */
  readonly shape: readonly number[];
  /** The offset of its first byte from the start of the file. */
  readonly begin: number;
  /** The offset after its last byte. */
  readonly end: number;
}

/** The header of a safetensors file. */
interface SafetensorsLayout {
  /** By name, in the order of their bytes. */
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
 * - `shape` is a list of whole numbers from 0; no product of its first dimensions exceeds 2⁵³ − 1.
 * - `data_offsets` are two whole numbers, begin ≤ end ≤ the bytes after the header.
 * - end − begin is what dtype and shape need, in whole bytes.
 * - The tensors cover all bytes after the header: no overlap, no gap, nothing at the end.
 *
 * @param bytes The whole file.
 * @returns The places of its tensors, and its metadata.
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
    throw malformedWeights("read", `the file has ${bytes.length} bytes, expected at least 8`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const length = view.getUint32(4, true) * 0x1_0000_0000 + view.getUint32(0, true);
  if (length > MAX_HEADER_BYTES) {
    throw malformedWeights(
      "read",
      `the header claims ${length} bytes, expected at most ${MAX_HEADER_BYTES}: is it a safetensors file?`,
    );
  }
  if (length > bytes.length - 8) {
    throw malformedWeights(
      "read",
      `the header claims ${length} bytes, but only ${bytes.length - 8} follow`,
    );
  }
  return length;
}

function decodeHeader(header: Uint8Array): string {
  if (header[0] !== 0x7b) throw malformedWeights("read", "the header does not begin with {");
  let end = header.length;
  while (header[end - 1] === 0x20) end--;
  if (header[end - 1] !== 0x7d) {
    throw malformedWeights("read", "the header does not end with } and spaces");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(header);
  } catch (cause) {
    throw malformedWeights("read", "the header is not UTF-8", cause);
  }
}

function asMetadata(entry: HeaderValue): Map<string, string> {
  if (!(entry instanceof Map)) {
    throw malformedWeights("read", "__metadata__ in the header is not an object");
  }
  for (const [key, text] of entry) {
    if (typeof text !== "string") {
      throw malformedWeights("read", `${JSON.stringify(key)} in __metadata__ is not a text`);
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
    throw malformedWeights("read", `tensor ${name} ${problem}`);
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
    if (begin < covered) {
      throw malformedWeights("read", `tensor ${name} overlaps the one before it`);
    }
    if (begin > covered) {
      throw malformedWeights("read", `${begin - covered} bytes before tensor ${name} are unused`);
    }
    covered = end;
  }
  if (covered < fileSize) {
    throw malformedWeights("read", `${fileSize - covered} bytes at the end are unused`);
  }
}

function isNumbers(value: HeaderValue | undefined): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === "number");
}

/** The subset of JSON that a safetensors header uses. */
export type HeaderValue = string | number | HeaderValue[] | ReadonlyMap<string, HeaderValue>;

/** A header nests three levels deep: the header, a tensor, its shape. */
const MAX_DEPTH = 3;

/**
 * Parses the JSON of a safetensors header: texts, whole numbers in plain digits, lists and objects.
 *
 * `JSON.parse` is too lenient: of two equal keys it takes the last, and it reads `1e3` as a whole number. In some
 * versions of Deno and Node it also confuses keys with escapes now and then (nodejs/node#63785).
 *
 * @param text The header.
 * @returns The value; objects are maps, in the order of the text.
 * @throws {LeNetError} `weights/malformed` for other JSON or none, a key that an object has twice, a number beyond
 * 2⁵³ − 1, or a text that is not Unicode.
 */
export function parseHeaderJson(text: string): HeaderValue {
  let at = 0;

  function peek(): string | undefined {
    while (" \t\n\r".includes(text[at])) at++;
    return text[at];
  }

  function fail(): never {
    const found = at < text.length ? JSON.stringify(text[at]) : "its end";
    throw malformedWeights(
      "read",
      `the header has ${found} at character ${at}, expected JSON of texts, whole numbers, lists and objects`,
    );
  }

  function expect(character: string): void {
    if (peek() !== character) fail();
    at++;
  }

  function value(depth: number): HeaderValue {
    const first = peek();
    if (first === '"') return string();
    if (depth > 0 && first === "{") return object(depth - 1);
    if (depth > 0 && first === "[") return list(depth - 1);
    return number();
  }

  function object(depth: number): ReadonlyMap<string, HeaderValue> {
    const members = new Map<string, HeaderValue>();
    separated("{", "}", () => {
      const key = string();
      if (members.has(key)) {
        throw malformedWeights("read", `the header has the key ${JSON.stringify(key)} twice`);
      }
      expect(":");
      members.set(key, value(depth));
    });
    return members;
  }

  function list(depth: number): HeaderValue[] {
    const items: HeaderValue[] = [];
    separated("[", "]", () => items.push(value(depth)));
    return items;
  }

  function separated(open: string, close: string, item: () => void): void {
    expect(open);
    if (peek() !== close) {
      item();
      while (peek() === ",") {
        at++;
        item();
      }
    }
    expect(close);
  }

  function string(): string {
    if (peek() !== '"') fail();
    const start = at;
    at++;
    while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
    if (at >= text.length) fail();
    at++;
    const quoted = text.slice(start, at);
    let unquoted: string;
    try {
      unquoted = JSON.parse(quoted);
    } catch (cause) {
      throw malformedWeights(
        "read",
        `the header has a text that is not JSON at character ${start}`,
        cause,
      );
    }
    if (!unquoted.isWellFormed()) {
      throw malformedWeights("read", `${quoted} in the header is not Unicode`);
    }
    return unquoted;
  }

  function number(): number {
    const digits = /(?:0|[1-9]\d*)(?![\d.eE])/y;
    digits.lastIndex = at;
    const found = digits.exec(text)?.[0];
    if (found === undefined) fail();
    const whole = Number(found);
    if (!Number.isSafeInteger(whole)) {
      throw malformedWeights("read", `the header has a number beyond 2^53 - 1 at character ${at}`);
    }
    at += found.length;
    return whole;
  }

  const parsed = value(MAX_DEPTH);
  if (peek() !== undefined) fail();
  return parsed;
}
