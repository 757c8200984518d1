import { imageError, type LeNetError } from "../../errors.ts";
import { type ImageLimits, resolveLimits } from "../../options.ts";
import type { DecodedImage, RgbaImage } from "../image.ts";
import { lumaOf } from "../ink/grey.ts";
import { allocate } from "./format.ts";
import {
  inflate,
  MAX_INFLATED_PER_BYTE,
  type PngChunks,
  type PngHeader,
  readPngChunks,
  unfilterPngRow,
} from "./png_file.ts";

/**
 * Decodes a PNG: every colour type and bit depth, palettes, transparency and interlacing, as the PNG standard
 * (third edition) has them. Of an animation the still picture is read. Colour profiles and gamma are ignored,
 * 16-bit samples are rounded to 8.
 *
 * Sizes are checked against the limits, and against what the compressed data can hold, before memory is taken for
 * them. Rows are decoded as they are decompressed, and decompression ends as soon as the file has shown to be
 * damaged. What follows the end of the picture is ignored.
 *
 * @param bytes The file.
 * @param limits The largest file and the largest picture that are accepted.
 * @returns The picture in RGBA, not premultiplied, in fresh memory.
 * @throws {LeNetError} `image/unreadable` when the file is damaged, `image/too-large` above a limit,
 * `image/unsupported` when it needs an extension of PNG, `option/invalid` for a limit that is not a number above 0.
 */
export async function decodePng(bytes: Uint8Array, limits?: ImageLimits): Promise<RgbaImage> {
  return await decodeColour(openPng(bytes, limits));
}

/**
 * Does what {@linkcode decodePng} does for whoever wants to know the brightness alone, which takes less time and memory
 * where the file can be read as such.
 *
 * @param bytes The file.
 * @param limits The largest file and the largest picture that are accepted.
 * @returns The picture in one channel, what `toGrey` makes of it; in RGBA where that is for others to work out.
 * @throws {LeNetError} What {@linkcode decodePng} throws.
 */
export async function decodeGreyPng(
  bytes: Uint8Array,
  limits?: ImageLimits,
): Promise<DecodedImage> {
  const png = openPng(bytes, limits);
  const { chunks: { header: { width, height } } } = png;
  if (!hasGreyRows(png.chunks)) return { ...await decodeColour(png), channels: 4 };
  const data = allocate(width * height);
  const write = pngGreyRowWriter(png.chunks, data);
  await decodeRows(png, (_, y, row) => write(y, row));
  return { data, width, height, channels: 1 };
}

/** A PNG whose data are still to be decompressed. */
interface OpenPng {
  readonly chunks: PngChunks;
  readonly passes: readonly PngPass[];
}

function openPng(bytes: Uint8Array, limits?: ImageLimits): OpenPng {
  const { maxBytes, maxPixels } = resolveLimits(limits);
  if (bytes.length > maxBytes) {
    throw imageError(
      "image/too-large",
      `the PNG has ${bytes.length} bytes, expected at most ${maxBytes}`,
    );
  }
  const chunks = readPngChunks(bytes, maxPixels);
  const passes = pngPasses(chunks.header);
  const promised = passes.reduce((sum, pass) => sum + pass.height * (1 + pass.rowBytes), 0);
  if (promised > chunks.compressed.length * MAX_INFLATED_PER_BYTE) {
    throw imageError(
      "image/unreadable",
      `the PNG claims ${
        sizeOf(chunks)
      }, more than its ${chunks.compressed.length} bytes of data can hold`,
    );
  }
  return { chunks, passes };
}

function sizeOf({ header: { width, height } }: PngChunks): string {
  return `${width}×${height} pixels`;
}

async function decodeColour(png: OpenPng): Promise<RgbaImage> {
  const { chunks, passes } = png;
  const { width, height } = chunks.header;
  const data = allocate(4 * width * height);
  const words = hasByteRows(chunks, passes.length) ? new Uint32Array(data.buffer) : undefined;
  await decodeRows(png, (pass, y, row) => {
    if (words !== undefined) writePngByteRow(chunks, y, row, words);
    else writePngRow(chunks, pass, y, row, data);
  });
  return { data, width, height };
}

