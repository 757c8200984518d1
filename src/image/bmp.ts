import { allocate } from "./allocate.ts";
import { type BmpHeader, readBmpHeader, rowBytes } from "./bmp_header.ts";
import { type BmpRun, bmpRuns } from "./bmp_runs.ts";
import { checkFileSize } from "./check_file.ts";
import { imageError } from "./image_error.ts";
import { type ImageLimits, resolveLimits } from "./limits.ts";
import type { RgbaImage } from "./rgba_image.ts";

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
