import { imageError, type LeNetError } from "../../errors.ts";
import { type ImageLimits, resolveLimits } from "../../options.ts";
import type { RgbaImage } from "../image.ts";
import { allocate, checkFileSize, checkPictureSize, damaged } from "./checks.ts";

/**
 * Decodes a GIF, or the first frame of an animation. Parts of the screen that the frame does not cover are transparent.
 *
 * The packages on npm are not safe for untrusted files: the most popular one loops forever on a file of forty bytes, and
 * the next one returns black for the missing pixels of a damaged file.
 *
 * @param bytes The file.
 * @param limits The largest file and the largest picture that are accepted.
 * @returns The screen in RGBA, not premultiplied, in fresh memory.
 * @throws {LeNetError} `image/unreadable` when the file is damaged, `image/too-large` above a limit; `option/invalid`
 * for a limit that is not a number above 0.
 */
export function decodeGif(bytes: Uint8Array, limits?: ImageLimits): RgbaImage {
  const { maxBytes, maxPixels } = resolveLimits(limits);
  checkFileSize("GIF", bytes, maxBytes);
  const frame = readGifFrame(bytes, maxPixels);
  const indices = allocate(frame.width * frame.height);
  decompress(bytes, frame.data, frame.indexBits, indices);
  checkIndices(indices, frame.palette);
  const data = allocate(4 * frame.screenWidth * frame.screenHeight);
  let from = 0;
  for (const y of rowOrder(frame)) {
    const row = indices.subarray(from, from += frame.width);
    writeRow(frame, row, 4 * ((frame.top + y) * frame.screenWidth + frame.left), data);
  }
  return { data, width: frame.screenWidth, height: frame.screenHeight };
}

function checkIndices(indices: Uint8ClampedArray, palette: Uint8Array): void {
  let largest = 0;
  for (let i = 0; i < indices.length; i++) if (indices[i] > largest) largest = indices[i];
  if (3 * largest >= palette.length) {
    throw damaged(`a pixel of the GIF has colour ${largest} of a palette of ${palette.length / 3}`);
  }
}

/** First row and step of each pass of an interlaced frame (GIF89a, appendix E). */
const PASSES: readonly (readonly [first: number, step: number])[] = [
  [0, 8],
  [4, 8],
  [2, 4],
  [1, 2],
];

/** The rows of a frame, in the order of the file. */
function* rowOrder({ height, interlaced }: GifFrame): Iterable<number> {
  for (const [first, step] of interlaced ? PASSES : [[0, 1]]) {
    for (let y = first; y < height; y += step) yield y;
  }
}

function writeRow(
  { palette, transparent }: GifFrame,
  row: Uint8ClampedArray,
  start: number,
  target: Uint8ClampedArray,
): void {
  for (let x = 0, at = start; x < row.length; x++, at += 4) {
    const index = row[x];
    target[at] = palette[3 * index];
    target[at + 1] = palette[3 * index + 1];
    target[at + 2] = palette[3 * index + 2];
    target[at + 3] = index === transparent ? 0 : 255;
  }
}

/** The first frame of a GIF, still compressed, and its place on the screen. */
interface GifFrame {
  readonly screenWidth: number;
  readonly screenHeight: number;
  /** Column of the screen at which the frame begins. */
  readonly left: number;
  /** Row of the screen at which the frame begins. */
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Whether the rows are stored in four passes. */
  readonly interlaced: boolean;
  /** Red, green and blue of each colour. */
  readonly palette: Uint8Array;
  /** The palette index of transparent pixels, or -1. */
  readonly transparent: number;
  /** Bits of a palette index in the compressed data, from 2 to 8. */
  readonly indexBits: number;
  /** Offset in the file of the blocks of compressed data. */
  readonly data: number;
}

const EXTENSION = 0x21;

const IMAGE = 0x2c;

const TRAILER = 0x3b;

const GRAPHIC_CONTROL = 0xf9;

/** Pixels that one code can stand for: there are 4096 codes, and each string is one pixel longer than an earlier one. */
const MAX_PIXELS_PER_CODE = 4096;

/** Blocks that are accepted. An animation has two for each frame. A block needs only a few bytes. */
const MAX_BLOCKS = 100_000;

/**
 * Parses the blocks of a GIF (versions 87a and 89a) up to its trailer, without decoding anything. The screen is enlarged
 * if the first frame exceeds it, as in browsers.
 *
 * @param bytes The file.
 * @param maxPixels The largest number of pixels that the screen may have.
 * @returns The first frame.
 * @throws {LeNetError} `image/unreadable` when the file is truncated, violates the standard, or claims more pixels than
 * its data can encode; `image/too-large` above `maxPixels` or 100,000 blocks.
 */
