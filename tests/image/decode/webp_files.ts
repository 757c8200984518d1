/**
 * WebPs of one drawing of 24×16 pixels, in which column x and row y are red 10x, green 16y and blue 255 − 8x, written by
 * libwebp's `cwebp` and `webpmux`.
 *
 * @module
 */

import { fromBase64 } from "./base64.ts";

/** Lossless. */
export const LOSSLESS: Uint8Array<ArrayBuffer> = fromBase64(
  "UklGRjYAAABXRUJQVlA4TCkAAAAvF8ADAE0ARNL+2EtE9D+1GPgY8P7HMEBIQJjg/2JRHIXj/8cEINWyGQA=",
);

/** Lossy, quality 95. */
export const LOSSY: Uint8Array<ArrayBuffer> = fromBase64(
  "UklGRqYAAABXRUJQVlA4IJoAAABQBgCdASoYABAAPhkKhEEhBgEABABhLYATplCOBvAPwA/SDeAfpnlLPAH8A+6PeA" +
    "P4Bo/4Dx+5ImYqmAD+/80f3hSaj+pS0vJHcyj24G9RtRG/9KP5DMHTYLZ//82FAQlgi//7TP/qgYUb0f/zTEcDK7Kh" +
    "95Q8iTdBZbXEnET9yNjgAYed4OUMkRqAqTDcXChUshuqV0FmsAAA",
);

/** Lossless, with alpha 255 − 10x. */
export const LOSSLESS_ALPHA: Uint8Array<ArrayBuffer> = fromBase64(
  "UklGRjgAAABXRUJQVlA4TCsAAAAvF8ADEE0ARNL+2EtE9D+1GPgY8P7HMEBIQJjg/2JRHIXj/4/9BCBai80AAA==",
);

/** Lossy, with alpha 255 − 10x. */
export const LOSSY_ALPHA: Uint8Array<ArrayBuffer> = fromBase64(
  "UklGRtYAAABXRUJQVlA4WAoAAAAQAAAAFwAADwAAQUxQSBcAAAABmYzof4BI22b+BY+OHh5GTMAEVGvcDABWUDggmA" +
    "AAAFAGAJ0BKhgAEAA+GQqEQSEGAQAEAGEtgBOmUI4G8A/AD9IN4B+meUs8AfwD7o94A/gGj/gPH7kiZiqYAP7/zR/e" +
    "FJqP6lLS8kdzKPbgb1G1Eb/0o/kMwdNgtn//zJBiFzL2tT/tM/+qBhRvR//NMRwMrsqH3lDyJN0FltcScRP3NqwDyO" +
    "2T6LFF0HXeCjh2YpXaub9DzWAA",
);

/** An animation: first the upper left 8×6 pixels of the drawing, lossless, at column 4 and row 2; then all of it. */
export const ANIMATED: Uint8Array<ArrayBuffer> = fromBase64(
  "UklGRt4AAABXRUJQVlA4WAoAAAACAAAAFwAADwAAQU5JTQYAAAD/////AABBTk1GOAAAAAIAAAEAAAcAAAUAAGQAAA" +
    "BWUDhMIAAAAC8HQAEAmYzof2wKEdH/gJCAMMH/vZIFo3D8/5gApJYNQU5NRnIAAAAAAAAAAAAXAAAPAABkAAAAVlA4" +
    "IFoAAAAwBACdASoYABAAPtFipk0oJiOrsAgBcBoJbACdMoRwN5BTI8AABgUU3awA/uw9qMU3qpQPn/8klmxrIukP3v" +
    "dt9UG76HkDBUZQtze+ccu7iJka2TTCzmLgAAA=",
);

/** A chunk: four letters, length, and data padded to an even length. */
export function chunk(name: string, data: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8 + data.length + data.length % 2);
  bytes.set([...name].map((letter) => letter.charCodeAt(0)));
  new DataView(bytes.buffer).setUint32(4, data.length, true);
  bytes.set(data, 8);
  return bytes;
}

/** A file of chunks. */
export function riff(...chunks: ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const webp = [..."WEBP"].map((letter) => letter.charCodeAt(0));
  return chunk("RIFF", [webp, ...chunks].flatMap((part) => Array.from(part)));
}

/** A little-endian 24-bit integer. */
export function triple(value: number): number[] {
  return [value & 255, value >> 8 & 255, value >> 16];
}

/** The extended header, of a file with more than one chunk. */
export function extended(width: number, height: number, flags = 0): Uint8Array<ArrayBuffer> {
  return chunk("VP8X", [flags, 0, 0, 0, ...triple(width - 1), ...triple(height - 1)]);
}

/** A lossless picture with these data after its header. */
export function lossless(
  width: number,
  height: number,
  data: readonly number[] = [],
): Uint8Array<ArrayBuffer> {
  const size = (width - 1 | (height - 1) << 14) >>> 0;
  return chunk("VP8L", [0x2f, ...triple(size), size >>> 24, ...data]);
}

/** A lossy picture with these data after its header. */
export function lossy(
  width: number,
  height: number,
  data: readonly number[] = [],
): Uint8Array<ArrayBuffer> {
  const size = [width & 255, width >> 8, height & 255, height >> 8];
  return chunk("VP8 ", [0x10, 0, 0, 0x9d, 0x01, 0x2a, ...size, ...data]);
}
