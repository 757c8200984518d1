/**
 * GIFs of one drawing of 12×10 pixels, in which column x and row y are red 10x, green 16y and blue 255 − 8x, written by
 * ImageMagick.
 *
 * @module
 */

import { fromBase64 } from "./base64.ts";

/** A frame of a GIF. */
interface GifPicture {
  readonly width: number;
  readonly height: number;
  /** The palette index of each pixel, row by row. */
  readonly colours: ArrayLike<number>;
  readonly left?: number;
  readonly top?: number;
  readonly interlaced?: boolean;
  readonly transparent?: number;
  /** A palette of its own: 2, 4, 8 … 256 colours. */
  readonly palette?: readonly number[];
  /** Bits of a palette index in the compressed data. */
  readonly bits?: number;
  /** Compressed data, instead of those of the indices. */
  readonly data?: ArrayLike<number>;
  readonly lzw?: LzwOptions;
}

/** Options of the compression. */
interface LzwOptions {
  /** Whether to keep a full table instead of clearing it. */
  readonly keepsFullTable?: boolean;
  /** Whether to omit the first clear code. */
  readonly leavesClearOut?: boolean;
}

/** A palette of this many greys. */
export const greys = (count: number): number[] =>
  Array.from({ length: count }, (_, i) => Array(3).fill(Math.round(255 * i / (count - 1)))).flat();

/** Encodes a GIF. Slow, and written from the standard, independently of the decoder. */
export function encodeGif(
  screen: { width: number; height: number; palette?: readonly number[] },
  ...pictures: GifPicture[]
): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...new TextEncoder().encode("GIF89a"),
    ...little(screen.width),
    ...little(screen.height),
    flagsOf(screen.palette),
    0,
    0,
    ...screen.palette ?? [],
    ...pictures.flatMap(encodePicture),
    0x3b,
  ]);
}

function encodePicture(picture: GifPicture): number[] {
  const { width, height, left = 0, top = 0, palette, transparent, interlaced = false } = picture;
  const bits = picture.bits ?? 8;
  const colours = interlaced ? inPasses(picture) : Array.from(picture.colours);
  return [
    ...transparent === undefined ? [] : [0x21, 0xf9, 4, 1, 0, 0, transparent, 0],
    0x2c,
    ...[left, top, width, height].flatMap(little),
    flagsOf(palette) | (interlaced ? 0x40 : 0),
    ...palette ?? [],
    bits,
    ...blocks(picture.data ?? compress(colours, bits, picture.lzw)),
  ];
}

/** Splits data into sub-blocks of at most 255 bytes, with an empty one at the end. */
export function blocks(data: ArrayLike<number>, most = 255): number[] {
  const all = Array.from(data);
  const parts: number[] = [];
  for (let at = 0; at < all.length; at += most) {
    const part = all.slice(at, at + most);
    parts.push(part.length, ...part);
  }
  return [...parts, 0];
}

/** Packs codes of given lengths, the first in the lowest bits. */
export function pack(codes: readonly (readonly [code: number, bits: number])[]): number[] {
  const bytes: number[] = [];
  let at = 0;
  for (const [code, bits] of codes) {
    for (let bit = 0; bit < bits; bit++, at++) {
      bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (code >> bit & 1) << (at & 7);
    }
  }
  return bytes;
}

/** LZW with strings of indices, as the standard describes it. */
function compress(
  colours: readonly number[],
  bits: number,
  { keepsFullTable = false, leavesClearOut = false }: LzwOptions = {},
): number[] {
  const clear = 1 << bits;
  const codes: [number, number][] = [];
  let table = new Map<string, number>();
  let codeBits = 0;
  let next = 0;
  const restart = (): void => {
    table = new Map(Array.from({ length: clear }, (_, colour) => [`${colour}`, colour]));
    codeBits = bits + 1;
    next = clear + 2;
  };
  restart();
  if (!leavesClearOut) codes.push([clear, codeBits]);
  let string = `${colours[0]}`;
  for (const colour of colours.slice(1)) {
    const longer = `${string},${colour}`;
    if (table.has(longer)) {
      string = longer;
      continue;
    }
    codes.push([table.get(string)!, codeBits]);
    if (next < 4096) {
      table.set(longer, next);
      // The decoder defines a string one code later.
      if (next === 1 << codeBits && codeBits < 12) codeBits++;
      next++;
    } else if (!keepsFullTable) {
      codes.push([clear, codeBits]);
      restart();
    }
    string = `${colour}`;
  }
  codes.push([table.get(string)!, codeBits]);
  if (next === 1 << codeBits && codeBits < 12) codeBits++;
  codes.push([clear + 1, codeBits]);
  return pack(codes);
}

