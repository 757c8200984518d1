import type { Component } from "../image/components.ts";

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
