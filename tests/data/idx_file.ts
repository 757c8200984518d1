import { gzipSync } from "node:zlib";

/** The bytes of an IDX file: magic number, sizes, values. */
export function idxFile(
  sizes: readonly number[],
  values: ArrayLike<number>,
): Uint8Array<ArrayBuffer> {
  const header = 4 + 4 * sizes.length;
  const bytes = new Uint8Array(header + values.length);
  bytes.set([0, 0, 8, sizes.length]);
  const view = new DataView(bytes.buffer);
  sizes.forEach((size, i) => view.setUint32(4 + 4 * i, size));
  bytes.set(values, header);
  return bytes;
}

/** The same bytes, packed by gzip. */
export function gzip(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gzipSync(bytes));
}
