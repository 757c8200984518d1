import { allocate } from "./allocate.ts";
import { checkFileSize } from "./check_file.ts";
import { type GifFrame, readGifFrame } from "./gif_frame.ts";
import { decompressGif } from "./gif_lzw.ts";
import { imageError } from "./image_error.ts";
import { type ImageLimits, resolveLimits } from "./limits.ts";
import type { RgbaImage } from "./rgba_image.ts";

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
