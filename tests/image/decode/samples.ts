import type { ImageFormat } from "../../../src/image/decode/formats.ts";
import { encodeBmp } from "./bmp_encoder.ts";
import { DRAWING } from "./gif_encoder.ts";
import { BASELINE } from "./jpeg_files.ts";
import { encodePng } from "./png_encoder.ts";
import { LOSSLESS } from "./webp_files.ts";

/** A small file as a user has it. */
interface Sample {
  readonly name: string;
  readonly mediaType: string;
  readonly file: Uint8Array<ArrayBuffer>;
  readonly size: readonly [width: number, height: number];
}

/** A file of each format. A format of the table without a sample does not compile, nor does a sample without a format. */
export const SAMPLES: Readonly<Record<ImageFormat, Sample>> = {
  PNG: {
    name: "drawing.png",
    mediaType: "image/png",

    file: encodePng({ width: 1, height: 2, colourType: 0, depth: 16, samples: [0, 65535] }),
    size: [1, 2],
  },
  JPEG: {
    name: "drawing.jpg",
    mediaType: "image/jpeg",
    file: new Uint8Array(BASELINE),
    size: [24, 16],
  },
  WebP: {
    name: "drawing.webp",
    mediaType: "image/webp",
    file: new Uint8Array(LOSSLESS),
    size: [24, 16],
  },
  GIF: {
    name: "drawing.gif",
    mediaType: "image/gif",
    file: new Uint8Array(DRAWING),
    size: [12, 10],
  },
  BMP: {
    name: "drawing.bmp",
    mediaType: "image/bmp",

    file: new Uint8Array(
      encodeBmp({ width: 3, height: 1, depth: 24, data: [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0] }),
    ),
    size: [3, 1],
  },
};
