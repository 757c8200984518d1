/** A file format of pictures that is told from its first bytes. */
export type ImageFormat = "PNG" | "JPEG" | "GIF" | "BMP" | "WebP";

/** How a PNG begins. */
const PNG = "\x89PNG\r\n\x1a\n";

/** How a JPEG begins. */
const JPEG = "\xff\xd8\xff";

/** How a file of each format begins; a dot stands for any byte. */
const SIGNATURES: readonly (readonly [format: ImageFormat, signature: string])[] = [
  ["PNG", PNG],
  ["JPEG", JPEG],
  ["GIF", "GIF87a"],
  ["GIF", "GIF89a"],
  ["BMP", "BM....\0\0\0\0"],
  ["WebP", "RIFF....WEBP"],
];

/**
 * Tells the format of a file from its first bytes.
 *
 * @param bytes The file, or at least its first twelve bytes.
 * @returns The format, `undefined` when it is none of those known.
 */
export function imageFormat(bytes: Uint8Array): ImageFormat | undefined {
  return SIGNATURES.find(([, signature]) => beginsWith(bytes, signature))?.[0];
}

/**
 * Tells whether a file is a PNG.
 *
 * @param bytes The file, or at least its first eight bytes.
 * @returns Whether it begins as a PNG does.
 */
export function isPng(bytes: Uint8Array): boolean {
  return beginsWith(bytes, PNG);
}

/**
 * Tells whether a file is a JPEG, from both ends: the three bytes that it begins with may be pixels as well.
 *
 * @param bytes The file.
 * @returns Whether it begins and ends as a JPEG does.
 */
export function isJpeg(bytes: Uint8Array): boolean {
  return beginsWith(bytes, JPEG) && bytes[bytes.length - 2] === 0xff &&
    bytes[bytes.length - 1] === 0xd9;
}

function beginsWith(bytes: Uint8Array, signature: string): boolean {
  if (bytes.length < signature.length) return false;
  for (let i = 0; i < signature.length; i++) {
    if (signature[i] !== "." && signature.charCodeAt(i) !== bytes[i]) return false;
  }
  return true;
}
