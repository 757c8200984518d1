import { malformedWeights } from "../errors.ts";
import { sizeOf } from "../model/architecture.ts";
import type { Parameter, Parameters } from "../model/parameters.ts";
import { invalidOption } from "../options.ts";
import {
  DTYPE_BITS,
  MAX_FLOAT16,
  quantize,
  SCALE_SUFFIX,
  STORAGE_DTYPES,
  type StorageDtype,
  toFloat16Bits,
} from "./dtype.ts";

/** The bytes of a counter, an I64. */
const COUNTER_BYTES = 8;

/**
 * Writes a safetensors file. The same tensors and metadata give the same bytes, in whatever order they are given: both
 * are sorted by name. The header is padded with spaces to a multiple of 8 bytes.
 *
 * @param tensors The tensors by name; they may hold infinities and NaN.
 * @param metadata Text by key (default none).
 * @param options `dtype` is the number format: `F32` (default); `F16`, which rounds each value to the nearest half; or
 * `I8`, which stores each tensor of two or more dimensions as integers, and its scales, one F32 for each row, as the
 * tensor `<name>.scale`. Tensors of one dimension stay F32. `counters` are the names of single I64 numbers, all 0, that
 * are stored before the tensors (default none).
 * @returns The whole file.
 * @throws {LeNetError} `weights/malformed` when the number of values is not that of the shape, a name or text is not
 * Unicode, a tensor is named `__metadata__`, a value is too large for `F16` or not finite for `I8`; `option/invalid` for
 * another number format.
 */
export function writeSafetensors(
  tensors: Parameters,
  metadata: ReadonlyMap<string, string> = new Map(),
  options: { dtype?: StorageDtype | undefined; counters?: readonly string[] } = {},
): Uint8Array<ArrayBuffer> {
  const { dtype = "F32", counters = [] } = options;
  if (!STORAGE_DTYPES.includes(dtype)) {
    throw invalidOption(
      "write the weights",
      "the dtype",
      dtype,
      `one of ${STORAGE_DTYPES.join(", ")}`,
    );
  }
  const entries = metadata.size === 0 ? [] : [member("__metadata__", textMap(metadata))];
  let dataSize = 0;
  const addEntry = (name: string, dtype: string, shape: readonly number[], size: number): void => {
    const end = dataSize + size;
    entries.push(member(name, JSON.stringify({ dtype, shape, data_offsets: [dataSize, end] })));
    dataSize = end;
  };
  // The widest first, so that every value is aligned to its size, as PyTorch demands.
  for (const name of [...counters].sort()) addEntry(name, "I64", [], COUNTER_BYTES);
  const stored = [...tensors].sort(byKey)
    .flatMap(([name, tensor]) => storedTensors(name, tensor, dtype))
    .sort((a, b) => DTYPE_BITS[b.dtype] - DTYPE_BITS[a.dtype]);
  for (const { name, dtype, shape, values } of stored) {
    addEntry(name, dtype, shape, values.length * DTYPE_BITS[dtype] / 8);
  }

  const header = new TextEncoder().encode(`{${entries.join(",")}}`);
  const headerSize = Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerSize + dataSize).fill(0x20, 8, 8 + headerSize);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, headerSize, true);
  bytes.set(header, 8);
  let at = 8 + headerSize + counters.length * COUNTER_BYTES;
  for (const { name, dtype, values } of stored) {
    for (const value of values) {
      if (dtype === "F32") view.setFloat32(at, value, true);
      else if (dtype === "F16") view.setUint16(at, toStoredFloat16(name, value), true);
      else view.setInt8(at, value);
      at += DTYPE_BITS[dtype] / 8;
    }
  }
  return bytes;
}

/** A tensor as the file stores it. */
interface StoredTensor {
  readonly name: string;
  readonly dtype: StorageDtype;
  readonly shape: readonly number[];
  readonly values: Float32Array | Int8Array;
}

/** The tensors that a tensor is stored as: itself, or integers and their scales. */
function storedTensors(name: string, tensor: Parameter, dtype: StorageDtype): StoredTensor[] {
  const { shape, data: values } = tensor;
  if (name === "__metadata__") {
    throw malformedWeights("write", "a tensor has the reserved name __metadata__");
  }
  if (values.length !== sizeOf(shape)) {
    throw malformedWeights("write", `tensor ${name} [${shape}] has ${values.length} values`);
  }
  if (dtype !== "I8") return [{ name, dtype, shape, values }];
  if (shape.length < 2 || values.length === 0) return [{ name, dtype: "F32", shape, values }];
  const strange = values.find((value) => !Number.isFinite(value));
  if (strange !== undefined) {
    throw malformedWeights("write", `tensor ${name} holds ${strange}, I8 accepts finite numbers`);
  }
  const { numbers, scales } = quantize(tensor);
  return [
    { name, dtype: "I8", shape, values: numbers },
    { name: `${name}${SCALE_SUFFIX}`, dtype: "F32", shape: [shape[0]], values: scales },
  ];
}

function toStoredFloat16(name: string, value: number): number {
  const bits = toFloat16Bits(value);
  if ((bits & 0x7fff) === 0x7c00 && Number.isFinite(value)) {
    throw malformedWeights(
      "write",
      `tensor ${name} holds ${value}, F16 accepts at most ${MAX_FLOAT16}`,
    );
  }
  return bits;
}

function textMap(texts: ReadonlyMap<string, string>): string {
  const members = [...texts].sort(byKey).map(([key, text]) => member(key, quote(text)));
  return `{${members.join(",")}}`;
}

/** A member of a JSON object. It is written by hand, because an object would move keys like "7" to the front. */
function member(key: string, json: string): string {
  return `${quote(key)}:${json}`;
}

function quote(text: string): string {
  if (!text.isWellFormed()) {
    throw malformedWeights("write", `${JSON.stringify(text)} is not Unicode`);
  }
  return JSON.stringify(text);
}

/** Compares by UTF-16 units: the same order in every locale. */
function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
