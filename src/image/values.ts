import type { Values } from "./image.ts";

/**
 * Converts values to floats from 0 to 1.
 *
 * @param values Bytes or floats.
 * @returns The floats, in fresh memory.
 */
export function toUnit(values: Values): Float32Array<ArrayBuffer> {
  const unit = new Float32Array(values);
  if (!(values instanceof Float32Array)) { for (let i = 0; i < unit.length; i++) unit[i] /= 255; }
  return unit;
}

/**
 * Converts values to bytes from 0 to 255, rounded to nearest.
 *
 * @param values Bytes or floats.
 * @returns The bytes; the same array when the values are bytes already.
 */
export function toBytes(values: Values): Uint8Array | Uint8ClampedArray {
  if (!(values instanceof Float32Array)) return values;
  const bytes = new Uint8ClampedArray(values.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = 255 * values[i];
  return bytes;
}

/**
 * Views bytes as 32-bit words, to compare four bytes at once. The byte order is that of the machine.
 *
 * @param bytes The bytes.
 * @returns The words: of the same memory, or of a copy when the bytes do not start at a multiple of four. Up to three
 * bytes at the end belong to no word.
 */
export function asWords(bytes: Uint8Array | Uint8ClampedArray): Int32Array {
  const { buffer, byteOffset, length } = bytes;
  const count = length >> 2;
  return byteOffset % 4 === 0
    ? new Int32Array(buffer, byteOffset, count)
    : new Int32Array(new Uint8Array(bytes).buffer, 0, count);
}

/**
 * The type of a value, such as `Uint8Array`, `Array` or `Null`. Unlike `instanceof` it recognises values of other
 * realms (frames, `node:vm`).
 *
 * @param value Any value.
 * @returns The name of its type.
 */
export function typeName(value: unknown): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}