function inPasses({ width, height, colours }: GifPicture): number[] {
  const rows = [...Array(height).keys()];
  const order = [
    ...rows.filter((y) => y % 8 === 0),
    ...rows.filter((y) => y % 8 === 4),
    ...rows.filter((y) => y % 4 === 2),
    ...rows.filter((y) => y % 2 === 1),
  ];
  return order.flatMap((y) => Array.from(colours).slice(y * width, (y + 1) * width));
}

function flagsOf(palette: readonly number[] | undefined): number {
  return palette === undefined ? 0 : 0x80 | Math.log2(palette.length / 3) - 1;
}

function little(value: number): [low: number, high: number] {
  return [value & 255, value >> 8];
}

/** Not interlaced. */
export const DRAWING: Uint8Array<ArrayBuffer> = fromBase64(
  "R0lGODlhDAAKAPYAAFoAt1AAv1oQt1AQv24Ap2QAr24Qp2QQr1ogt1Agv1owt1Awv24gp2Qgr24wp2Qwr1pAt1BAv1" +
    "pQt1BQv25Ap2RAr25Qp2RQr1pgt1Bgv1pwt1Bwv25gp2Rgr25wp2RwrzwAzzwQzygA3zIA1ygQ3zIQ1zwgzzwwzygg" +
    "3zIg1ygw3zIw1x4A5xQA7x4Q5xQQ7woA9wAA/woQ9wAQ/x4g5xQg7x4w5xQw7wog9wAg/wow9wAw/0YAx0YQx0Ygx0" +
    "YwxzxAzzxQzyhA3zJA1yhQ3zJQ1zxgzzxwzyhg3zJg1yhw3zJw1x5A5xRA7x5Q5xRQ7wpA9wBA/wpQ9wBQ/x5g5xRg" +
    "7x5w5xRw7wpg9wBg/wpw9wBw/0ZAx0ZQx0Zgx0Zwx1qAt1CAv1qQt1CQv26Ap2SAr26Qp2SQrzyAzzyQzyiA3zKA1y" +
    "iQ3zKQ1x6A5xSA7x6Q5xSQ7wqA9wCA/wqQ9wCQ/0aAx0aQxwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACH5BAAAAAAA" +
    "LAAAAAAMAAoAAAd6gDEwLSwiIyA8AQAFBDMyLy4kJSE9AwIHBjk4NTQoKSY+CQgNDDs6NzYqKyc/CwoPDlFQTUxCQ0" +
    "BcERAVFFNST05ERUFdExIXFllYVVRISUZeGRgdHFtaV1ZKS0dfGxofHnNyb25qa2h2YWBlZHV0cXBsbWl3Y2JnZoEA" +
    "Ow==",
);

/** Interlaced. */
export const INTERLACED: Uint8Array<ArrayBuffer> = fromBase64(
  "R0lGODlhDAAKAPYAAFoAt1AAv1oQt1AQv24Ap2QAr24Qp2QQr1ogt1Agv1owt1Awv24gp2Qgr24wp2Qwr1pAt1BAv1" +
    "pQt1BQv25Ap2RAr25Qp2RQr1pgt1Bgv1pwt1Bwv25gp2Rgr25wp2RwrzwAzzwQzygA3zIA1ygQ3zIQ1zwgzzwwzygg" +
    "3zIg1ygw3zIw1x4A5xQA7x4Q5xQQ7woA9wAA/woQ9wAQ/x4g5xQg7x4w5xQw7wog9wAg/wow9wAw/0YAx0YQx0Ygx0" +
    "YwxzxAzzxQzyhA3zJA1yhQ3zJQ1zxgzzxwzyhg3zJg1yhw3zJw1x5A5xRA7x5Q5xRQ7wpA9wBA/wpQ9wBQ/x5g5xRg" +
    "7x5w5xRw7wpg9wBg/wpw9wBw/0ZAx0ZQx0Zgx0Zwx1qAt1CAv1qQt1CQv26Ap2SAr26Qp2SQrzyAzzyQzyiA3zKA1y" +
    "iQ3zKQ1x6A5xSA7x6Q5xSQ7wqA9wCA/wqQ9wCQ/0aAx0aQxwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACH5BAAAAAAA" +
    "LAAAAAAMAAoAQAd6gDEwLSwiIyA8AQAFBHNyb25qa2h2YWBlZFFQTUxCQ0BcERAVFDk4NTQoKSY+CQgNDFlYVVRISU" +
    "ZeGRgdHDMyLy4kJSE9AwIHBjs6NzYqKyc/CwoPDlNST05ERUFdExIXFltaV1ZKS0dfGxofHnV0cXBsbWl3Y2JnZoEA" +
    "Ow==",
);
