import { imageError } from "../../errors.ts";
import { checkPictureSize, damaged } from "./checks.ts";

/** The IHDR chunk of a PNG. */
export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits of one sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGBA. */
  readonly colourType: number;
  /** Samples of one pixel. */
  readonly channels: number;
  /** Whether the rows are stored in the seven passes of Adam7. */
  readonly interlaced: boolean;
}

/** The chunks of a PNG that its pixels depend on. */
export interface PngChunks {
  /** IHDR. */
  readonly header: PngHeader;
  /** PLTE: red, green and blue of each entry; empty when there is none. */
  readonly palette: Uint8Array;
  /** tRNS: alpha of each palette entry, or the one transparent colour; empty when there is none. */
  readonly transparency: Uint8Array;
  /** eXIf: metadata, the orientation among them; empty when there are none. */
  readonly exif: Uint8Array;
  /** The data of all IDAT chunks, which are one zlib stream, copied. */
  readonly compressed: Uint8Array<ArrayBuffer>;
}

/** The first bytes of a PNG. */
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Chunks that are accepted: encoders write far fewer, and checking many chunks of a byte takes long. */
const MAX_CHUNKS = 100_000;

const IHDR = 0x49484452;

const PLTE = 0x504c5445;

const IDAT = 0x49444154;

const IEND = 0x49454e44;

const TRNS = 0x74524e53;

const EXIF = 0x65584966;

/** Bit 5 of the first letter of a chunk type, set in lower-case letters: decoders may skip such a chunk. */
const ANCILLARY = 0x20000000;

/**
 * Parses the chunks of a PNG from the signature to IEND, and checks their order and every CRC. Bytes after IEND are
 * ignored.
 *
 * @param bytes The file.
 * @param maxPixels The largest number of pixels that is accepted.
 * @returns The chunks that the pixels depend on.
 * @throws {LeNetError} `image/unreadable` when the file is damaged, `image/too-large` above `maxPixels` or
 * 100,000 chunks, `image/unsupported` when it requires an extension of PNG.
 */