function readGifFrame(bytes: Uint8Array, maxPixels: number): GifFrame {
  const word = (at: number): number => bytes[at] | bytes[at + 1] << 8;
  let at = 13 + paletteBytes(bytes[10]);
  const globalPalette = bytes.subarray(13, at);
  let transparent = -1;
  let frame: GifFrame | undefined;
  for (let count = 0; at < bytes.length; count++) {
    if (count === MAX_BLOCKS) {
      throw imageError("image/too-large", `the GIF has more than ${MAX_BLOCKS} blocks`);
    }
    const block = bytes[at++];
    if (block === TRAILER) {
      if (frame === undefined) throw damaged("the GIF holds no picture");
      return frame;
    }
    if (block === EXTENSION) {
      if (bytes[at] === GRAPHIC_CONTROL && bytes[at + 1] === 4) {
        transparent = bytes[at + 2] & 1 ? bytes[at + 5] : -1;
      }
      at = skipData(bytes, at + 1);
    } else if (block === IMAGE) {
      const flags = bytes[at + 8];
      const ownPalette = bytes.subarray(at + 9, at + 9 + paletteBytes(flags));
      const data = at + 10 + ownPalette.length;
      const end = skipData(bytes, data);
      if (frame === undefined) {
        const [left, top, width, height] = [0, 2, 4, 6].map((offset) => word(at + offset));
        checkPictureSize("the GIF", width, height, maxPixels);
        frame = {
          screenWidth: Math.max(word(6), left + width),
          screenHeight: Math.max(word(8), top + height),
          left,
          top,
          width,
          height,
          interlaced: (flags & 0x40) !== 0,
          palette: ownPalette.length > 0 ? ownPalette : globalPalette,
          transparent,
          indexBits: bytes[data - 1],
          data,
        };
        checkFrame(frame, end - data, maxPixels);
      }
      at = end;
    } else if (block !== 0) {
      // Some encoders write a stray zero between blocks.
      throw damaged(`the GIF has block 0x${block.toString(16)} at byte ${at - 1}`);
    }
  }
  throw endsTooSoon(bytes);
}

/** The length of the palette, from the flags of a screen or of a frame. */
function paletteBytes(flags: number): number {
  return flags & 0x80 ? 3 << (flags & 7) + 1 : 0;
}

/** The offset after a sequence of sub-blocks, each a length and that many bytes, up to one of length 0. */
function skipData(bytes: Uint8Array, at: number): number {
  for (;;) {
    const length = bytes[at++];
    if (length === undefined) throw endsTooSoon(bytes);
    if (length === 0) return at;
    at += length;
  }
}

function checkFrame(frame: GifFrame, dataBytes: number, maxPixels: number): void {
  const { screenWidth, screenHeight, width, height, palette, indexBits } = frame;
  checkPictureSize("the GIF", screenWidth, screenHeight, maxPixels);
  if (palette.length === 0) throw damaged("the GIF lacks its palette");
  if (indexBits < 2 || indexBits > 8) {
    throw damaged(`the GIF has colours of ${indexBits} bits, expected 2 to 8`);
  }
  if (width * height > 8 * dataBytes / (indexBits + 1) * MAX_PIXELS_PER_CODE) {
    throw damaged(
      `the GIF claims ${width}×${height} pixels, more than its ${dataBytes} bytes of data can hold`,
    );
  }
}

function endsTooSoon(bytes: Uint8Array): LeNetError {
  return damaged(`the GIF ends at byte ${bytes.length}, before its trailer`);
}

/** Codes have at most 12 bits. */
const MAX_CODES = 4096;

/**
 * Decompresses the data of a GIF: LZW with codes that grow from `indexBits` + 1 to 12 bits (GIF89a, appendix F).
 *
 * Each code stands for a string of palette indices: the string of an earlier code and one more index. Data after the
 * last pixel are ignored.
 *
 * @param bytes The file.
 * @param start Offset of the blocks of data.
 * @param indexBits Bits of a palette index, from 2 to 8.
 * @param indices Receives the palette index of each pixel, in the order of the file.
 * @throws {LeNetError} `image/unreadable` when the data contain an invalid code, or end before the last pixel.
 */
function decompress(
  bytes: Uint8Array,
  start: number,
  indexBits: number,
  indices: Uint8ClampedArray,
): void {
  const clear = 1 << indexBits;
  const end = clear + 1;
  const prefix = new Uint16Array(MAX_CODES);
  const last = Uint8Array.from({ length: MAX_CODES }, (_, code) => code);
  const lengths = new Uint16Array(MAX_CODES).fill(1);
  let next = end + 1;
  let codeBits = indexBits + 1;
  let previous = -1;
  let filled = 0;

  let at = start;
  let left = 0;
  let held = 0;
  let heldBits = 0;
  while (filled < indices.length) {
    while (heldBits < codeBits) {
      if (left === 0) {
        left = bytes[at++];
        if (!left) throw damaged("the data of the GIF end before its pixels are complete");
      }
      held |= bytes[at++] << heldBits;
      heldBits += 8;
      left--;
    }
    const code = held & (1 << codeBits) - 1;
    held >>>= codeBits;
    heldBits -= codeBits;

    if (code === clear) {
      next = end + 1;
      codeBits = indexBits + 1;
      previous = -1;
      continue;
    }
    if (code === end) throw damaged("the data of the GIF end before its pixels are complete");
    // The code that is defined next is valid, too: its string is the previous one and the first index of that.
    if (previous < 0 ? code > clear : code > next) {
      throw damaged(`the data of the GIF hold code ${code}, expected less`);
    }
    const isNew = code === next;
    const known = isNew ? previous : code;
    let index = last[known];
    // Strings are written from their end. Writes after the last pixel have no effect.
    for (let entry = known, to = filled + lengths[known] - 1; to >= filled; to--) {
      index = last[entry];
      indices[to] = index;
      entry = prefix[entry];
    }
    filled += lengths[known];
    if (isNew) indices[filled++] = index;
    if (previous >= 0 && next < MAX_CODES) {
      prefix[next] = previous;
      last[next] = index;
      lengths[next] = lengths[previous] + 1;
      next++;
      if (next === 1 << codeBits && codeBits < 12) codeBits++;
    }
    previous = code;
  }
}
