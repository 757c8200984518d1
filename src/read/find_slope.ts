import type { Component } from "../image/components.ts";

/** Pieces are looked at in parts of this width, in heights of a digit: about a digit each. */
const PART = 0.75;

/** Two parts are compared that are so far apart, in heights of a digit: on one line, not on two. */
const NEAREST = 0.5;
const FURTHEST = 6;

/** Lines lean by no more than this: 11°, somewhat more than what is levelled. */
const STEEPEST = 0.2;

/** How far the feet of digits are from their line, against how far lines lean, both squared. */
const DOUBT = 1;

/** More parts than this say nothing new. */
const MOST = 160;

/**
 * How the lines of a writing lean: the median slope from the foot of one digit to that of another, weighted by their
 * distance. Two digits tell little of it, and are believed only in part.
 *
 * @param pieces The pieces of the ink.
 * @param height How high a digit is.
 * @returns How far a line goes down for each pixel to the right.
 */
export function findSlope(pieces: readonly Component[], height: number): number {
  const feet = pieces.flatMap((piece) => feetOf(piece, height)).slice(0, MOST);
  const slopes: { slope: number; weight: number }[] = [];
  let total = 0;
  for (const a of feet) {
    for (const b of feet) {
      const across = (b.x - a.x) / height;
      if (across < NEAREST || across > FURTHEST) continue;
      const slope = (b.y - a.y) / (b.x - a.x);
      if (Math.abs(slope) > STEEPEST) continue;
      slopes.push({ slope, weight: across });
      total += across;
    }
  }
  if (slopes.length === 0) return 0;
  slopes.sort((a, b) => a.slope - b.slope);
  let below = 0;
  const { slope } = slopes.find(({ weight }) => (below += weight) >= total / 2)!;
  const known = slopes.reduce((sum, { weight }) => sum + weight ** 2, 0) / feet.length;
  return slope * known / (known + DOUBT);
}

/** The lowest point of each part of a piece that is high enough to stand on the line. */
function feetOf(piece: Component, height: number): { x: number; y: number }[] {
  if (piece.bottom - piece.top + 1 < 0.5 * height) return [];
  const width = piece.right - piece.left + 1;
  const count = Math.max(1, Math.round(width / (PART * height)));
  const bottoms = new Array<number>(count).fill(-1);
  const xs = new Array<number>(count).fill(0);
  for (let i = 0; i < piece.runs.length; i += 3) {
    const [y, start, end] = [piece.runs[i], piece.runs[i + 1], piece.runs[i + 2]];
    const at = Math.floor(((start + end - 1) / 2 - piece.left) / width * count);
    if (y >= bottoms[at]) [bottoms[at], xs[at]] = [y, piece.left + (at + 0.5) * width / count];
  }
  return bottoms.map((y, i) => ({ x: xs[i], y })).filter(({ y }) => y >= 0);
}
