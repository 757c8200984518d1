import { DTYPE_BITS, FLOAT_DTYPES, type FloatDtype } from "./dtype.ts";
import { fromBfloat16Bits, fromFloat16Bits } from "./float16.ts";
import { malformed } from "./malformed.ts";
import { readLayout } from "./safetensors_layout.ts";

/** A tensor of a safetensors file, its values turned into 32-bit floats. */
export interface FloatTensor {
  /** How the file holds the values. */
  readonly dtype: FloatDtype;
  /** Sizes, slowest-varying first; none for a single number. */
  readonly shape: readonly number[];
  /** The values, row by row. */
  readonly data: Float32Array<ArrayBuffer>;
}

/** What a safetensors file holds. */
export interface Safetensors {
  /** By name, in the order in which they lie in the file. */
  readonly tensors: Map<string, FloatTensor>;
  /** Text by key. */
  readonly metadata: Map<string, string>;
}

/**
 * Reads a safetensors file, the format of Hugging Face's library of that name, and checks every rule of it.
 *
 * Values may be anything that the number format holds, infinities and NaN included. F64 values are rounded to
 * 32 bits; all others are kept exactly.
 *
 * @param bytes The whole file; it is not kept.
 * @returns Its tensors and its metadata.
 * @throws {LeNetError} `weights/malformed` when a rule is broken (see {@linkcode readLayout}), or when a tensor holds
 * integers or another format that is not F16, BF16, F32 or F64.
 */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  const { tensors, metadata } = readLayout(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const floats = new Map<string, FloatTensor>();
  for (const [name, { dtype, shape, begin, end }] of tensors) {
    if (!isFloatDtype(dtype)) {
      throw malformed(
        "read",
        `tensor ${name} holds ${dtype}, expected one of ${FLOAT_DTYPES.join(", ")}`,
      );
    }
    floats.set(name, { dtype, shape, data: decode(dtype, view, begin, end) });
  }
  return { tensors: floats, metadata };
}

/** Reads through a DataView, so that neither alignment nor the machine's byte order matters. */
function decode(
  dtype: FloatDtype,
  view: DataView,
  begin: number,
  end: number,
): Float32Array<ArrayBuffer> {
  const size = DTYPE_BITS[dtype] / 8;
  const read = READERS[dtype];
  const values = new Float32Array((end - begin) / size);
  for (let i = 0; i < values.length; i++) values[i] = read(view, begin + i * size);
  return values;
}

const READERS: Readonly<Record<FloatDtype, (view: DataView, at: number) => number>> = {
  F16: (view, at) => fromFloat16Bits(view.getUint16(at, true)),
  BF16: (view, at) => fromBfloat16Bits(view.getUint16(at, true)),
  F32: (view, at) => view.getFloat32(at, true),
  F64: (view, at) => view.getFloat64(at, true),
};

function isFloatDtype(dtype: string): dtype is FloatDtype {
  return (FLOAT_DTYPES as readonly string[]).includes(dtype);
}
