/** The content of a BMP. */
export interface BmpSource {
  readonly width: number;
  /** Rows; negative for top-down rows. */
  readonly height: number;
  readonly depth: number;
  /** The bytes of the pixels. */
  readonly data: ArrayLike<number>;
  /** Bytes of the header: 12, 40, 52, 56, 64, 108 or 124. */
  readonly header?: number;
  readonly compression?: number;
  /** Masks of red, green, blue, and alpha if there is any. */
  readonly masks?: readonly number[];
  /** Red, green and blue of each colour. */
  readonly palette?: readonly (readonly [number, number, number])[];
  /** The number of colours in the header. */
  readonly colours?: number;
}

/** Encodes a BMP. */
export function encodeBmp(source: BmpSource): Uint8Array<ArrayBuffer> {
  const { width, height, depth, data, header = 40, compression = 0, masks = [], palette = [] } =
    source;
  const isCore = header === 12;
  const info = new Uint8Array(Math.max(header, 40 + 4 * masks.length));
  const view = new DataView(info.buffer);
  view.setUint32(0, header, true);
  if (isCore) {
    [width, height, 1, depth].forEach((value, i) => view.setUint16(4 + 2 * i, value, true));
  } else {
    view.setInt32(4, width, true);
    view.setInt32(8, height, true);
    view.setUint16(12, 1, true);
    view.setUint16(14, depth, true);
    view.setUint32(16, compression, true);
    view.setUint32(32, source.colours ?? palette.length, true);
    masks.forEach((mask, i) => view.setUint32(40 + 4 * i, mask, true));
  }
  const head = isCore ? info.subarray(0, 12) : info;
  const colours = palette.flatMap(([red, green, blue]) =>
    isCore ? [blue, green, red] : [blue, green, red, 0]
  );
  const start = 14 + head.length + colours.length;
  const file = new Uint8Array(start + data.length);
  const fileView = new DataView(file.buffer);
  file.set([0x42, 0x4d]);
  fileView.setUint32(2, file.length, true);
  fileView.setUint32(10, start, true);
  file.set(head, 14);
  file.set(colours, 14 + head.length);
  file.set(data, start);
  return file;
}

/** Packs rows of values of `depth` bits, each padded to a multiple of four bytes, in the given order. */
export function packRows(
  rows: readonly (readonly number[])[],
  depth: number,
): number[] {
  return rows.flatMap((row) => {
    const bytes = new Array<number>(Math.ceil(row.length * depth / 32) * 4).fill(0);
    row.forEach((value, x) => {
      if (depth < 8) bytes[x * depth >> 3] |= value << 8 - depth - (x * depth & 7);
      for (let i = 0; i < depth / 8 && depth >= 8; i++) {
        bytes[x * depth / 8 + i] = value / 2 ** (8 * i) & 255;
      }
    });
    return bytes;
  });
}
