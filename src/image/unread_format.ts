import { beginsWith } from "./image_format.ts";

/** How files of other formats begin that people take for pictures that are read; a dot stands for any byte. */
const SIGNATURES: readonly (readonly [format: string, signature: string])[] = [
  ["AVIF", "....ftypavi"],
  ["HEIC", "....ftyphe"],
  ["HEIC", "....ftypmif1"],
  ["JPEG XL", "\xff\x0a"],
  ["JPEG XL", "\0\0\0\x0cJXL "],
  ["JPEG 2000", "\0\0\0\x0cjP  "],
  ["TIFF", "II*\0"],
  ["TIFF", "MM\0*"],
  ["ICO", "\0\0\x01\0"],
  ["PDF", "%PDF"],
];

/** A byte that text does not hold. */
// deno-lint-ignore no-control-regex
const NO_TEXT = /[\x00-\x08\x0e-\x1f\x7f-\xff]/;

/**
 * What a file that is not read seems to be, for a message.
 *
 * @param bytes The file.
 * @returns Words that follow "so many bytes", such as `of HEIC`.
 */
export function unreadFormat(bytes: Uint8Array): string {
  const known = SIGNATURES.find(([, signature]) => beginsWith(bytes, signature))?.[0];
  if (known !== undefined) return `of ${known}`;
  const start = String.fromCharCode(...bytes.subarray(0, 24));
  return NO_TEXT.test(start)
    ? "in no known format"
    : `in no known format (text that begins with "${start.trim().replace(/\s+/g, " ")}")`;
}
