import type { GreyImage } from "./grey_image.ts";
import type { InkLevels } from "./ink_levels.ts";

/** A rectangle of pixels. */
export interface Box {
  /** Its first column. */
  readonly x: number;
  /** Its first row. */
  readonly y: number;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/**
 * The smallest box around the ink.
 *
 * @param grey The picture.
 * @param levels What is background and what is ink.
 * @returns The box, `undefined` when there is no ink.
 */
export function findInkBox(grey: GreyImage, levels: InkLevels): Box | undefined {
  const { data, width } = grey;
  const { background, direction, edge } = levels;
  const isInk = new Uint8Array(256).map((_, level) =>
    direction * (level - background) >= edge ? 1 : 0
  );
  let first = 0;
  while (first < data.length && isInk[data[first]] === 0) first++;
  if (first === data.length) return undefined;
  let last = data.length - 1;
  while (isInk[data[last]] === 0) last--;
  const top = Math.floor(first / width);
  const bottom = Math.floor(last / width);

  // Each row is searched only where it can widen the box.
  let left = width;
  let right = -1;
  for (let y = top; y <= bottom; y++) {
    const row = y * width;
    for (let x = 0; x < left; x++) if (isInk[data[row + x]] === 1) left = x;
    for (let x = width - 1; x > right; x--) if (isInk[data[row + x]] === 1) right = x;
  }
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}
