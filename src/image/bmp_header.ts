import type { LeNetError } from "../model/error.ts";
import { checkPictureSize } from "./check_file.ts";
import { imageError } from "./image_error.ts";

/** What the headers of a BMP say. */
export interface BmpHeader {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Whether the first row of the file is the uppermost; most files begin with the lowest. */
  readonly topDown: boolean;
  /** Bits of a pixel: 1, 4, 8, 16, 24 or 32. */
  readonly depth: number;
  /** Whether the pixels are run-length encoded. */
  readonly runs: boolean;
  /** The bits of red, green, blue and alpha in a pixel of 16 or 32 bits; no bits of alpha when there is none. */
  readonly masks: readonly number[];
  /** Blue, green and red of each colour of a pixel of up to 8 bits. */
  readonly palette: Uint8Array;
  /** Bytes from one colour of the palette to the next. */
  readonly paletteStep: number;
  /** Where in the file the pixels begin. */
  readonly data: number;
}

const FILE_HEADER = 14;

/** The header of OS/2 1.x, with sizes of 16 bits and colours of three bytes. */
const CORE_HEADER = 12;

/** Lengths of the headers of Windows; the last but 40 hold masks. */
const INFO_HEADERS: readonly number[] = [40, 52, 56, 64, 108, 124];

/** Kinds of compression, by number. */
const KINDS = { none: 0, runs8: 1, runs4: 2, masks: 3, alphaMasks: 6 } as const;

/** The depths that each kind of compression may have. */
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  [KINDS.none]: [1, 4, 8, 16, 24, 32],
  [KINDS.runs8]: [8],
  [KINDS.runs4]: [4],
  [KINDS.masks]: [16, 32],
  [KINDS.alphaMasks]: [16, 32],
};

/** The masks of a pixel whose file gives none, by depth: five bits for each colour, or a byte. */
const USUAL_MASKS: Readonly<Record<number, readonly number[]>> = {
  16: [0x7c00, 0x03e0, 0x001f, 0],
  32: [0xff0000, 0xff00, 0xff, 0],
};

/**
 * Reads the headers of a BMP, of OS/2 1.x and of every Windows, and checks that its pixels lie within the file.
 *
 * The fourth byte of a pixel of 32 bits is alpha only where the header says so: most writers leave it at 0.
 *
 * @param bytes The file.
 * @param maxPixels The largest number of pixels that is accepted.
 * @returns What they say.
 * @throws {LeNetError} `image/unreadable` when the file ends too soon or the headers make no sense, `image/too-large`
 * above `maxPixels`, `image/unsupported` for kinds of BMP that are next to never seen.
 */
export function readBmpHeader(bytes: Uint8Array, maxPixels: number): BmpHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < FILE_HEADER + 4) throw endsTooSoon(bytes);
  const headerBytes = view.getUint32(FILE_HEADER, true);
  const isCore = headerBytes === CORE_HEADER;
  if (!isCore && !INFO_HEADERS.includes(headerBytes)) {
    throw imageError(
      "image/unsupported",
      `the BMP has a header of ${headerBytes} bytes, expected 12, ${INFO_HEADERS.join(", ")}`,
    );
  }
  if (bytes.length < FILE_HEADER + headerBytes) throw endsTooSoon(bytes);
  const word = (at: number): number => view.getUint16(FILE_HEADER + at, true);
  const long = (at: number): number => view.getUint32(FILE_HEADER + at, true);
  const signed = (at: number): number => view.getInt32(FILE_HEADER + at, true);
  const width = isCore ? word(4) : signed(4);
  const rows = isCore ? word(6) : signed(8);
  const height = Math.abs(rows);
  const depth = isCore ? word(10) : word(14);
  const kind = isCore ? KINDS.none : long(16);
  const topDown = rows < 0;
  const runs = kind === KINDS.runs8 || kind === KINDS.runs4;
  checkPictureSize("the BMP", width, height, maxPixels);
  // OS/2 2.x gave 3 and 4 other meanings.
  if (!DEPTHS[kind]?.includes(depth) || (headerBytes === 64 && kind > KINDS.runs4)) {
    throw imageError(
      "image/unsupported",
      `the BMP has ${depth} bits a pixel with compression ${kind}, expected 1, 4, 8, 16, 24 or 32 with none, run lengths or masks`,
    );
  }
  if (runs && topDown) throw damaged("the BMP has run lengths from the top down");

  // A header too short to hold masks is followed by them.
  const masksAfter = headerBytes > 40
    ? 0
    : kind === KINDS.masks
    ? 3
    : kind === KINDS.alphaMasks
    ? 4
    : 0;
  let end = FILE_HEADER + headerBytes + 4 * masksAfter;
  if (bytes.length < end) throw endsTooSoon(bytes);
  let masks = USUAL_MASKS[depth] ?? [];
  if (kind === KINDS.masks || kind === KINDS.alphaMasks) {
    const hasAlpha = headerBytes >= 56 || masksAfter === 4;
    masks = [40, 44, 48].map(long).concat(hasAlpha ? long(52) : 0);
  }
  const paletteStep = isCore ? 3 : 4;
  let palette = bytes.subarray(0, 0);
  const data = view.getUint32(10, true);
  if (depth <= 8) {
    const most = 2 ** depth;
    const used = isCore ? most : long(32) || most;
    const room = Math.floor((Math.min(data, bytes.length) - end) / paletteStep);
    const colours = Math.max(0, Math.min(used, most, room));
    palette = bytes.subarray(end, end += colours * paletteStep);
    if (colours === 0) throw damaged("the BMP lacks its palette");
  }
  if (data < end) throw damaged(`the pixels of the BMP begin at byte ${data}, in its header`);
  const needed = runs ? 2 : height * rowBytes(width, depth);
  if (data + needed > bytes.length) throw endsTooSoon(bytes);
  return { width, height, topDown, depth, runs, masks, palette, paletteStep, data };
}

/**
 * The length of a row that is not compressed, a multiple of four bytes.
 *
 * @param width Columns.
 * @param depth Bits of a pixel.
 * @returns Bytes.
 */
export function rowBytes(width: number, depth: number): number {
  return Math.ceil(width * depth / 32) * 4;
}

function endsTooSoon(bytes: Uint8Array): LeNetError {
  return damaged(`the BMP ends at byte ${bytes.length}, before its pixels are complete`);
}

function damaged(problem: string): LeNetError {
  return imageError("image/unreadable", problem);
}
