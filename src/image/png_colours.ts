import { missingColour } from "./png_byte_row.ts";
import type { PngChunks } from "./png_chunks.ts";
import type { PngPass } from "./png_passes.ts";

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
export function writePngRow(
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
