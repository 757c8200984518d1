import type { LeNetError } from "../model/error.ts";
import { crc32 } from "./crc32.ts";
import { imageError } from "./image_error.ts";
import { isPng } from "./image_format.ts";
import { type PngHeader, readPngHeader } from "./png_header.ts";

/** The chunks of a PNG that its pixels depend on. */
export interface PngChunks {
  /** IHDR. */
  readonly header: PngHeader;
  /** PLTE: red, green and blue of each entry; empty when there is none. */
  readonly palette: Uint8Array;
  /** tRNS: alpha of each palette entry, or the one transparent colour; empty when there is none. */
  readonly transparency: Uint8Array;
  /** All IDAT chunks as one zlib stream, in memory of its own. */
  readonly compressed: Uint8Array<ArrayBuffer>;
}

/** Bytes of the signature that every PNG begins with. */
const SIGNATURE_BYTES = 8;

/** No encoder makes so many, but a file of chunks of a byte would take long to walk. */
const MOST_CHUNKS = 100_000;

const IHDR = 0x49484452;
const PLTE = 0x504c5445;
const IDAT = 0x49444154;
const IEND = 0x49454e44;
const TRNS = 0x74524e53;

/** Bit 5 of the first letter: a lower-case letter marks a chunk that a reader may skip. */
const ANCILLARY = 0x20000000;

/**
 * Walks the chunks of a PNG from the signature to IEND and checks their order and every CRC. What follows IEND is
 * ignored.
 *
 * @param bytes The file.
 * @param maxPixels The largest number of pixels that is accepted.
 * @returns The chunks that matter.
 * @throws {LeNetError} `image/unreadable` when the file is damaged, `image/too-large` above `maxPixels` or
 * 100,000 chunks, `image/unsupported` when it needs an extension of PNG.
 */
export function readPngChunks(bytes: Uint8Array, maxPixels: number): PngChunks {
  if (!isPng(bytes)) throw damaged("it does not begin with the signature of a PNG");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const empty = new Uint8Array(0);
  let header: PngHeader | undefined;
  let palette: Uint8Array = empty;
  let transparency: Uint8Array = empty;
  let compressed: Uint8Array<ArrayBuffer> = empty;
  let filled = 0;
  let previous = 0;

  let at = SIGNATURE_BYTES;
  for (let count = 0; count < MOST_CHUNKS; count++) {
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
      header = readPngHeader(bytes.subarray(start, end), maxPixels);
    } else if (type === IHDR || (type === PLTE && (hasData || palette.length > 0))) {
      throw damaged(`chunk ${nameOf(type)} at byte ${at} of the PNG is out of place`);
    } else if (type === PLTE) {
      if (length === 0 || length % 3 !== 0 || length > 768) {
        throw damaged(`the palette of the PNG has ${length} bytes, expected 3 to 768 in threes`);
      }
      palette = bytes.slice(start, end);
    } else if (type === TRNS) {
      transparency = bytes.slice(start, end);
    } else if (type === IDAT) {
      if (!hasData) compressed = new Uint8Array(bytes.length - start);
      else if (previous !== IDAT) throw damaged("the IDAT chunks of the PNG are not consecutive");
      compressed.set(bytes.subarray(start, end), filled);
      filled += length;
    } else if (type === IEND) {
      if (filled === 0) throw damaged("the PNG has no data in IDAT chunks");
      checkColours(header, palette, transparency);
      return { header, palette, transparency, compressed: compressed.subarray(0, filled) };
    } else if ((type & ANCILLARY) === 0) {
      throw imageError(
        "image/unsupported",
        `the PNG needs chunk ${nameOf(type)}, expected IHDR, PLTE, IDAT and IEND alone`,
      );
    }
    previous = type;
    at = end + 4;
  }
  throw imageError("image/too-large", `the PNG has more than ${MOST_CHUNKS} chunks`);
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

function damaged(problem: string): LeNetError {
  return imageError("image/unreadable", problem);
}

/** The four letters of a chunk type, or its number when they are not letters. */
function nameOf(type: number): string {
  const letters = String.fromCharCode(type >>> 24, type >>> 16 & 255, type >>> 8 & 255, type & 255);
  return /^[A-Za-z]{4}$/.test(letters) ? letters : `0x${type.toString(16).padStart(8, "0")}`;
}
