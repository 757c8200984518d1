import { imageError, type LeNetError } from "../../errors.ts";
import { type ImageLimits, resolveLimits } from "../../options.ts";
import type { RgbaImage } from "../image.ts";
import { allocate, checkFileSize, checkPictureSize } from "./format.ts";

/** First row and step of each pass of an interlaced picture. */
const PASSES: readonly (readonly [first: number, step: number])[] = [[0, 8], [4, 8], [2, 4], [
  1,
  2,
]];

/**
 * Decodes a GIF; of an animation, the first picture. Where it leaves the screen free, the screen is transparent.
 *
 * The decoder is our own because those of npm are not fit for files of strangers: the one that is most in use can be
 * made to run for ever by forty bytes, the next gives the missing pixels of a damaged file as black.
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
  const colours = allocate(frame.width * frame.height);
  decompressGif(bytes, frame.data, frame.colourBits, colours);
  checkColours(colours, frame.palette);
  const data = allocate(4 * frame.screenWidth * frame.screenHeight);
  let from = 0;
  for (const y of rowOrder(frame)) {
    const row = colours.subarray(from, from += frame.width);
    writeRow(frame, row, 4 * ((frame.top + y) * frame.screenWidth + frame.left), data);
  }
  return { data, width: frame.screenWidth, height: frame.screenHeight };
}

function checkColours(colours: Uint8ClampedArray, palette: Uint8Array): void {
  let largest = 0;
  for (let i = 0; i < colours.length; i++) if (colours[i] > largest) largest = colours[i];
  if (3 * largest >= palette.length) {
    throw imageError(
      "image/unreadable",
      `a pixel of the GIF has colour ${largest} of a palette of ${palette.length / 3}`,
    );
  }
}

/** The rows of a picture, in the order of the file. */
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
    const colour = row[x];
    target[at] = palette[3 * colour];
    target[at + 1] = palette[3 * colour + 1];
    target[at + 2] = palette[3 * colour + 2];
    target[at + 3] = colour === transparent ? 0 : 255;
  }
}

/** The first picture of a GIF, still compressed, and where on its screen it belongs. */
interface GifFrame {
  /** Columns of the screen. */
  readonly screenWidth: number;
  /** Rows of the screen. */
  readonly screenHeight: number;
  /** Columns of the screen on the left of the picture. */
  readonly left: number;
  /** Rows of the screen above the picture. */
  readonly top: number;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Whether the rows come in four passes. */
  readonly interlaced: boolean;
  /** Red, green and blue of each colour. */
  readonly palette: Uint8Array;
  /** The colour that stands for transparency, or -1. */
  readonly transparent: number;
  /** Bits of a colour in the compressed data, from 2 to 8. */
  readonly colourBits: number;
  /** Where in the file the blocks of compressed data begin. */
  readonly data: number;
}

const EXTENSION = 0x21;

const IMAGE = 0x2c;

const TRAILER = 0x3b;

const GRAPHIC_CONTROL = 0xf9;

/** The most pixels that one code of the compressed data gives. */
const MAX_PIXELS_PER_CODE = 4096;

/** The most blocks that are read. An animation has two for each picture; each can be written in a few bytes. */
const MAX_BLOCKS = 100_000;

/**
 * Follows the blocks of a GIF (versions 87a and 89a) from its header to its trailer, without decoding anything.
 *
 * The screen is taken to be as large as it must be to hold the first picture, as browsers do it.
 *
 * @param bytes The file.
 * @param maxPixels The largest number of pixels that the screen may have.
 * @returns The first picture.
 * @throws {LeNetError} `image/unreadable` when the file ends too soon, breaks the standard, or claims more pixels than
 * its data can hold; `image/too-large` above `maxPixels` or 100,000 blocks.
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
          colourBits: bytes[data - 1],
          data,
        };
        checkFrame(frame, end - data, maxPixels);
      }
      at = end;
    } else if (block !== 0) {
      // Some writers leave a stray zero between blocks.
      throw damaged(`the GIF has block 0x${block.toString(16)} at byte ${at - 1}`);
    }
  }
  throw endsTooSoon(bytes);
}

/** The length of the palette that the flags of a screen or of a picture announce. */
function paletteBytes(flags: number): number {
  return flags & 0x80 ? 3 << (flags & 7) + 1 : 0;
}

