import { imageError, type LeNetError } from "../../errors.ts";
import { type ImageLimits, resolveLimits } from "../../options.ts";
import type { RgbaImage } from "../image.ts";
import { allocate, checkFileSize, checkPictureSize } from "./format.ts";

/**
 * Decodes a BMP: 1, 4, 8, 16, 24 and 32 bits, with palettes, masks and run lengths, from the bottom up or from the top
 * down. Pixels that run lengths leave out are transparent. Alpha is taken where the header tells its bits, unless it
 * is 0 everywhere, as it is in the files of writers that know of none.
 *
 * The decoder is our own because those of npm read too few kinds: the one that is kept up knows no 4 and 16 bits, no
 * run lengths, no rows from the top down, and no 32 bits without masks, which are what most writers give.
 *
 * @param bytes The file.
 * @param limits The largest file and the largest picture that are accepted.
 * @returns The picture in RGBA, not premultiplied, in fresh memory.
 * @throws {LeNetError} `image/unreadable` when the file is damaged, `image/too-large` above a limit,
 * `image/unsupported` for kinds of BMP that are next to never seen; `option/invalid` for a limit that is not a number
 * above 0.
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
  // Damage is found before memory is taken.
  for (const run of bmpRuns(bytes, header)) if (isShort) checkRun(bytes, header, run);
  const data = allocate(4 * width * height);
  for (const run of bmpRuns(bytes, header)) {
    const to = placeOf(header, run.y) + 4 * run.x;
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
      throw imageError(
        "image/unreadable",
        `a pixel of the BMP has colour ${index} of a palette of ${palette.length / paletteStep}`,
      );
    }
  }
}

/** The number of a colour of a run. The first one begins with the highest bit of a byte. */
function indexAt(bytes: Uint8Array, { at, repeats }: BmpRun, i: number, depth: number): number {
  const bit = depth * (repeats ? i % (8 / depth) : i);
  return bytes[at + (bit >> 3)] >> (8 - depth - (bit & 7)) & (1 << depth) - 1;
}

function decodeColours(bytes: Uint8Array, header: BmpHeader): Uint8ClampedArray {
  const { width, height, depth, masks } = header;
  const write = depth === 24 ? writeBytes : maskWriter(header);
  const data = allocate(4 * width * height);
  for (let y = 0; y < height; y++) {
    const start = header.data + y * rowBytes(width, depth);
    write(bytes, start, data.subarray(placeOf(header, y), placeOf(header, y) + 4 * width));
  }
  if (masks[3] > 0 && isClear(data)) fillAlpha(data);
  return data;
}

/** Where in the picture a row of the file begins. */
function placeOf({ width, height, topDown }: BmpHeader, y: number): number {
  return 4 * width * (topDown ? y : height - 1 - y);
}

/** Writes a row of pixels of 24 bits. */
function writeBytes(bytes: Uint8Array, start: number, row: Uint8ClampedArray): void {
  for (let to = 0, at = start; to < row.length; to += 4, at += 3) {
    row[to] = bytes[at + 2];
    row[to + 1] = bytes[at + 1];
    row[to + 2] = bytes[at];
    row[to + 3] = 255;
  }
}

/** What writes a row of pixels of 16 or 32 bits. */
function maskWriter({ depth, masks }: BmpHeader): typeof writeBytes {
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

/** What reads the bits of a mask as a level from 0 to 255; of more than eight bits, the highest count. */
function levelReader(mask: number): (pixel: number) => number {
  if (mask === 0) return () => 0;
  const lowest = 31 - Math.clz32(mask & -mask);
  const bits = 32 - Math.clz32(mask) - lowest;
  if (mask >>> lowest !== 2 ** bits - 1) {
    throw imageError(
      "image/unreadable",
      `the BMP has mask 0x${mask.toString(16)}, expected bits side by side`,
    );
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

/** What the headers of a BMP say. */
interface BmpHeader {
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
function rowBytes(width: number, depth: number): number {
  return Math.ceil(width * depth / 32) * 4;
}

function endsTooSoon(bytes: Uint8Array): LeNetError {
  return damaged(`the BMP ends at byte ${bytes.length}, before its pixels are complete`);
}

function damaged(problem: string): LeNetError {
  return imageError("image/unreadable", problem);
}

/** Pixels side by side, each the number of a colour. */
interface BmpRun {
  /** The column of the first one. */
  readonly x: number;
  /** Their row, in the order of the file. */
  readonly y: number;
  /** How many they are. */
  readonly length: number;
  /** Where in the file the colours begin: one byte each, or half a byte, high half first. */
  readonly at: number;
  /** Whether the colours of one byte are repeated. */
  readonly repeats: boolean;
}

/**
 * Follows the pixels of a BMP that has a palette, without taking memory: its rows, or its run lengths up to the mark at
 * their end.
 *
 * @param bytes The file.
 * @param header Its header.
 * @returns The runs, one after the other. Pixels that no run covers are left out by the file.
 * @throws {LeNetError} `image/unreadable` when run lengths end too soon or leave the picture.
 */
function* bmpRuns(bytes: Uint8Array, header: BmpHeader): Generator<BmpRun, void> {
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
      // Filled up to an even number of bytes.
      at += 2 * Math.ceil(code * depth / 16);
    }
  }
  throw damagedRuns(`ends at byte ${bytes.length}, before the end of its pixels is marked`);
}

/** How much of a run lies in the picture: some writers fill rows up to a multiple of four pixels. */
function clip(x: number, y: number, length: number, { width, height }: BmpHeader): number {
  if (y >= height || x + length > width + 3) throw damagedRuns("has a run that leaves the picture");
  return Math.min(length, width - x);
}

function damagedRuns(problem: string): LeNetError {
  return imageError("image/unreadable", `the BMP ${problem}`);
}
