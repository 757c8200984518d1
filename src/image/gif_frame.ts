import type { LeNetError } from "../model/error.ts";
import { checkPictureSize } from "./check_file.ts";
import { imageError } from "./image_error.ts";

/** The first picture of a GIF, still compressed, and where on its screen it belongs. */
export interface GifFrame {
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
const MOST_PIXELS_PER_CODE = 4096;

/** The most blocks that are read. An animation has two for each picture; each can be written in a few bytes. */
const MOST_BLOCKS = 100_000;

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
export function readGifFrame(bytes: Uint8Array, maxPixels: number): GifFrame {
  const word = (at: number): number => bytes[at] | bytes[at + 1] << 8;
  let at = 13 + paletteBytes(bytes[10]);
  const globalPalette = bytes.subarray(13, at);
  let transparent = -1;
  let frame: GifFrame | undefined;
  for (let count = 0; at < bytes.length; count++) {
    if (count === MOST_BLOCKS) {
      throw imageError("image/too-large", `the GIF has more than ${MOST_BLOCKS} blocks`);
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
  if (width * height > 8 * dataBytes / (colourBits + 1) * MOST_PIXELS_PER_CODE) {
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
