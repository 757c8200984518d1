import { allocate } from "./allocate.ts";
import type { DecodedImage } from "./decoded_image.ts";
import { imageError } from "./image_error.ts";
import { type ImageLimits, resolveLimits } from "./limits.ts";
import { hasByteRows, writePngByteRow } from "./png_byte_row.ts";
import { type PngChunks, readPngChunks } from "./png_chunks.ts";
import { writePngRow } from "./png_colours.ts";
import { hasGreyRows, pngGreyRowWriter } from "./png_grey_row.ts";
import { inflate, MOST_INFLATED_PER_BYTE } from "./png_inflate.ts";
import { type PngPass, pngPasses } from "./png_passes.ts";
import { unfilterPngRow } from "./png_unfilter.ts";
import type { RgbaImage } from "./rgba_image.ts";

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
  if (promised > chunks.compressed.length * MOST_INFLATED_PER_BYTE) {
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