export function readPngChunks(bytes: Uint8Array, maxPixels: number): PngChunks {
  if (!SIGNATURE.every((byte, i) => byte === bytes[i])) {
    throw damaged("it does not begin with the signature of a PNG");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const empty = new Uint8Array(0);
  let header: PngHeader | undefined;
  let palette: Uint8Array = empty;
  let transparency: Uint8Array = empty;
  let exif: Uint8Array = empty;
  let compressed: Uint8Array<ArrayBuffer> = empty;
  let filled = 0;
  let previous = 0;

  let at = SIGNATURE.length;
  for (let count = 0; count < MAX_CHUNKS; count++) {
    if (at + 12 > bytes.length) {
      throw damaged(`the PNG ends at byte ${bytes.length}, before its IEND chunk`);
    }
    const length = view.getUint32(at);
    const type = view.getUint32(at + 4);
    const start = at + 8;
    const end = start + length;
    if (end + 4 > bytes.length) {
      throw damaged(
        `chunk ${nameOf(type)} at byte ${at} claims ${length} bytes, but the file ends before`,
      );
    }
    if (crc32(bytes, at + 4, end) !== view.getUint32(end)) {
      throw damaged(`chunk ${nameOf(type)} at byte ${at} does not match its CRC`);
    }
    const hasData = compressed.length > 0;
    if (header === undefined) {
      if (type !== IHDR) throw damaged(`the PNG begins with chunk ${nameOf(type)}, expected IHDR`);
      header = readHeader(bytes.subarray(start, end), maxPixels);
    } else if (type === IHDR || (type === PLTE && (hasData || palette.length > 0))) {
      throw damaged(`chunk ${nameOf(type)} at byte ${at} of the PNG is out of place`);
    } else if (type === PLTE) {
      if (length === 0 || length % 3 !== 0 || length > 768) {
        throw damaged(`the palette of the PNG has ${length} bytes, expected 3 to 768 in threes`);
      }
      palette = bytes.slice(start, end);
    } else if (type === TRNS) {
      transparency = bytes.slice(start, end);
    } else if (type === EXIF) {
      exif = bytes.slice(start, end);
    } else if (type === IDAT) {
      if (!hasData) compressed = new Uint8Array(bytes.length - start);
      else if (previous !== IDAT) throw damaged("the IDAT chunks of the PNG are not consecutive");
      compressed.set(bytes.subarray(start, end), filled);
      filled += length;
    } else if (type === IEND) {
      if (filled === 0) throw damaged("the PNG has no data in IDAT chunks");
      checkColours(header, palette, transparency);
      return { header, palette, transparency, exif, compressed: compressed.subarray(0, filled) };
    } else if ((type & ANCILLARY) === 0) {
      throw imageError(
        "image/unsupported",
        `the PNG needs chunk ${nameOf(type)}, expected IHDR, PLTE, IDAT and IEND alone`,
      );
    }
    previous = type;
    at = end + 4;
  }
  throw imageError("image/too-large", `the PNG has more than ${MAX_CHUNKS} chunks`);
}

/** The samples of a pixel and the bit depths that the standard allows, by colour type. */
const COLOUR_TYPES: Readonly<Record<number, { channels: number; depths: readonly number[] }>> = {
  0: { channels: 1, depths: [1, 2, 4, 8, 16] },
  2: { channels: 3, depths: [8, 16] },
  3: { channels: 1, depths: [1, 2, 4, 8] },
  4: { channels: 2, depths: [8, 16] },
  6: { channels: 4, depths: [8, 16] },
};

/** The largest number of columns or rows that the standard allows. */
const MAX_SIDE = 0x7fffffff;

/** Reads the data of an IHDR chunk (PNG, third edition, section 11.2.1). */
function readHeader(data: Uint8Array, maxPixels: number): PngHeader {
  if (data.length !== 13) {
    throw damaged(`the header of the PNG has ${data.length} bytes, expected 13`);
  }
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const [depth, colourType, compression, filter, interlace] = data.subarray(8);
  if (width > MAX_SIDE || height > MAX_SIDE) {
    throw damaged(`the PNG claims ${width}×${height} pixels, expected each from 1 to ${MAX_SIDE}`);
  }
  checkPictureSize("the PNG", width, height, maxPixels);
  if (!COLOUR_TYPES[colourType]?.depths.includes(depth)) {
    throw damaged(
      `the PNG has colour type ${colourType} with ${depth} bits, which the standard does not allow`,
    );
  }
  if (compression !== 0 || filter !== 0 || interlace > 1) {
    throw damaged(
      `the PNG has compression ${compression}, filter ${filter} and interlace ${interlace}, expected 0, 0 and 0 or 1`,
    );
  }
  const { channels } = COLOUR_TYPES[colourType];
  return { width, height, depth, colourType, channels, interlaced: interlace === 1 };
}

function checkColours(header: PngHeader, palette: Uint8Array, transparency: Uint8Array): void {
  const { colourType } = header;
  if (colourType === 3 && palette.length === 0) throw damaged("the PNG lacks its palette");
  const most = colourType === 3 ? palette.length / 3 : 2 * header.channels;
  const wrong = colourType === 3 ? transparency.length > most : transparency.length !== most;
  if (transparency.length > 0 && wrong && colourType < 4) {
    throw damaged(`chunk tRNS of the PNG has ${transparency.length} bytes, expected ${most}`);
  }
}
/** The four letters of a chunk type, or its number where it is not four letters. */
function nameOf(type: number): string {
  const letters = String.fromCharCode(type >>> 24, type >>> 16 & 255, type >>> 8 & 255, type & 255);
  return /^[A-Za-z]{4}$/.test(letters) ? letters : `0x${type.toString(16).padStart(8, "0")}`;
}

/** A byte of deflate holds at most 1,032 bytes of data (Gailly and Adler, zlib technical details). */
export const MAX_INFLATED_PER_BYTE = 1032;

/** Bytes passed to the decompressor at once: they inflate to at most 16 MiB. */
const PIECE_BYTES = 16 * 1024;

/**
 * Decompresses zlib data with the platform's decompressor, piece by piece: at most one piece is decompressed ahead, and
 * nothing after the caller leaves the loop.
 *
 * @param compressed The whole zlib stream.
 * @yields The data, in order.
 * @throws {LeNetError} `image/unreadable` when the stream is damaged or truncated.
 */
export async function* inflate(
  compressed: Uint8Array<ArrayBuffer>,
): AsyncGenerator<Uint8Array, void, void> {
  const reader = decompress(compressed).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (cause) {
    throw damaged("the compressed data of the PNG is damaged", cause);
  } finally {
    // Cancelling fails on a stream that has failed, which needs no cancelling.
    await reader.cancel().catch(() => {});
  }
}

function decompress(compressed: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  const { readable, writable } = new DecompressionStream("deflate");
  if (compressed.length <= PIECE_BYTES) {
    // Faster than a source of pieces. Errors surface at the readable end.
    const writer = writable.getWriter();
    writer.write(compressed).catch(() => {});
    writer.close().catch(() => {});
    return readable;
  }
  let at = 0;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (at < compressed.length) controller.enqueue(compressed.subarray(at, at += PIECE_BYTES));
      else controller.close();
    },
  }, { highWaterMark: 0 });
  return source.pipeThrough({ readable, writable });
}

