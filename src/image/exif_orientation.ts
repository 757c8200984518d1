const ORIENTATION = 0x0112;
const SHORT = 3;

/**
 * Reads how a camera was held from its notes in EXIF. Damaged notes are none.
 *
 * @param exif The notes: a TIFF, after `Exif` and two zeros in some files.
 * @returns 1 to 8, as EXIF numbers orientations; 1, upright, when they do not say.
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
