import { DIGIT_BOX } from "../image/frame.ts";
import type { Box, GreyImage } from "../image/image.ts";
import { type Component, findComponents } from "../image/ink/components.ts";
import { findInPieces, type InkPieces } from "../image/ink/find_ink.ts";
import { reduceGrey } from "../image/ink/grey.ts";
import { findInkLevels } from "../image/ink/threshold.ts";

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
const MAX_PIXELS = 4_000_000;

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
    const fewest = Math.ceil(Math.sqrt(region.width * region.height / MAX_PIXELS));
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

/** A sheet is large: a glance at a small picture is enough. */
const GLANCE = 200;

/** How much of a sheet is left out on every side when it is entered, as a share of its shorter side. */
const EDGE = 0.05;

/** What fills so much of its box, and so much of the picture, may be a sheet of paper on a table. */
const FILL = 0.6;

const SHARE = 0.15;

/**
 * Finds a sheet of paper on a table, or a board on a wall: something large and full that has another tone than what is
 * around it.
 *
 * @param grey The picture.
 * @returns What is inside its edges; `undefined` when there is no such thing. A thick 1 may be taken for one.
 */
export function findSheet(grey: GreyImage): Box | undefined {
  const factor = Math.ceil(Math.max(grey.width, grey.height) / GLANCE);
  const small = reduceGrey(
    grey,
    { x: 0, y: 0, width: grey.width, height: grey.height },
    factor,
  );
  const levels = findInkLevels(small);
  if (levels === undefined) return undefined;
  const { background, direction, edge } = levels;
  const { data, width, height } = small;
  const mask = Uint8Array.from(
    data,
    (level) => direction * (level - background) >= edge ? 1 : 0,
  );
  for (const { left, top, right, bottom, area } of findComponents(mask, width, height)) {
    const [across, down] = [right - left + 1, bottom - top + 1];
    if (area < FILL * across * down || area < SHARE * width * height) continue;
    const inset = Math.ceil(EDGE * Math.min(across, down));
    // Nothing is left inside the edges of a piece so narrow: it is no sheet.
    if (Math.min(across, down) <= 2 * inset) continue;
    const [x, y] = [(left + inset) * factor, (top + inset) * factor];
    return {
      x,
      y,
      width: (across - 2 * inset) * factor,
      height: (down - 2 * inset) * factor,
    };
  }
  return undefined;
}

/** A piece at least this high, in heights of a digit, makes a line; lower ones join it. */
const MAIN = 0.5;

/** How far the middle of a digit may be from that of its line, in heights of a digit. */
const APART = 0.6;

/** How far a low piece may lie above or below the digits of its line, in heights of a digit. */
const BESIDE = 0.25;

/** A line of its own is at least so high as others, or it is dirt. */
const LEAST = 0.35;

/**
 * Tells which pieces stand on one line.
 *
 * @param pieces The pieces of a writing whose lines are level.
 * @param height How high a digit is.
 * @returns The pieces of each line, from the left; the lines from the top.
 */
export function groupLines(pieces: readonly Component[], height: number): Component[][] {
  const middle = ({ top, bottom }: Component): number => (top + bottom + 1) / 2;
  const main: Component[] = [];
  const low: Component[] = [];
  for (const piece of pieces) {
    (piece.bottom - piece.top + 1 >= MAIN * height ? main : low).push(piece);
  }
  const lines: { members: Component[]; sum: number; area: number }[] = [];
  // The largest first, so that a line is where most of its ink is.
  for (const piece of main.sort((a, b) => b.area - a.area)) {
    let nearest: typeof lines[number] | undefined;
    let least = APART * height;
    for (const line of lines) {
      const distance = Math.abs(line.sum / line.area - middle(piece));
      if (distance < least) [nearest, least] = [line, distance];
    }
    if (nearest === undefined) {
      nearest = { members: [], sum: 0, area: 0 };
      lines.push(nearest);
    }
    nearest.members.push(piece);
    nearest.sum += piece.area * middle(piece);
    nearest.area += piece.area;
  }
  for (const piece of low) {
    let nearest: typeof lines[number] | undefined;
    let least = BESIDE * height;
    for (const line of lines) {
      for (const member of line.members) {
        const across = Math.max(0, member.left - piece.right, piece.left - member.right);
        if (across > height) continue;
        const down = Math.max(0, member.top - piece.bottom, piece.top - member.bottom);
        const distance = down + 0.1 * across;
        if (distance < least) [nearest, least] = [line, distance];
      }
    }
    if (nearest !== undefined) nearest.members.push(piece);
    else if (piece.bottom - piece.top + 1 >= LEAST * height) {
      lines.push({ members: [piece], sum: piece.area * middle(piece), area: piece.area });
    }
  }
  lines.sort((a, b) => a.sum / a.area - b.sum / b.area);
  return lines.map(({ members }) => members.sort((a, b) => a.left - b.left));
}

/**
 * How high the digits of a writing are: the median height of its pieces, weighted by their ink, so that specks and
 * bits of broken strokes do not count for much.
 *
 * @param pieces The pieces, at least one.
 * @returns The height in pixels.
 */
export function typicalHeight(pieces: readonly Component[]): number {
  const sorted = pieces.map(({ top, bottom, area }) => ({ height: bottom - top + 1, area }))
    .sort((a, b) => a.height - b.height);
  const half = sorted.reduce((sum, { area }) => sum + area, 0) / 2;
  let below = 0;
  return sorted.find(({ area }) => (below += area) >= half)!.height;
}
