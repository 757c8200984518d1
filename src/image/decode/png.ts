import type { LeNetError } from "../../errors.ts";
import { type ImageLimits, resolveLimits } from "../../options.ts";
import type { DecodedImage, RgbaImage } from "../image.ts";
import { lumaOf } from "../ink/grey.ts";
import { fullScale, largestColour } from "../values.ts";
import { allocate, checkFileSize, damaged } from "./checks.ts";
import {
  inflate,
  MAX_INFLATED_PER_BYTE,
  type PngChunks,
  type PngHeader,
  readPngChunks,
  unfilterPngRow,
} from "./png_file.ts";

/**
 * Decodes a PNG (third edition of the standard): every colour type and bit depth, palettes, transparency and
 * interlacing, rotated upright as its EXIF orientation says. Of an animation the default image is read. Colour profiles
 * and gamma are ignored, 16-bit samples are rounded to 8. Opaque pictures that use only a small part of the range of
 * their samples are scaled to all of it: masks of 0 and 1, and 12-bit data in 16 bits, which would be black.
 *
 * Sizes are checked against the limits, and against what the compressed data can inflate to, before memory is
 * allocated. Rows are decoded as they are decompressed, and decompression ends as soon as damage is found. Bytes after
 * the end of the picture are ignored.
 *
 * @param bytes The file.
 * @param limits The largest file and the largest picture that are accepted.
 * @returns The picture in RGBA, not premultiplied, in fresh memory.
 * @throws {LeNetError} `image/unreadable` when the file is damaged, `image/too-large` above a limit,
 * `image/unsupported` when it requires an extension of PNG, `option/invalid` for a limit that is not a number above 0.
 */
export async function decodePng(bytes: Uint8Array, limits?: ImageLimits): Promise<RgbaImage> {
  return await decodeColour(openPng(bytes, limits));
}

/**
 * Decodes the brightness of a PNG, which takes less time and memory than {@linkcode decodePng} where its rows can be
 * converted directly.
 *
 * @param bytes The file.
 * @param limits The largest file and the largest picture that are accepted.
 * @returns The picture in one channel, equal to `toGrey` of its RGBA; in RGBA where its rows cannot be converted, or where
 * it is black.
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
  const write = greyRowWriter(png.chunks, data);
  await decodeRows(png, (_, y, row) => write(y, row));
  // Brightness does not tell whether colours are a mask.
  const isDark = hasScale(png.chunks) && largestColour(data, 1, 1) <= 1;
  if (isDark) return { ...await decodeColour(png), channels: 4 };
  return { data, width, height, channels: 1 };
}

/** A PNG whose chunks were parsed, and whose data are still compressed. */
interface OpenPng {
  readonly chunks: PngChunks;
  readonly passes: readonly PngPass[];
}

