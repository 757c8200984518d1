/** Values as bytes from 0 to 255, or as floats from 0 to 1. */
export type Values = Uint8Array | Uint8ClampedArray | Float32Array;

/**
 * Brings values to 0 to 1.
 *
 * @param values The values.
 * @returns The same as floats, in fresh memory.
 */
export function toUnit(values: Values): Float32Array<ArrayBuffer> {
  const unit = new Float32Array(values);
  if (!(values instanceof Float32Array)) { for (let i = 0; i < unit.length; i++) unit[i] /= 255; }
  return unit;
}

/**
 * Brings values to 0 to 255, rounded.
 *
 * @param values The values.
 * @returns The same as bytes; the same memory when they are bytes already.
 */
export function toBytes(values: Values): Uint8Array | Uint8ClampedArray {
  if (!(values instanceof Float32Array)) return values;
  const bytes = new Uint8ClampedArray(values.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = 255 * values[i];
  return bytes;
}
