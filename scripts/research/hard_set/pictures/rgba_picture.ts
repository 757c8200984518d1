import { encode } from "fast-png";

/**
 * Encodes a grey picture.
 *
 * @param picture The picture; its red is taken for its grey.
 * @returns The bytes of a PNG.
 */
export function greyPng({ data, width, height }: RgbaPicture): Uint8Array {
  const grey = new Uint8Array(width * height);
  for (let i = 0; i < grey.length; i++) grey[i] = data[4 * i];
  return encode({ width, height, data: grey, channels: 1, depth: 8 });
}

/** A picture as `ImageData` is one. */
export interface RgbaPicture {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/**
 * Finishes a picture: whole numbers from 0 to 255, and nothing transparent.
 *
 * @param photo The picture.
 * @returns The same in RGBA.
 */
export function toRgba({ data, width, height }: Photo): RgbaPicture {
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    rgba[to] = data[from];
    rgba[to + 1] = data[from + 1];
    rgba[to + 2] = data[from + 2];
    rgba[to + 3] = 255;
  }
  return { data: rgba, width, height };
}

/** A picture that is being taken: red, green and blue of each pixel, row by row, 0 to 255 or a little beyond. */
export interface Photo {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** How much of each pixel is covered by something, 0 to 1, row by row. */
export interface Coverage {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}
