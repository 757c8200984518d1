import type { PngHeader } from "./png_header.ts";

/** The pixels of a PNG that come together as rows: all of them, or every so many in both directions. */
export interface PngPass {
  /** Column of its first pixel in the picture. */
  readonly x: number;
  /** Row of its first pixel in the picture. */
  readonly y: number;
  /** Columns from one of its pixels to the next. */
  readonly stepX: number;
  /** Rows from one of its rows to the next. */
  readonly stepY: number;
  /** Pixels in one of its rows. */
  readonly width: number;
  /** Its rows. */
  readonly height: number;
  /** Bytes of one row, without the byte that names its filter. */
  readonly rowBytes: number;
}

/** Adam7 (PNG, third edition, section 8.1): x, y, stepX, stepY of each pass. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/**
 * The order in which the rows of a PNG come.
 *
 * @param header The header of the PNG.
 * @returns Its passes, those without pixels left out: seven at most when it is interlaced, else one.
 */
export function pngPasses(header: PngHeader): PngPass[] {
  const steps = header.interlaced ? ADAM7 : [[0, 0, 1, 1] as const];
  return steps.map(([x, y, stepX, stepY]): PngPass => {
    const width = Math.ceil((header.width - x) / stepX);
    const height = Math.ceil((header.height - y) / stepY);
    const rowBytes = Math.ceil(width * header.channels * header.depth / 8);
    return { x, y, stepX, stepY, width, height, rowBytes };
  }).filter(({ width, height }) => width > 0 && height > 0);
}