function openPng(bytes: Uint8Array, limits?: ImageLimits): OpenPng {
  const { maxBytes, maxPixels } = resolveLimits(limits);
  checkFileSize("PNG", bytes, maxBytes);
  const chunks = readPngChunks(bytes, maxPixels);
  const passes = passesOf(chunks.header);
  const inflatedBytes = passes.reduce((sum, pass) => sum + pass.height * (1 + pass.rowBytes), 0);
  if (inflatedBytes > chunks.compressed.length * MAX_INFLATED_PER_BYTE) {
    throw damaged(
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

/** A subset of the pixels of a PNG that is stored as rows: all of them, or a regular grid. */
interface PngPass {
  /** Column of its first pixel in the picture. */
  readonly x: number;
  /** Row of its first pixel in the picture. */
  readonly y: number;
  /** Columns from one pixel to the next. */
  readonly stepX: number;
  /** Rows from one row to the next. */
  readonly stepY: number;
  /** Pixels in one row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Bytes of one row, without the byte for its filter. */
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

/** The passes of a PNG that have pixels: at most seven when it is interlaced, else one. */
function passesOf(header: PngHeader): PngPass[] {
  const steps = header.interlaced ? ADAM7 : [[0, 0, 1, 1] as const];
  return steps.map(([x, y, stepX, stepY]): PngPass => {
    const width = Math.ceil((header.width - x) / stepX);
    const height = Math.ceil((header.height - y) / stepY);
    const rowBytes = Math.ceil(width * header.channels * header.depth / 8);
    return { x, y, stepX, stepY, width, height, rowBytes };
  }).filter(({ width, height }) => width > 0 && height > 0);
}

async function decodeColour(png: OpenPng): Promise<RgbaImage> {
  const { chunks, passes } = png;
  const { width, height, depth } = chunks.header;
  const data = allocate(4 * width * height);
  const words = hasByteRows(chunks, passes.length) ? new Uint32Array(data.buffer) : undefined;
  await decodeRows(png, (pass, y, row) => {
    if (words !== undefined) writeByteRow(chunks, y, row, words);
    else writeRow(chunks, pass, y, row, data);
  });
  if (hasScale(chunks)) {
    if (depth === 8) scaleMask(data);
    else await scaleDarkWords(png, data);
  }
  if (chunks.exif.length === 0) return { data, width, height };
  // Imported here: few PNGs have it.
  const { readExifOrientation, rotateUpright } = await import("./exif.ts");
  return rotateUpright({ data, width, height }, readExifOrientation(chunks.exif));
}

/** Whether the values of a picture say over what they range: opaque grey and colours of 8 or 16 bits. */
function hasScale({ header: { colourType, depth }, transparency }: PngChunks): boolean {
  return depth >= 8 && (colourType === 0 || colourType === 2) && transparency.length === 0;
}

/** Scales the colours of a mask, whose samples are 0 and 1, to 0 and 255, in place. */
function scaleMask(data: Uint8ClampedArray): void {
  if (largestColour(data, 4, 1) !== 1) return;
  // Alpha is 255 and is clamped.
  for (let i = 0; i < data.length; i++) data[i] *= 255;
}

/** What 4095 of 65535 is in 8 bits. */
const MAX_DARK = 16;

/**
 * Decodes a picture of 16 bits once more where its samples use a smaller range than that: scaled from 8 bits, it would
 * have few levels left.
 */
async function scaleDarkWords(png: OpenPng, data: Uint8ClampedArray): Promise<void> {
  if (largestColour(data, 4, MAX_DARK) > MAX_DARK) return;
  let largest = 0;
  await decodeRows(png, (_pass, _y, row) => {
    for (let i = 0; i < row.length; i += 2) largest = Math.max(largest, sample16(row, i));
  });
  const full = fullScale(largest, true, 16);
  if (largest === 0 || full === 65535) return;
  await decodeRows(png, (pass, y, row) => writeRow(png.chunks, pass, y, row, data, full));
}

/** Decompresses and unfilters a PNG row by row. The memory of a row is reused after `take` returns. */
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
        throw damaged(`the PNG holds more data than its ${sizeOf(chunks)} need`);
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
    throw damaged(`the data of the PNG ends before its ${sizeOf(chunks)} are complete`);
  }
}

/** The memory of a row; the first byte of `whole` is the number of its filter. */
function emptyRow(
  { rowBytes }: PngPass,
): { readonly whole: Uint8Array; readonly bytes: Uint8Array } {
  const whole = new Uint8Array(1 + rowBytes);
  return { whole, bytes: whole.subarray(1) };
}

/**
 * Converts one row to RGBA, for every colour type and bit depth.
 *
 * @param chunks The chunks of the PNG.
 * @param pass The pass of the row.
 * @param y The row in the pass, from 0.
 * @param row Its unfiltered bytes.
 * @param target The picture: four bytes a pixel. Clamped, since assigning to it must round.
 * @param full The sample of full brightness; left out for the largest of its depth.
 * @throws {LeNetError} `image/unreadable` when a palette index is out of range.
 */
function writeRow(
  chunks: PngChunks,
  pass: PngPass,
  y: number,
  row: Uint8Array,
  target: Uint8ClampedArray,
  full = 2 ** chunks.header.depth - 1,
): void {
  const { header: { width, depth, colourType, channels }, palette, transparency } = chunks;
  const samples = depth === 8 ? row : unpackSamples(row, depth, pass.width * channels);
  const scale = 255 / full;
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

/** Unpacks samples that are not bytes; the first sample of a byte has its highest bits. */
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

/** A grey level times this is the same red, green and blue. */
const ALL_COLOURS = 0x010101;

/** Whether this machine is little-endian, as nearly all are. */
const IS_LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Whether {@linkcode writeByteRow} can convert the rows. */
function hasByteRows({ header: { depth } }: PngChunks, passes: number): boolean {
  return depth === 8 && passes === 1 && IS_LITTLE_ENDIAN;
}

/**
 * Converts one row of byte samples of a PNG without interlacing to RGBA, as {@linkcode writeRow} does, in a third to a
 * half of the time: the four bytes of a pixel are written as one word.
 *
 * @param chunks The chunks of the PNG.
 * @param y The row.
 * @param row Its unfiltered bytes.
 * @param target The picture: one word a pixel, red in the lowest byte.
 * @throws {LeNetError} `image/unreadable` when a palette index is out of range.
 */
function writeByteRow(
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

function missingColour(index: number, colours: number): LeNetError {
  return damaged(`a pixel of the PNG has colour ${index} of a palette of ${colours}`);
}

/**
 * The longer side, in pixels, up to which the brightness of every pixel is needed. In larger pictures `LazyGrey` converts
 * only some: `findInk` reduces them to 200 pixels on the longer side, by a factor of 8 or more.
 */
const MAX_GREY_SIDE = 7 * 200;

/**
 * Whether {@linkcode greyRowWriter} can convert the rows: opaque byte samples without interlacing, in a picture whose
 * every pixel is needed and is in its place.
 */
function hasGreyRows(
  { header: { width, height, depth, colourType, interlaced }, transparency, exif }: PngChunks,
): boolean {
  return depth === 8 && !interlaced && exif.length === 0 && colourType < 4 &&
    transparency.length === 0 &&
    Math.max(width, height) <= MAX_GREY_SIDE;
}

/**
 * Returns a function that converts one row to brightness, equal to `toGrey` of the same row in RGBA.
 *
 * @param chunks The chunks of the PNG.
 * @param target The picture, one byte a pixel.
 * @returns The function of the row and its unfiltered bytes. It throws `image/unreadable` when a palette index is out of
 * range.
 */
function greyRowWriter(
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
