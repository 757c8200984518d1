import type { RgbaImage } from "../image.ts";
import { allocate } from "./checks.ts";

/**
 * Rotates and mirrors a picture as its EXIF orientation says.
 *
 * @param image The picture as it is stored.
 * @param orientation The EXIF orientation, 1 to 8.
 * @returns The picture upright; the same when it is.
 */
export function rotateUpright(image: RgbaImage, orientation: number): RgbaImage {
  if (orientation === 1) return image;
  const isTransposed = orientation > 4;
  const [width, height] = isTransposed ? [image.height, image.width] : [image.width, image.height];
  // Whether columns and rows of the stored picture are read from its end.
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  const source = new DataView(image.data.buffer, image.data.byteOffset, image.data.length);
  const data = allocate(image.data.length);
  const target = new DataView(data.buffer);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      const [column, row] = isTransposed ? [y, x] : [x, y];
      const storedX = fromRight ? image.width - 1 - column : column;
      const storedY = fromBottom ? image.height - 1 - row : row;
      target.setUint32(at, source.getUint32(4 * (storedY * image.width + storedX)));
    }
  }
  return { data, width, height };
}

/** The tag of the orientation in a TIFF directory. */
const ORIENTATION = 0x0112;

/** The type of a 16-bit integer in a TIFF directory. */
const SHORT = 3;

/**
 * Reads the orientation from EXIF metadata. Damaged metadata are ignored.
 *
 * @param exif The metadata: a TIFF, which some encoders precede by `Exif` and two zeros.
 * @returns The EXIF orientation, 1 to 8; 1, upright, when there is none.
 */
export function readExifOrientation(exif: Uint8Array): number {
  const start = String.fromCharCode(...exif.subarray(0, 6)) === "Exif\0\0" ? 6 : 0;
  const view = new DataView(exif.buffer, exif.byteOffset + start, exif.length - start);
  if (view.byteLength < 8) return 1;
  const isLittle = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, isLittle);
  if (directory + 2 > view.byteLength) return 1;
  const count = view.getUint16(directory, isLittle);
  for (let i = 0, at = directory + 2; i < count && at + 12 <= view.byteLength; i++, at += 12) {
    if (view.getUint16(at, isLittle) !== ORIENTATION) continue;
    const value = view.getUint16(at + 8, isLittle);
    return view.getUint16(at + 2, isLittle) === SHORT && value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}