/** Where data end that are cut into blocks of a length and as many bytes, the last of length 0. */
function skipData(bytes: Uint8Array, at: number): number {
  for (;;) {
    const length = bytes[at++];
    if (length === undefined) throw endsTooSoon(bytes);
    if (length === 0) return at;
    at += length;
  }
}

function checkFrame(frame: GifFrame, dataBytes: number, maxPixels: number): void {
  const { screenWidth, screenHeight, width, height, palette, colourBits } = frame;
  checkPictureSize("the GIF", screenWidth, screenHeight, maxPixels);
  if (palette.length === 0) throw damaged("the GIF lacks its palette");
  if (colourBits < 2 || colourBits > 8) {
    throw damaged(`the GIF has colours of ${colourBits} bits, expected 2 to 8`);
  }
  if (width * height > 8 * dataBytes / (colourBits + 1) * MAX_PIXELS_PER_CODE) {
    throw damaged(
      `the GIF claims ${width}×${height} pixels, more than its ${dataBytes} bytes of data can hold`,
    );
  }
}

function endsTooSoon(bytes: Uint8Array): LeNetError {
  return damaged(`the GIF ends at byte ${bytes.length}, before its trailer`);
}

function damaged(problem: string): LeNetError {
  return imageError("image/unreadable", problem);
}

/** Codes have 12 bits at most. */
const MAX_CODES = 4096;

/**
 * Decompresses the data of a GIF: LZW with codes that grow from `colourBits` + 1 to 12 bits (GIF89a, appendix F).
 *
 * Each code stands for a string of colours: that of an earlier code, and one colour more. What follows the last pixel
 * is ignored.
 *
 * @param bytes The file.
 * @param start Where in it the blocks of data begin.
 * @param colourBits Bits of a colour, from 2 to 8.
 * @param colours Takes the colour of each pixel, in the order of the file.
 * @throws {LeNetError} `image/unreadable` when the data hold a code that cannot be, or end before all pixels are there.
 */
function decompressGif(
  bytes: Uint8Array,
  start: number,
  colourBits: number,
  colours: Uint8ClampedArray,
): void {
  const clear = 1 << colourBits;
  const end = clear + 1;
  const earlier = new Uint16Array(MAX_CODES);
  const last = Uint8Array.from({ length: MAX_CODES }, (_, code) => code);
  const lengths = new Uint16Array(MAX_CODES).fill(1);
  let next = end + 1;
  let codeBits = colourBits + 1;
  let previous = -1;
  let filled = 0;

  let at = start;
  let left = 0;
  let held = 0;
  let heldBits = 0;
  while (filled < colours.length) {
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
      codeBits = colourBits + 1;
      previous = -1;
      continue;
    }
    if (code === end) throw damaged("the data of the GIF end before its pixels are complete");
    // A code may be the one that it makes itself: then its string is the previous one and that one's first colour.
    if (previous < 0 ? code > clear : code > next) {
      throw damaged(`the data of the GIF hold code ${code}, expected less`);
    }
    const isNew = code === next;
    const known = isNew ? previous : code;
    let colour = last[known];
    // A string is known from its end. A write behind the last pixel does nothing.
    for (let entry = known, to = filled + lengths[known] - 1; to >= filled; to--) {
      colour = last[entry];
      colours[to] = colour;
      entry = earlier[entry];
    }
    filled += lengths[known];
    if (isNew) colours[filled++] = colour;
    if (previous >= 0 && next < MAX_CODES) {
      earlier[next] = previous;
      last[next] = colour;
      lengths[next] = lengths[previous] + 1;
      next++;
      if (next === 1 << codeBits && codeBits < 12) codeBits++;
    }
    previous = code;
  }
}
