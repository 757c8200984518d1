import type { Box } from "../image/box.ts";
import type { Component } from "../image/components.ts";
import { DIGIT_BOX } from "../image/digit_frame.ts";
import type { GreyImage } from "../image/grey_image.ts";
import { findInPieces, type InkPieces } from "../image/ink_pieces.ts";
import { reduceGrey } from "../image/reduce_grey.ts";
import { findSheet } from "./find_sheet.ts";
import { typicalHeight } from "./typical_height.ts";

/** The ink of all that is written in a picture. */
export interface Writing {
  /** The part of the picture that was looked at, made smaller. */
  readonly found: InkPieces;
  /** The pieces that may be digits or parts of them. */
  readonly pieces: readonly Component[];
  /** How high a digit is, in pixels of the smaller picture. */
  readonly height: number;
  /** The part of the picture. */
  readonly region: Box;
  /** How many pixels of it became one, across and down. */
  readonly factor: number;
}

/** A picture is first looked at with at most so many pixels on the longer side. */
const WORKING_SIDE = 800;

/** Digits are looked at with about so many pixels in height: two and a half for each that the network sees. */
const DIGIT_HEIGHT = 50;

/** Digits higher than this, in pixels, are made smaller, and lower ones looked at from nearer. */
const TALL = 110;
const LOW = 40;

/** A picture of the size at which digits are looked at has at most so many pixels. */
const MOST_PIXELS = 4_000_000;

/** How much around the writing is looked at again, in heights of a digit. */
const SURROUNDINGS = 0.7;

/** Pieces are specks that are smaller than this, across and down, in heights of a digit. */
const SPECK = 0.12;

/**
 * Finds what is written in a picture of any size: first in the whole, made small enough to be looked at quickly; then,
 * where digits come out too small or needlessly large, in the size in which they are read. A sheet of paper on a table
 * is entered.
 *
 * @param grey The picture.
 * @returns The ink; `undefined` when there is none.
 */
export function findWriting(grey: GreyImage): Writing | undefined {
  const sheet = findSheet(grey);
  return (sheet && findWritingIn(grey, sheet)) ??
    findWritingIn(grey, { x: 0, y: 0, width: grey.width, height: grey.height });
}

function findWritingIn(grey: GreyImage, whole: Box): Writing | undefined {
  let region = whole;
  let factor = Math.ceil(Math.max(region.width, region.height) / WORKING_SIDE);
  let best: Writing | undefined;
  for (let look = 0; look < 4; look++) {
    const writing = findInPieces(
      reduceGrey(grey, region, factor),
      {},
      (found) => asWriting(found, region, factor),
      ({ pieces, height }) => strokeOf(pieces) * DIGIT_BOX / height,
    );
    if (writing === undefined) return best;
    const { pieces, height } = writing;
    const wanted = Math.max(1, Math.floor(height * factor / DIGIT_HEIGHT));
    const isLow = height < LOW && wanted < factor;
    if (!isLow && !(height > TALL && wanted > factor)) return writing;
    if (isLow && best?.factor === wanted) return writing;
    best = writing;
    if (isLow) {
      region = around(
        Math.min(...pieces.map(({ left }) => left)),
        Math.min(...pieces.map(({ top }) => top)),
        Math.max(...pieces.map(({ right }) => right)),
        Math.max(...pieces.map(({ bottom }) => bottom)),
        SURROUNDINGS * height,
        region,
        factor,
      );
    }
    const fewest = Math.ceil(Math.sqrt(region.width * region.height / MOST_PIXELS));
    if (Math.max(wanted, fewest) === factor) return writing;
    factor = Math.max(wanted, fewest);
  }
  return best;
}

function asWriting(found: InkPieces, region: Box, factor: number): Writing | undefined {
  if (found.pieces.length === 0) return undefined;
  const height = typicalHeight(found.pieces);
  const least = SPECK * height;
  const pieces = found.pieces.filter(({ left, right, top, bottom }) =>
    Math.max(right - left, bottom - top) + 1 > least
  );
  return { found, pieces, height, region, factor };
}

/** How wide strokes are, about: the median length of the runs of ink. */
function strokeOf(pieces: readonly Component[]): number {
  const lengths = new Uint32Array(256);
  for (const { runs } of pieces) {
    for (let i = 0; i < runs.length; i += 3) lengths[Math.min(255, runs[i + 2] - runs[i + 1])]++;
  }
  const half = lengths.reduce((sum, count) => sum + count, 0) / 2;
  let below = 0;
  return lengths.findIndex((count) => (below += count) >= half);
}

/** Part of a reduced region with a margin around it, in pixels of the picture. */
function around(
  left: number,
  top: number,
  right: number,
  bottom: number,
  margin: number,
  region: Box,
  factor: number,
): Box {
  const x = Math.max(0, Math.floor(left - margin)) * factor;
  const y = Math.max(0, Math.floor(top - margin)) * factor;
  return {
    x: region.x + x,
    y: region.y + y,
    width: Math.min(region.width, Math.ceil(right + 1 + margin) * factor) - x,
    height: Math.min(region.height, Math.ceil(bottom + 1 + margin) * factor) - y,
  };
}
