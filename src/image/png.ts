import { allocate } from "./allocate.ts";
import { imageError } from "./image_error.ts";
import { type ImageLimits, resolveLimits } from "./limits.ts";
import { hasByteRows, writePngByteRow } from "./png_byte_row.ts";
import { readPngChunks } from "./png_chunks.ts";
import { writePngRow } from "./png_colours.ts";
import { inflate, MOST_INFLATED_PER_BYTE } from "./png_inflate.ts";
import { pngPasses } from "./png_passes.ts";
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
  const { maxBytes, maxPixels } = resolveLimits(limits);
  if (bytes.length > maxBytes) {
    throw imageError(
      "image/too-large",
      `the PNG has ${bytes.length} bytes, expected at most ${maxBytes}`,
    );
  }
  const chunks = readPngChunks(bytes, maxPixels);
  const { width, height, channels, depth } = chunks.header;
  const passes = pngPasses(chunks.header);
  const size = `${width}×${height} pixels`;

  const promised = passes.reduce((sum, pass) => sum + pass.height * (1 + pass.rowBytes), 0);
  if (promised > chunks.compressed.length * MOST_INFLATED_PER_BYTE) {
    throw imageError(
      "image/unreadable",
      `the PNG claims ${size}, more than its ${chunks.compressed.length} bytes of data can hold`,
    );
  }
  const data = allocate(4 * width * height);
  const pixelBytes = Math.ceil(channels * depth / 8);
  const words = hasByteRows(chunks, passes.length) ? new Uint32Array(data.buffer) : undefined;

  let pass = 0;
  let y = 0;
  let filled = 0;
  // The first byte of a row names its filter.
  let row = new Uint8Array(1 + passes[0].rowBytes);
  let above = new Uint8Array(row.length);
  for await (const piece of inflate(chunks.compressed)) {
    for (let at = 0; at < piece.length;) {
      if (pass === passes.length) {
        throw imageError("image/unreadable", `the PNG holds more data than its ${size} need`);
      }
      const part = piece.subarray(at, at + row.length - filled);
      row.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < row.length) break;

      const bytesOfRow = row.subarray(1);
      unfilterPngRow(row[0], bytesOfRow, above.subarray(1), pixelBytes);
      if (words !== undefined) writePngByteRow(chunks, y, bytesOfRow, words);
      else writePngRow(chunks, passes[pass], y, bytesOfRow, data);
      filled = 0;
      [row, above] = [above, row];
      if (++y === passes[pass].height && ++pass < passes.length) {
        y = 0;
        row = new Uint8Array(1 + passes[pass].rowBytes);
        above = new Uint8Array(row.length);
      }
    }
  }
  if (pass < passes.length) {
    throw imageError(
      "image/unreadable",
      `the data of the PNG ends before its ${size} are complete`,
    );
  }
  return { data, width, height };
}
