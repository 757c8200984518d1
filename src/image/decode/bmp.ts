import { imageError, type LeNetError } from "../../errors.ts";
import { type ImageLimits, resolveLimits } from "../../options.ts";
import type { RgbaImage } from "../image.ts";
import { allocate, checkFileSize, checkPictureSize, damaged } from "./checks.ts";

/**
 * Decodes a BMP: 1, 4, 8, 16, 24 and 32 bits, with palettes, masks and run-length encoding, bottom-up or top-down.
 * Pixels that run lengths skip are transparent. Alpha is read where the header has a mask for it, unless it is 0
 * everywhere, as encoders without alpha write it.
 *
 * The maintained package on npm supports too little: no 4 and 16 bits, no run-length encoding, no top-down rows, and no
 * 32 bits without masks, which is what most encoders write.
 *
 * @param bytes The file.
 * @param limits The largest file and the largest picture that are accepted.
 * @returns The picture in RGBA, not premultiplied, in fresh memory.
 * @throws {LeNetError} `image/unreadable` when the file is damaged, `image/too-large` above a limit,
 * `image/unsupported` for rare kinds of BMP; `option/invalid` for a limit that is not a number above 0.
 */
export function decodeBmp(bytes: Uint8Array, limits?: ImageLimits): RgbaImage {
  const { maxBytes, maxPixels } = resolveLimits(limits);
  checkFileSize("BMP", bytes, maxBytes);
  const header = readBmpHeader(bytes, maxPixels);
  const data = header.depth <= 8 ? decodeIndices(bytes, header) : decodeColours(bytes, header);
  return { data, width: header.width, height: header.height };
}

function decodeIndices(bytes: Uint8Array, header: BmpHeader): Uint8ClampedArray {
  const { width, height, depth, palette, paletteStep } = header;
  const isShort = palette.length < paletteStep * 2 ** depth;
  // Damage is found before memory is allocated.
  for (const run of runsOf(bytes, header)) if (isShort) checkRun(bytes, header, run);
  const data = allocate(4 * width * height);
  for (const run of runsOf(bytes, header)) {
    const to = rowOffset(header, run.y) + 4 * run.x;
    for (let i = 0; i < run.length; i++) {
      const at = paletteStep * indexAt(bytes, run, i, depth);
      data[to + 4 * i] = palette[at + 2];
      data[to + 4 * i + 1] = palette[at + 1];
      data[to + 4 * i + 2] = palette[at];
      data[to + 4 * i + 3] = 255;
    }
  }
  return data;
}

function checkRun(
  bytes: Uint8Array,
  { depth, palette, paletteStep }: BmpHeader,
  run: BmpRun,
): void {
  for (let i = 0; i < run.length; i++) {
    const index = indexAt(bytes, run, i, depth);
    if (paletteStep * index >= palette.length) {
      throw damaged(
        `a pixel of the BMP has colour ${index} of a palette of ${palette.length / paletteStep}`,
      );
    }
  }
}

/** The palette index of a pixel of a run. The first pixel of a byte has its highest bits. */
function indexAt(bytes: Uint8Array, { at, repeats }: BmpRun, i: number, depth: number): number {
  const bit = depth * (repeats ? i % (8 / depth) : i);
  return bytes[at + (bit >> 3)] >> (8 - depth - (bit & 7)) & (1 << depth) - 1;
}

/** Adjacent pixels of one row of palette indices. */
interface BmpRun {
  /** The column of the first pixel. */
  readonly x: number;
  /** The row, in the order of the file. */
  readonly y: number;
  /** The number of pixels. */
  readonly length: number;
  /** Offset in the file of the palette indices. */
  readonly at: number;
  /** Whether the indices in the first byte are repeated. */
  readonly repeats: boolean;
}

/**
 * Iterates over the pixels of a BMP with a palette, without allocating: its rows, or its run lengths up to their end
 * marker. Pixels that no run covers are transparent.
 *
 * @param bytes The file.
 * @param header Its header.
 * @throws {LeNetError} `image/unreadable` when run lengths are truncated or exceed the picture.
 */
function* runsOf(bytes: Uint8Array, header: BmpHeader): Generator<BmpRun, void> {
  if (header.runs) return yield* runLengths(bytes, header);
  const { width, height, depth, data } = header;
  for (let y = 0; y < height; y++) {
    yield { x: 0, y, length: width, at: data + y * rowBytes(width, depth), repeats: false };
  }
}