/** Decompresses a PNG, and hands over one row after another, unfiltered; a row is only lent. */
async function decodeRows(
  { chunks, passes }: OpenPng,
  take: (pass: PngPass, y: number, row: Uint8Array) => void,
): Promise<void> {
  const { channels, depth } = chunks.header;
  const pixelBytes = Math.ceil(channels * depth / 8);
  let pass = 0;
  let y = 0;
  let filled = 0;
  let row = emptyRow(passes[0]);
  let above = emptyRow(passes[0]);
  for await (const piece of inflate(chunks.compressed)) {
    for (let at = 0; at < piece.length;) {
      if (pass === passes.length) {
        throw imageError(
          "image/unreadable",
          `the PNG holds more data than its ${sizeOf(chunks)} need`,
        );
      }
      const part = piece.subarray(at, at + row.whole.length - filled);
      row.whole.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < row.whole.length) break;

      unfilterPngRow(row.whole[0], row.bytes, above.bytes, pixelBytes);
      take(passes[pass], y, row.bytes);
      filled = 0;
      [row, above] = [above, row];
      if (++y === passes[pass].height && ++pass < passes.length) {
        y = 0;
        row = emptyRow(passes[pass]);
        above = emptyRow(passes[pass]);
      }
    }
  }
  if (pass < passes.length) {
    throw imageError(
      "image/unreadable",
      `the data of the PNG ends before its ${sizeOf(chunks)} are complete`,
    );
  }
}

/** Room for a row. The first byte of the whole names its filter. */
function emptyRow(
  { rowBytes }: PngPass,
): { readonly whole: Uint8Array; readonly bytes: Uint8Array } {
  const whole = new Uint8Array(1 + rowBytes);
  return { whole, bytes: whole.subarray(1) };
}

/**
 * Turns one row of a PNG into RGBA, for every colour type and bit depth, and puts its pixels where they belong.
 *
 * @param chunks The chunks of the PNG.
 * @param pass The pass that the row is part of.
 * @param y Its number in the pass, from 0.
 * @param row Its bytes, unfiltered.
 * @param target The picture: four bytes a pixel. Assigning to it rounds.
 * @throws {LeNetError} `image/unreadable` when a pixel has a colour that the palette lacks.
 */
function writePngRow(
  chunks: PngChunks,
  pass: PngPass,
  y: number,
  row: Uint8Array,
  target: Uint8ClampedArray,
): void {
  const { header: { width, depth, colourType, channels }, palette, transparency } = chunks;
  const samples = depth === 8 ? row : unpackSamples(row, depth, pass.width * channels);
  const scale = 255 / (2 ** depth - 1);
  const step = 4 * pass.stepX;
  const start = 4 * ((pass.y + y * pass.stepY) * width + pass.x);
  const end = start + pass.width * step;

  switch (colourType) {
    case 0: {
      const transparent = transparency.length > 0 ? sample16(transparency, 0) : -1;
      for (let at = start, i = 0; at < end; at += step, i++) {
        target[at] = target[at + 1] = target[at + 2] = samples[i] * scale;
        target[at + 3] = samples[i] === transparent ? 0 : 255;
      }
      return;
    }
    case 2: {
      const [red, green, blue] = transparency.length > 0
        ? [0, 2, 4].map((offset) => sample16(transparency, offset))
        : [-1, -1, -1];
      for (let at = start, i = 0; at < end; at += step, i += 3) {
        target[at] = samples[i] * scale;
        target[at + 1] = samples[i + 1] * scale;
        target[at + 2] = samples[i + 2] * scale;
        const isTransparent = samples[i] === red && samples[i + 1] === green &&
          samples[i + 2] === blue;
        target[at + 3] = isTransparent ? 0 : 255;
      }
      return;
    }
    case 3:
      for (let at = start, i = 0; at < end; at += step, i++) {
        const index = samples[i];
        if (3 * index >= palette.length) throw missingColour(index, palette.length / 3);
        target[at] = palette[3 * index];
        target[at + 1] = palette[3 * index + 1];
        target[at + 2] = palette[3 * index + 2];
        target[at + 3] = index < transparency.length ? transparency[index] : 255;
      }
      return;
    case 4:
      for (let at = start, i = 0; at < end; at += step, i += 2) {
        target[at] = target[at + 1] = target[at + 2] = samples[i] * scale;
        target[at + 3] = samples[i + 1] * scale;
      }
      return;
    case 6:
      for (let at = start, i = 0; at < end; at += step, i += 4) {
        target[at] = samples[i] * scale;
        target[at + 1] = samples[i + 1] * scale;
        target[at + 2] = samples[i + 2] * scale;
        target[at + 3] = samples[i + 3] * scale;
      }
  }
}

