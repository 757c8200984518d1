import { imageError } from "./image_error.ts";

/** What the IHDR chunk of a PNG says. */
export interface PngHeader {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Bits of one sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGBA. */
  readonly colourType: number;
  /** Samples of one pixel. */
  readonly channels: number;
  /** Whether the rows come in the seven passes of Adam7. */
  readonly interlaced: boolean;
}

/** By colour type: the number of samples of a pixel, and the bit depths that the standard allows. */
const COLOUR_TYPES: Readonly<Record<number, { channels: number; depths: readonly number[] }>> = {
  0: { channels: 1, depths: [1, 2, 4, 8, 16] },
  2: { channels: 3, depths: [8, 16] },
  3: { channels: 1, depths: [1, 2, 4, 8] },
  4: { channels: 2, depths: [8, 16] },
  6: { channels: 4, depths: [8, 16] },
};

/**
 * Reads the data of an IHDR chunk (PNG, third edition, section 11.2.1).
 *
 * @param data The 13 bytes of the chunk.
 * @param maxPixels The largest number of pixels that is accepted.
 * @returns What they say.
 * @throws {LeNetError} `image/unreadable` when they break the standard, `image/too-large` above `maxPixels`.
 */
export function readPngHeader(data: Uint8Array, maxPixels: number): PngHeader {
  if (data.length !== 13) {
    throw imageError(
      "image/unreadable",
      `the header of the PNG has ${data.length} bytes, expected 13`,
    );
  }
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const [depth, colourType, compression, filter, interlace] = data.subarray(8);
  if (width === 0 || height === 0 || width > 0x7fffffff || height > 0x7fffffff) {
    throw imageError(
      "image/unreadable",
      `the PNG claims ${width}×${height} pixels, expected each from 1 to 2147483647`,
    );
  }
  if (width * height > maxPixels) {
    throw imageError(
      "image/too-large",
      `the PNG claims ${width}×${height} pixels, expected at most ${maxPixels} in all`,
    );
  }
  if (!COLOUR_TYPES[colourType]?.depths.includes(depth)) {
    throw imageError(
      "image/unreadable",
      `the PNG has colour type ${colourType} with ${depth} bits, which the standard does not allow`,
    );
  }
  if (compression !== 0 || filter !== 0 || interlace > 1) {
    throw imageError(
      "image/unreadable",
      `the PNG has compression ${compression}, filter ${filter} and interlace ${interlace}, expected 0, 0 and 0 or 1`,
    );
  }
  const { channels } = COLOUR_TYPES[colourType];
  return { width, height, depth, colourType, channels, interlaced: interlace === 1 };
}
