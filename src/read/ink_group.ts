import type { Component } from "../image/components.ts";
import type { LevelInk } from "./level_ink.ts";

/** Pieces that surely are of one digit, or of digits that touch, cut out with their soft edges. */
export interface InkGroup {
  /** How much ink each pixel is, row by row; that of other groups is left out. */
  readonly data: Float32Array<ArrayBuffer>;
  /** Its first column and row in the whole map. */
  readonly x: number;
  readonly y: number;
  /** Columns and rows. */
  readonly width: number;
  readonly height: number;
}

/** Pieces belong together where they lie above each other by this share of the narrower one. */
const ABOVE = 0.5;

/** Two pieces higher than this, in heights of a digit, may be two digits all the same. */
const WHOLE = 0.55;

/**
 * Puts together the pieces of a line that lie above each other, such as a 5 and its bar.
 *
 * @param ink The ink of the writing.
 * @param line The pieces of the line, from the left.
 * @returns The groups, from the left.
 */
export function inkGroups(ink: LevelInk, line: readonly Component[]): InkGroup[] {
  let groups: Component[][] = line.map((piece) => [piece]);
  for (let joined = true; joined;) {
    joined = false;
    outer: for (const [i, a] of groups.entries()) {
      for (const b of groups.slice(i + 1)) {
        if (!belongTogether(a, b, ink.height)) continue;
        groups = groups.filter((group) => group !== a && group !== b);
        groups.push([...a, ...b]);
        joined = true;
        break outer;
      }
    }
  }
  const owner = new Int16Array(ink.map.data.length);
  for (const [i, group] of groups.entries()) {
    for (const { runs } of group) {
      for (let r = 0; r < runs.length; r += 3) {
        const row = runs[r] * ink.map.width;
        owner.fill(i + 1, row + runs[r + 1], row + runs[r + 2]);
      }
    }
  }
  return groups.map((group, i) => cutOut(ink, group, owner, i + 1))
    .sort((a, b) => a.x + a.width / 2 - b.x - b.width / 2);
}

function belongTogether(
  first: readonly Component[],
  second: readonly Component[],
  height: number,
): boolean {
  const [a, b] = [extentOf(first), extentOf(second)];
  const shared = Math.min(a.right, b.right) - Math.max(a.left, b.left) + 1;
  const narrower = Math.min(a.right - a.left, b.right - b.left) + 1;
  if (shared < ABOVE * narrower) return false;
  return Math.min(a.bottom - a.top, b.bottom - b.top) + 1 < WHOLE * height;
}

function extentOf(
  group: readonly Component[],
): { left: number; right: number; top: number; bottom: number } {
  return {
    left: Math.min(...group.map(({ left }) => left)),
    right: Math.max(...group.map(({ right }) => right)),
    top: Math.min(...group.map(({ top }) => top)),
    bottom: Math.max(...group.map(({ bottom }) => bottom)),
  };
}

function cutOut(
  { map, reach }: LevelInk,
  group: readonly Component[],
  owner: Int16Array,
  own: number,
): InkGroup {
  const { left, right, top, bottom } = extentOf(group);
  const [x, y] = [Math.max(0, left - reach), Math.max(0, top - reach)];
  const width = Math.min(map.width, right + reach + 1) - x;
  const height = Math.min(map.height, bottom + reach + 1) - y;
  const data = new Float32Array(width * height);
  for (const { runs } of group) {
    for (let r = 0; r < runs.length; r += 3) {
      const first = Math.max(x, runs[r + 1] - reach);
      const last = Math.min(x + width, runs[r + 2] + reach);
      const end = Math.min(y + height, runs[r] + reach + 1);
      for (let row = Math.max(y, runs[r] - reach); row < end; row++) {
        for (let column = first; column < last; column++) {
          const at = row * map.width + column;
          if (owner[at] !== 0 && owner[at] !== own) continue;
          data[(row - y) * width + column - x] = map.data[at];
        }
      }
    }
  }
  return { data, x, y, width, height };
}
