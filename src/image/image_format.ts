/** A file format of pictures that is told from its first bytes, and read. */
export type ImageFormat = "PNG" | "JPEG" | "GIF" | "BMP" | "WebP";

/** How a PNG begins. */
const PNG = "\x89PNG\r\n\x1a\n";

/** How a file of each format begins; a dot stands for any byte. */
const SIGNATURES: readonly (readonly [format: ImageFormat, signature: string])[] = [
  ["PNG", PNG],
  ["JPEG", "\xff\xd8\xff"],
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
 * Tells whether bytes are an image file rather than pixels. A JPEG is told from both ends: the three bytes that it
 * begins with may be pixels as well.
 *
 * @param bytes The file.
 * @returns Whether it is of a known format.
 */
export function isImageFile(bytes: Uint8Array): boolean {
  const format = imageFormat(bytes);
  if (format !== "JPEG") return format !== undefined;
  return bytes[bytes.length - 2] === 0xff && bytes[bytes.length - 1] === 0xd9;
}

/**
 * Tells whether a file begins with a signature.
 *
 * @param bytes The file.
 * @param signature One character for each byte; a dot stands for any byte.
 * @returns Whether it does.
 */
export function beginsWith(bytes: Uint8Array, signature: string): boolean {
  if (bytes.length < signature.length) return false;
  for (let i = 0; i < signature.length; i++) {
    if (signature[i] !== "." && signature.charCodeAt(i) !== bytes[i]) return false;
  }
  return true;
}