/** One number for each sample of a row whose samples are not bytes; the first sample has the highest bits. */
function unpackSamples(row: Uint8Array, depth: number, count: number): Uint16Array {
  const samples = new Uint16Array(count);
  if (depth === 16) {
    for (let i = 0; i < count; i++) samples[i] = sample16(row, 2 * i);
  } else {
    const mask = (1 << depth) - 1;
    for (let i = 0, bit = 0; i < count; i++, bit += depth) {
      samples[i] = row[bit >> 3] >> (8 - depth - (bit & 7)) & mask;
    }
  }
  return samples;
}

function sample16(bytes: Uint8Array, at: number): number {
  return bytes[at] << 8 | bytes[at + 1];
}

const OPAQUE = 0xff000000;

/** Grey, times this, has all three colours. */
const ALL_COLOURS = 0x010101;

/** Whether the lowest byte of a number comes first in memory, as it does nearly everywhere. */
const IS_LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/**
 * Tells whether the rows of a PNG are for {@linkcode writePngByteRow}: samples of a byte, without interlacing, on a
 * machine that has the lowest byte of a number first.
 *
 * @param chunks The chunks of the PNG.
 * @param passes How many passes it has.
 * @returns Whether they are.
 */
function hasByteRows({ header: { depth } }: PngChunks, passes: number): boolean {
  return depth === 8 && passes === 1 && IS_LITTLE_ENDIAN;
}

/**
 * Does what `writePngRow` does for the most common PNGs, in a third to a half of the time: the four bytes of a pixel are
 * written as one number.
 *
 * @param chunks The chunks of the PNG.
 * @param y The number of the row.
 * @param row Its bytes, unfiltered.
 * @param target The picture: one number for each pixel, red lowest.
 * @throws {LeNetError} `image/unreadable` when a pixel has a colour that the palette lacks.
 */
function writePngByteRow(
  { header: { width, colourType }, palette, transparency }: PngChunks,
  y: number,
  row: Uint8Array,
  target: Uint32Array,
): void {
  const start = y * width;
  const end = start + width;
  switch (colourType) {
    case 0: {
      const transparent = transparency.length > 0 ? transparency[0] << 8 | transparency[1] : -1;
      for (let at = start, i = 0; at < end; at++, i++) {
        const grey = row[i];
        target[at] = grey * ALL_COLOURS | (grey === transparent ? 0 : OPAQUE);
      }
      return;
    }
    case 2: {
      const [red, green, blue] = transparency.length > 0
        ? [0, 2, 4].map((offset) => transparency[offset] << 8 | transparency[offset + 1])
        : [-1, -1, -1];
      for (let at = start, i = 0; at < end; at++, i += 3) {
        const isTransparent = row[i] === red && row[i + 1] === green && row[i + 2] === blue;
        target[at] = row[i] | row[i + 1] << 8 | row[i + 2] << 16 | (isTransparent ? 0 : OPAQUE);
      }
      return;
    }
    case 3: {
      const colours = palette.length / 3;
      for (let at = start, i = 0; at < end; at++, i++) {
        const index = row[i];
        if (index >= colours) throw missingColour(index, colours);
        const alpha = index < transparency.length ? transparency[index] : 255;
        const from = 3 * index;
        target[at] = palette[from] | palette[from + 1] << 8 | palette[from + 2] << 16 | alpha << 24;
      }
      return;
    }
    case 4:
      for (let at = start, i = 0; at < end; at++, i += 2) {
        target[at] = row[i] * ALL_COLOURS | row[i + 1] << 24;
      }
      return;
    case 6:
      for (let at = start, i = 0; at < end; at++, i += 4) {
        target[at] = row[i] | row[i + 1] << 8 | row[i + 2] << 16 | row[i + 3] << 24;
      }
  }
}

