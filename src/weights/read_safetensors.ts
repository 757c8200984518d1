import { DTYPE_BITS, FLOAT_DTYPES, type FloatDtype, SCALE_SUFFIX } from "./dtype.ts";
import { fromFloat16Bits } from "./float16.ts";
import { malformed } from "./malformed.ts";
import { dequantize } from "./quantize.ts";
import { readLayout, type TensorLayout } from "./safetensors_layout.ts";

/** A tensor of a safetensors file, its values turned into 32-bit floats. */
export interface FloatTensor {
  /** How the file holds the values. */
  readonly dtype: FloatDtype | "I8";
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
 * 32 bits; all others are kept exactly. An I8 tensor is read together with its scales: an F32 tensor `<name>.scale`
 * with one number for each of its rows, which is then not among the tensors by itself.
 *
 * @param bytes The whole file; it is not kept.
 * @param passOver Which tensors are not read, by name (default none), whatever they hold.
 * @returns Its tensors and its metadata.
 * @throws {LeNetError} `weights/malformed` when a rule is broken (see {@linkcode readLayout}), or when a tensor holds
 * integers without scales or another format that is not F16, BF16, F32 or F64.
 */
export function readSafetensors(
  bytes: Uint8Array,
  passOver: (name: string) => boolean = () => false,
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
    if (passOver(name)) continue;
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
  const values = new Float32Array((end - begin) / size);
  // One loop for each format: the first answer waits for this, and a call of a function for each value would double it.
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
