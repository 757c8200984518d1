import { encode } from "fast-png";
import type { RgbaPicture } from "./rgba_picture.ts";

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