/**
 * @param index The colour of a pixel.
 * @param colours How many colours the palette has: no more than that.
 * @returns The error.
 */
function missingColour(index: number, colours: number): LeNetError {
  return imageError(
    "image/unreadable",
    `a pixel of the PNG has colour ${index} of a palette of ${colours}`,
  );
}

/**
 * The longer side of the largest picture of which every pixel is looked at: `LazyGrey` skips pixels when one of those
 * that `findInk` looks at stands for eight times eight.
 */
const LARGEST = 7 * 200;

/**
 * Tells whether the rows of a PNG are for {@linkcode pngGreyRowWriter}: samples of a byte, without interlacing, grey or
 * in colour, nothing in it transparent, and not so large that most of its brightness need not be known.
 *
 * @param chunks The chunks of the PNG.
 * @returns Whether they are.
 */
function hasGreyRows(
  { header: { width, height, depth, colourType, interlaced }, transparency }: PngChunks,
): boolean {
  return depth === 8 && !interlaced && colourType < 4 && transparency.length === 0 &&
    Math.max(width, height) <= LARGEST;
}

/**
 * Writes the brightness of one row after another, what `toGrey` makes of the same row in RGBA.
 *
 * @param chunks The chunks of the PNG.
 * @param target The picture, one byte for each pixel.
 * @returns What writes a row: its number, and its bytes, unfiltered. It throws `image/unreadable` when a pixel has a
 * colour that the palette lacks.
 */
function pngGreyRowWriter(
  { header: { width, colourType }, palette }: PngChunks,
  target: Uint8ClampedArray,
): (y: number, row: Uint8Array) => void {
  if (colourType === 0) return (y, row) => target.set(row, y * width);
  if (colourType === 2) {
    return (y, row) => {
      for (let at = y * width, i = 0; i < row.length; at++, i += 3) target[at] = lumaOf(row, i);
    };
  }
  const colours = palette.length / 3;
  const levels = Uint8Array.from({ length: colours }, (_, index) => lumaOf(palette, 3 * index));
  return (y, row) => {
    for (let at = y * width, i = 0; i < width; at++, i++) {
      if (row[i] >= colours) throw missingColour(row[i], colours);
      target[at] = levels[row[i]];
    }
  };
}

/** The pixels of a PNG that come together as rows: all of them, or every so many in both directions. */
interface PngPass {
  /** Column of its first pixel in the picture. */
  readonly x: number;
  /** Row of its first pixel in the picture. */
  readonly y: number;
  /** Columns from one of its pixels to the next. */
  readonly stepX: number;
  /** Rows from one of its rows to the next. */
  readonly stepY: number;
  /** Pixels in one of its rows. */
  readonly width: number;
  /** Its rows. */
  readonly height: number;
  /** Bytes of one row, without the byte that names its filter. */
  readonly rowBytes: number;
}

/** Adam7 (PNG, third edition, section 8.1): x, y, stepX, stepY of each pass. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/**
 * The order in which the rows of a PNG come.
 *
 * @param header The header of the PNG.
 * @returns Its passes, those without pixels left out: seven at most when it is interlaced, else one.
 */
function pngPasses(header: PngHeader): PngPass[] {
  const steps = header.interlaced ? ADAM7 : [[0, 0, 1, 1] as const];
  return steps.map(([x, y, stepX, stepY]): PngPass => {
    const width = Math.ceil((header.width - x) / stepX);
    const height = Math.ceil((header.height - y) / stepY);
    const rowBytes = Math.ceil(width * header.channels * header.depth / 8);
    return { x, y, stepX, stepY, width, height, rowBytes };
  }).filter(({ width, height }) => width > 0 && height > 0);
}
