import type { Box } from "../image/image.ts";
import { likelySeparation } from "../image/further.ts";
import { boxAround, type Component, findComponents } from "../image/ink/components.ts";
import {
  type EraseLines,
  type InkPieces,
  separateInk,
  type Separation,
} from "../image/ink/separate.ts";
import { type Page, regionAround, sheetsOf } from "../image/page.ts";
import { eraseMarks, typicalHeight } from "./marks.ts";

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

/** Up to so many pixels it is not cut to what is written, which would cut frames. */
const MAX_UNCUT = 1_000_000;

/** How much around the writing is looked at again, in heights of a digit. */
const SURROUNDINGS = 0.7;

/** Pieces are specks that are smaller than this, across and down, in heights of a digit. */
const SPECK = 0.12;

/**
 * Finds what is written on a page, and what on each sheet of paper or window on it: a bold digit looks like a sheet, and
 * only what it holds tells them apart. A page is first looked at made small; then, where digits come out too small or
 * needlessly large, in the size in which they are read.
 *
 * @param page The page.
 * @returns The ink of the page, and that of each sheet, where there is any.
 */
export function findWritings(page: Page): Writing[] {
  return [page.whole, ...sheetsOf(page)].flatMap((region) => findWritingIn(page, region) ?? []);
}

function findWritingIn(page: Page, whole: Box): Writing | undefined {
  let region = whole;
  let factor = Math.ceil(Math.max(region.width, region.height) / WORKING_SIDE);
  let best: Writing | undefined;
  for (let look = 0; look < 4; look++) {
    const view = page.view(region, factor);
    const separated = separateInk(view, withoutMarks(likelySeparation(view.grey)));
    const writing = separated && asWriting(separated, region, factor);
    if (writing === undefined) return best;
    const { pieces, height } = writing;
    const wanted = Math.max(1, Math.floor(height * factor / DIGIT_HEIGHT));
    const isLow = height < LOW && wanted < factor;
    if (!isLow && !(height > TALL && wanted > factor)) return writing;
    if (isLow && best?.factor === wanted) return writing;
    best = writing;
    if (isLow && region.width * region.height > MAX_UNCUT * wanted * wanted) {
      region = regionAround(boxAround(pieces), SURROUNDINGS * height, view);
    }
    const fewest = Math.ceil(Math.sqrt(region.width * region.height / MAX_PIXELS));
    if (Math.max(wanted, fewest) === factor) return writing;
    factor = Math.max(wanted, fewest);
  }
  return best;
}

/** Erases the marks of a form as well as the rules of paper. */
function withoutMarks(separation: Separation): Separation {
  const erase: EraseLines = (mask, width, height, pieces) => {
    // First the marks: of a frame that reaches the edges of the picture, only two sides look like rules.
    const isMarked = eraseMarks(mask, width, height, pieces);
    const others = isMarked ? findComponents(mask, width, height) : pieces;
    return (separation.erase?.(mask, width, height, others) ?? false) || isMarked;
  };
  return { ...separation, erase };
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
