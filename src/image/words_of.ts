/**
 * Bytes as numbers of four bytes each, for comparing four at once.
 *
 * @param bytes The bytes.
 * @returns The same memory, or a copy when the bytes do not begin at a multiple of four; what is left at the end, up to
 * three bytes, is not among them. The order of bytes in a number is that of the machine.
 */
export function wordsOf(bytes: Uint8Array | Uint8ClampedArray): Int32Array {
  const { buffer, byteOffset, length } = bytes;
  const count = length >> 2;
  return byteOffset % 4 === 0
    ? new Int32Array(buffer, byteOffset, count)
    : new Int32Array(new Uint8Array(bytes).buffer, 0, count);
}
