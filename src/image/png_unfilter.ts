import { imageError } from "./image_error.ts";

/**
 * Undoes the filter of one row of a PNG, in place (PNG, third edition, section 9.2).
 *
 * @param filter The filter: 0 none, 1 left, 2 up, 3 average of both, 4 Paeth.
 * @param row The filtered bytes of the row; afterwards its true bytes.
 * @param above The true bytes of the row above, zeros for the first row of a pass.
 * @param pixelBytes Bytes of one pixel, at least 1: how far to the left its neighbour's byte is.
 * @throws {LeNetError} `image/unreadable` for another filter.
 */
export function unfilterPngRow(
  filter: number,
  row: Uint8Array,
  above: Uint8Array,
  pixelBytes: number,
): void {
  switch (filter) {
    case 0:
      return;
    case 1:
      for (let i = pixelBytes; i < row.length; i++) row[i] += row[i - pixelBytes];
      return;
    case 2:
      for (let i = 0; i < row.length; i++) row[i] += above[i];
      return;
    case 3:
      for (let i = 0; i < row.length; i++) {
        const left = i < pixelBytes ? 0 : row[i - pixelBytes];
        row[i] += (left + above[i]) >> 1;
      }
      return;
    case 4:
      for (let i = 0; i < row.length; i++) {
        row[i] += i < pixelBytes
          ? above[i]
          : paeth(row[i - pixelBytes], above[i], above[i - pixelBytes]);
      }
      return;
    default:
      throw imageError(
        "image/unreadable",
        `a row of the PNG has filter ${filter}, expected 0 to 4`,
      );
  }
}

/** Whichever of three neighbours is nearest to left + up − upper left; ties go in this order. */
function paeth(left: number, up: number, upperLeft: number): number {
  const toLeft = Math.abs(up - upperLeft);
  const toUp = Math.abs(left - upperLeft);
  const toUpperLeft = Math.abs(left + up - 2 * upperLeft);
  if (toLeft <= toUp && toLeft <= toUpperLeft) return left;
  return toUp <= toUpperLeft ? up : upperLeft;
}