function* runLengths(bytes: Uint8Array, header: BmpHeader): Generator<BmpRun, void> {
  const { depth } = header;
  let at = header.data;
  let x = 0;
  let y = 0;
  while (at + 1 < bytes.length) {
    const count = bytes[at];
    const code = bytes[at + 1];
    at += 2;
    if (count > 0) {
      const length = clip(x, y, count, header);
      if (length > 0) yield { x, y, length, at: at - 1, repeats: true };
      x += count;
    } else if (code === 0) {
      x = 0;
      y++;
    } else if (code === 1) {
      return;
    } else if (code === 2) {
      if (at + 1 >= bytes.length) break;
      x += bytes[at];
      y += bytes[at + 1];
      at += 2;
    } else {
      if (at + Math.ceil(code * depth / 8) > bytes.length) break;
      const length = clip(x, y, code, header);
      if (length > 0) yield { x, y, length, at, repeats: false };
      x += code;
      // Padded to an even number of bytes.
      at += 2 * Math.ceil(code * depth / 16);
    }
  }
  throw damaged(`the BMP ends at byte ${bytes.length}, before the end-of-bitmap marker`);
}

/** The pixels of a run inside the picture: some encoders pad rows to a multiple of four pixels. */
function clip(x: number, y: number, length: number, { width, height }: BmpHeader): number {
  if (y >= height || x + length > width + 3) {
    throw damaged("the BMP has a run that leaves the picture");
  }
  return Math.min(length, width - x);
}

function decodeColours(bytes: Uint8Array, header: BmpHeader): Uint8ClampedArray {
  const { width, height, depth, masks } = header;
  const write = depth === 24 ? writeBgrRow : maskWriter(header);
  const data = allocate(4 * width * height);
  for (let y = 0; y < height; y++) {
    const start = header.data + y * rowBytes(width, depth);
    const to = rowOffset(header, y);
    write(bytes, start, data.subarray(to, to + 4 * width));
  }
  if (masks[3] > 0 && isClear(data)) fillAlpha(data);
  return data;
}

/** The offset in the decoded picture of a row of the file. */
function rowOffset({ width, height, topDown }: BmpHeader, y: number): number {
  return 4 * width * (topDown ? y : height - 1 - y);
}

/** Writes a row of pixels of 24 bits. */
function writeBgrRow(bytes: Uint8Array, start: number, row: Uint8ClampedArray): void {
  for (let to = 0, at = start; to < row.length; to += 4, at += 3) {
    row[to] = bytes[at + 2];
    row[to + 1] = bytes[at + 1];
    row[to + 2] = bytes[at];
    row[to + 3] = 255;
  }
}

/** Returns a function that writes a row of pixels of 16 or 32 bits. */
function maskWriter({ depth, masks }: BmpHeader): typeof writeBgrRow {
  const [red, green, blue, alpha] = masks.map(levelReader);
  const hasAlpha = masks[3] > 0;
  return (bytes, start, row) => {
    for (let to = 0, at = start; to < row.length; to += 4, at += depth / 8) {
      const low = bytes[at] | bytes[at + 1] << 8;
      const pixel = depth === 16 ? low : low | bytes[at + 2] << 16 | bytes[at + 3] << 24;
      row[to] = red(pixel);
      row[to + 1] = green(pixel);
      row[to + 2] = blue(pixel);
      row[to + 3] = hasAlpha ? alpha(pixel) : 255;
    }
  };
}

/** Returns a function that scales the bits of a mask to 0 to 255; of more than eight bits it uses the highest. */
function levelReader(mask: number): (pixel: number) => number {
  if (mask === 0) return () => 0;
  const lowest = 31 - Math.clz32(mask & -mask);
  const bits = 32 - Math.clz32(mask) - lowest;
  if (mask >>> lowest !== 2 ** bits - 1) {
    throw damaged(`the BMP has mask 0x${mask.toString(16)}, expected contiguous bits`);
  }
  const shift = lowest + Math.max(0, bits - 8);
  const largest = 2 ** Math.min(bits, 8) - 1;
  return (pixel) => (pixel >>> shift & largest) * 255 / largest;
}

