import type { Photo } from "./photo.ts";

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
