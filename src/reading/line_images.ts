import { resizeArea } from "../image/frame.ts";
import type { Box, InkMap } from "../image/image.ts";
import { boxAround, type Component } from "../image/ink/components.ts";
import type { DeskewedInk } from "./deskew.ts";
import { groupLines } from "./writing.ts";

/** The height of a line image, in pixels. */
export const LINE_HEIGHT = 32;

/** The height of a digit in a line image, in pixels. */
export const DIGIT_HEIGHT = 22;

/** The columns without ink at each end of a line image: half a window of the line network. */
export const LINE_MARGIN = 16;

/** A line, as the line network reads it. */
export interface LineImage {
  /** The ink, 0 to 1; {@linkcode LINE_HEIGHT} rows. */
  readonly map: InkMap;
  /** Where its left and upper edge are in the map of the writing. */
  readonly left: number;
  readonly top: number;
  /** The length of its pixels there. */
  readonly scale: number;
  /** The pieces of ink that stand on the line, from the left. */
  readonly pieces: readonly Component[];
}

/**
 * Cuts the lines out of a writing, scaled so that a digit is {@linkcode DIGIT_HEIGHT} pixels high.
 *
 * @param ink The writing; its lines are level.
 * @returns The lines, from the top.
 */
export function lineImages(ink: DeskewedInk): LineImage[] {
  return groupLines(ink.pieces, ink.height).map((pieces) => lineImage(ink, pieces));
}

function lineImage(ink: DeskewedInk, pieces: readonly Component[]): LineImage {
  const parts = partsOf(pieces);
  const scale = digitHeight(parts) / DIGIT_HEIGHT;
  const box = boxAround(pieces);
  const width = Math.ceil(box.width / scale) + 2 * LINE_MARGIN;
  const left = box.x + box.width / 2 - width * scale / 2;
  const top = middleOf(parts, LINE_HEIGHT * scale) - LINE_HEIGHT * scale / 2;
  // An image is resized from whole pixels on: there it is in the map.
  const [firstColumn, firstRow] = [Math.floor(left), Math.floor(top)];
  // The part of the map that the image shows, with room around it.
  const area = {
    x: firstColumn - 1,
    y: firstRow - 1,
    width: Math.ceil(width * scale) + 3,
    height: Math.ceil(LINE_HEIGHT * scale) + 3,
  };
  const own = copyInk(ink, pieces, area);
  const shown = {
    x: left - area.x,
    y: top - area.y,
    width: width * scale,
    height: LINE_HEIGHT * scale,
  };
  const resized = resizeArea(own, shown, Math.max(width, LINE_HEIGHT));
  return { map: fit(resized, width), left: firstColumn, top: firstRow, scale, pieces };
}

/**
 * Copies some pieces of a writing with their soft edges.
 *
 * @param ink The writing.
 * @param pieces The pieces, or parts of them.
 * @param area The part of its map that is copied.
 * @returns The ink there, and nothing else.
 */
export function copyInk(
  { map, reach }: DeskewedInk,
  pieces: readonly Pick<Component, "runs">[],
  area: Box,
): InkMap {
  const { width, height } = area;
  const data = new Float32Array(width * height);
  for (const { runs } of pieces) {
    for (let r = 0; r < runs.length; r += 3) {
      const first = Math.max(0, area.x, runs[r + 1] - reach);
      const end = Math.min(map.width, area.x + width, runs[r + 2] + reach);
      const last = Math.min(map.height, area.y + height, runs[r] + reach + 1);
      for (let y = Math.max(0, area.y, runs[r] - reach); y < last; y++) {
        const row = y * map.width;
        const to = (y - area.y) * width - area.x;
        for (let x = first; x < end; x++) data[to + x] = map.data[row + x];
      }
    }
  }
  return { data, width, height };
}

/** About one digit of a line: a piece, or a part of a piece in which digits touch. */
interface Part {
  readonly top: number;
  /** The row after the last. */
  readonly bottom: number;
  /** Its ink, in pixels. */
  readonly weight: number;
}

/** Digits that touch are one piece; it is looked at in parts of this width, in heights of the piece. */
const PART_WIDTH = 0.7;

function partsOf(line: readonly Component[]): Part[] {
  return line.flatMap(({ left, right, top, bottom, area, runs }) => {
    const width = right - left + 1;
    const count = Math.max(1, Math.round(width / (PART_WIDTH * (bottom - top + 1))));
    if (count === 1) return [{ top, bottom: bottom + 1, weight: area }];
    const parts = Array.from({ length: count }, () => ({ top: Infinity, bottom: -1, weight: 0 }));
    for (let r = 0; r < runs.length; r += 3) {
      for (const [n, part] of parts.entries()) {
        const first = Math.max(runs[r + 1], left + n * width / count);
        const end = Math.min(runs[r + 2], left + (n + 1) * width / count);
        if (end <= first) continue;
        part.top = Math.min(part.top, runs[r]);
        part.bottom = Math.max(part.bottom, runs[r] + 1);
        part.weight += end - first;
      }
    }
    return parts.filter(({ weight }) => weight > 0);
  });
}

/** The highest digit of a line may be so many times as high as most of them, and still be whole in the image. */
const TALLEST = 1.3;

/** A part with less of the ink of a line does not tell how high its digits are. */
const LEAST_SHARE = 0.05;

/** How high the digits of a line are: the median by ink, or more where the highest digit would not fit. */
function digitHeight(parts: readonly Part[]): number {
  const sorted = parts.map(({ top, bottom, weight }) => ({ height: bottom - top, weight }))
    .sort((a, b) => a.height - b.height);
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  let below = 0;
  const { height } = sorted.find(({ weight }) => (below += weight) >= total / 2) ?? sorted[0];
  const tallest = sorted.findLast(({ weight }) => weight >= LEAST_SHARE * total)?.height ?? height;
  return Math.max(height, tallest / TALLEST);
}

/** The row in the middle of an image of so many rows: that of the ink, moved to where the digits are whole. */
function middleOf(parts: readonly Part[], rows: number): number {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  const mean =
    parts.reduce((sum, { top, bottom, weight }) => sum + weight * (top + bottom) / 2, 0) / total;
  const main = parts.filter(({ weight }) => weight >= LEAST_SHARE * total);
  const top = Math.min(...main.map(({ top }) => top));
  const bottom = Math.max(...main.map(({ bottom }) => bottom));
  if (bottom - top > rows) return mean;
  return Math.min(top + rows / 2, Math.max(bottom - rows / 2, mean));
}

/** The same map, with {@linkcode LINE_HEIGHT} rows and so many columns. */
function fit(map: InkMap, width: number): InkMap {
  if (map.width === width && map.height === LINE_HEIGHT) return map;
  const data = new Float32Array(width * LINE_HEIGHT);
  for (let y = 0; y < Math.min(LINE_HEIGHT, map.height); y++) {
    const row = map.data.subarray(y * map.width, y * map.width + Math.min(width, map.width));
    data.set(row, y * width);
  }
  return { data, width, height: LINE_HEIGHT };
}