function isClear(rgba: Uint8ClampedArray): boolean {
  for (let at = 3; at < rgba.length; at += 4) if (rgba[at] !== 0) return false;
  return true;
}

function fillAlpha(rgba: Uint8ClampedArray): void {
  for (let at = 3; at < rgba.length; at += 4) rgba[at] = 255;
}

/** The headers of a BMP. */
interface BmpHeader {
  readonly width: number;
  readonly height: number;
  /** Whether the first row of the file is the top one; most files begin with the bottom one. */
  readonly topDown: boolean;
  /** Bits of a pixel: 1, 4, 8, 16, 24 or 32. */
  readonly depth: number;
  /** Whether the pixels are run-length encoded. */
  readonly runs: boolean;
  /** Masks of red, green, blue and alpha in a pixel of 16 or 32 bits; 0 without alpha. */
  readonly masks: readonly number[];
  /** Blue, green and red of each colour of a pixel of up to 8 bits. */
  readonly palette: Uint8Array;
  /** Bytes from one colour of the palette to the next. */
  readonly paletteStep: number;
  /** Offset in the file of the pixels. */
  readonly data: number;
}

/** Bytes of the file header, which precedes the header of the picture. */
const FILE_HEADER = 14;

/** Bytes of the header of OS/2 1.x, with sizes of 16 bits and palette entries of three bytes. */
const CORE_HEADER = 12;

/** Bytes of the headers of Windows and, with 64, of OS/2 2.x. Those above 40 have room for masks. */
const INFO_HEADERS: readonly number[] = [40, 52, 56, 64, 108, 124];

/** Kinds of compression, as the header numbers them. */
const KINDS = { none: 0, runs8: 1, runs4: 2, masks: 3, alphaMasks: 6 } as const;

/** The depths that each kind of compression allows. */
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  [KINDS.none]: [1, 4, 8, 16, 24, 32],
  [KINDS.runs8]: [8],
  [KINDS.runs4]: [4],
  [KINDS.masks]: [16, 32],
  [KINDS.alphaMasks]: [16, 32],
};

/** Masks where the file has none, by depth: five bits for each colour, or a byte. */
const DEFAULT_MASKS: Readonly<Record<number, readonly number[]>> = {
  16: [0x7c00, 0x03e0, 0x001f, 0],
  32: [0xff0000, 0xff00, 0xff, 0],
};

/**
 * Reads the headers of a BMP of Windows or OS/2, and checks that its pixels are within the file.
 *
 * The fourth byte of a pixel of 32 bits is alpha only with a mask for it: most encoders leave it at 0.
 *
 * @param bytes The file.
 * @param maxPixels The largest number of pixels that is accepted.
 * @returns The headers.
 * @throws {LeNetError} `image/unreadable` when the file is truncated or a header is invalid, `image/too-large` above
 * `maxPixels`, `image/unsupported` for rare kinds of BMP.
 */
function readBmpHeader(bytes: Uint8Array, maxPixels: number): BmpHeader {
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
  // In OS/2 2.x the numbers 3 and 4 mean other kinds of compression.
  if (!DEPTHS[kind]?.includes(depth) || (headerBytes === 64 && kind > KINDS.runs4)) {
    throw imageError(
      "image/unsupported",
      `the BMP has ${depth} bits a pixel with compression ${kind}, expected 1, 4, 8, 16, 24 or 32 with none, run lengths or masks`,
    );
  }
  if (runs && topDown) throw damaged("the BMP has run lengths and top-down rows");

  // The shortest header is followed by its masks.
  const masksAfter = headerBytes > 40
    ? 0
    : kind === KINDS.masks
    ? 3
    : kind === KINDS.alphaMasks
    ? 4
    : 0;
  let end = FILE_HEADER + headerBytes + 4 * masksAfter;
  if (bytes.length < end) throw endsTooSoon(bytes);
  let masks = DEFAULT_MASKS[depth] ?? [];
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

/** Bytes of an uncompressed row, which is padded to a multiple of four. */
function rowBytes(width: number, depth: number): number {
  return Math.ceil(width * depth / 32) * 4;
}

function endsTooSoon(bytes: Uint8Array): LeNetError {
  return damaged(`the BMP ends at byte ${bytes.length}, before its pixels are complete`);
}
