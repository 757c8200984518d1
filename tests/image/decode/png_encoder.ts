import { crc32, deflateSync } from "node:zlib";

/** What to encode: samples of the file's own depth, row by row. */
export interface PngSource {
  readonly width: number;
  readonly height: number;
  readonly colourType: 0 | 2 | 3 | 4 | 6;
  readonly depth: 1 | 2 | 4 | 8 | 16;
  readonly samples: ArrayLike<number>;
  readonly palette?: readonly number[];
  readonly transparency?: readonly number[];
  readonly interlaced?: boolean;
  /** The filter of each row, 0 to 4, in the order of the file; they repeat. */
  readonly filters?: readonly number[];
  /** The longest IDAT chunk. */
  readonly idatBytes?: number;
}

export const SIGNATURE: readonly number[] = [137, 80, 78, 71, 13, 10, 26, 10];

const CHANNELS = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 } as const;

/** Adam7 as the standard draws it: the pass of each pixel of an 8×8 block. */
const ADAM7 = [
  "16462646",
  "77777777",
  "56565656",
  "77777777",
  "36463646",
  "77777777",
  "56565656",
  "77777777",
];

export function chunk(type: string, data: ArrayLike<number> = []): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

export function concat(...parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export function ihdr(
  width: number,
  height: number,
  depth = 8,
  colourType = 0,
  interlace = 0,
): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(13);
  const view = new DataView(data.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  data.set([depth, colourType, 0, 0, interlace], 8);
  return chunk("IHDR", data);
}

/** A PNG around data that are compressed already. */
export function pngAround(header: ArrayLike<number>, compressed: ArrayLike<number>): Uint8Array {
  return concat(SIGNATURE, header, chunk("IDAT", compressed), chunk("IEND"));
}

/** Encodes a PNG. Slow, and written from the standard, independently of the decoder. */
export function encodePng(source: PngSource): Uint8Array<ArrayBuffer> {
  const { width, height, colourType, depth, palette, transparency, interlaced = false } = source;
  const parts: ArrayLike<number>[] = [
    SIGNATURE,
    ihdr(width, height, depth, colourType, interlaced ? 1 : 0),
  ];
  if (palette) parts.push(chunk("PLTE", palette));
  if (transparency) parts.push(chunk("tRNS", transparency));
  const compressed = deflateSync(concat(...filteredRows(source)));
  const step = source.idatBytes ?? compressed.length;
  for (let at = 0; at < compressed.length; at += step) {
    parts.push(chunk("IDAT", compressed.subarray(at, at + step)));
  }
  parts.push(chunk("IEND"));
  return concat(...parts);
}

function filteredRows(source: PngSource): Uint8Array[] {
  const { width, height, colourType, depth, samples, interlaced, filters = [0] } = source;
  const channels = CHANNELS[colourType];
  const pixelBytes = Math.max(1, channels * depth / 8);
  const rows: Uint8Array[] = [];
  for (const pass of interlaced ? "1234567" : "1") {
    let above: number[] = [];
    for (let y = 0; y < height; y++) {
      const bits: string[] = [];
      for (let x = 0; x < width; x++) {
        if (interlaced && ADAM7[y % 8][x % 8] !== pass) continue;
        for (let c = 0; c < channels; c++) {
          bits.push(samples[(y * width + x) * channels + c].toString(2).padStart(depth, "0"));
        }
      }
      if (bits.length === 0) continue;
      const row = bits.join("").match(/.{1,8}/g)!.map((byte) => parseInt(byte.padEnd(8, "0"), 2));
      const filter = filters[rows.length % filters.length];
      const filtered = row.map((byte, i) => {
        const left = row[i - pixelBytes] ?? 0;
        const up = above[i] ?? 0;
        const upperLeft = above[i - pixelBytes] ?? 0;
        const predictions = [0, left, up, Math.floor((left + up) / 2), paeth(left, up, upperLeft)];
        return byte - predictions[filter];
      });
      rows.push(Uint8Array.from([filter, ...filtered]));
      above = row;
    }
  }
  return rows;
}

function paeth(a: number, b: number, c: number): number {
  const nearest = [a, b, c].map((value) => Math.abs(a + b - c - value));
  return [a, b, c][nearest.indexOf(Math.min(...nearest))];
}