/**
 * Reverses the filter of one row of a PNG, in place (PNG, third edition, section 9.2).
 *
 * @param filter The filter: 0 none, 1 left, 2 up, 3 average of both, 4 Paeth.
 * @param row The filtered bytes of the row; afterwards the unfiltered ones.
 * @param above The unfiltered bytes of the row above; zeros for the first row of a pass.
 * @param pixelBytes Bytes of one pixel, at least 1: the distance to the byte of the pixel to the left.
 * @throws {LeNetError} `image/unreadable` for another filter.
 */
export function unfilterPngRow(
  filter: number,
  row: Uint8Array,
  above: Uint8Array,
  pixelBytes: number,
): void {
  switch (filter) {
    case 0:
      return;
    case 1:
      for (let i = pixelBytes; i < row.length; i++) row[i] += row[i - pixelBytes];
      return;
    case 2:
      for (let i = 0; i < row.length; i++) row[i] += above[i];
      return;
    case 3:
      for (let i = 0; i < row.length; i++) {
        const left = i < pixelBytes ? 0 : row[i - pixelBytes];
        row[i] += (left + above[i]) >> 1;
      }
      return;
    case 4:
      for (let i = 0; i < row.length; i++) {
        row[i] += i < pixelBytes
          ? above[i]
          : paeth(row[i - pixelBytes], above[i], above[i - pixelBytes]);
      }
      return;
    default:
      throw damaged(`a row of the PNG has filter ${filter}, expected 0 to 4`);
  }
}

/** The neighbour that is nearest to left + up − upper left; of equally near ones the first in this order. */
function paeth(left: number, up: number, upperLeft: number): number {
  const toLeft = Math.abs(up - upperLeft);
  const toUp = Math.abs(left - upperLeft);
  const toUpperLeft = Math.abs(left + up - 2 * upperLeft);
  if (toLeft <= toUp && toLeft <= toUpperLeft) return left;
  return toUp <= toUpperLeft ? up : upperLeft;
}

let tables: Int32Array | undefined;

/**
 * The 32-bit cyclic redundancy check of PNG (ISO 3309, polynomial 0xEDB88320), four bytes at a time (Kounavis and Berry,
 * 2005, "slicing-by-4"), which takes half as long for a file at the size limit.
 *
 * @param bytes The bytes.
 * @param start Index of the first byte of the range. Default 0.
 * @param end Index after its last byte. Default the end.
 * @returns The check, an unsigned 32-bit integer.
 */
export function crc32(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  tables ??= makeTables();
  let crc = -1;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    crc ^= bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16 | bytes[at + 3] << 24;
    crc = tables[768 + (crc & 255)] ^ tables[512 + (crc >>> 8 & 255)] ^
      tables[256 + (crc >>> 16 & 255)] ^ tables[crc >>> 24];
  }
  for (; at < end; at++) crc = tables[(crc ^ bytes[at]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** Table k, at 256 k, is the effect of a byte on the check after k more bytes. */
function makeTables(): Int32Array {
  const made = new Int32Array(4 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
    made[byte] = crc;
  }
  for (let i = 256; i < made.length; i++) {
    made[i] = made[i - 256] >>> 8 ^ made[made[i - 256] & 255];
  }
  return made;
}
