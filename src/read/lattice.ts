import { LazyGrey } from "../image/lazy_grey.ts";
import type { Pixels } from "../image/read_pixels.ts";
import { strokeWidth } from "../image/stroke_width.ts";
import { toBytes } from "../image/value_scales.ts";
import { findCuts } from "./find_cuts.ts";
import { findWriting } from "./find_writing.ts";
import { groupLines } from "./group_lines.ts";
import { inkGroups } from "./ink_group.ts";
import { type LevelInk, levelInk } from "./level_ink.ts";
import { listSegments, type Part, type Segment } from "./segments.ts";

/** A line taken apart: places between its smallest parts, and all stretches from place to place that may be digits. */
export interface Lattice {
  /** The ink of the whole writing. */
  readonly ink: LevelInk;
  /** The stretches. */
  readonly segments: readonly Segment[];
  /** The number of the last place; the first is 0. */
  readonly places: number;
}

/**
 * Takes the lines of a picture apart where digits may end.
 *
 * @param pixels The picture.
 * @returns A lattice for each line, from the top; none when there is no ink.
 */
export function latticesOf(pixels: Pixels): Lattice[] {
  const { width, height } = pixels;
  const grey = pixels.channels === 4
    ? new LazyGrey(pixels)
    : { data: toBytes(pixels.data), width, height };
  const writing = findWriting(grey);
  if (writing === undefined) return [];
  const ink = levelInk(writing);
  const stroke = Math.max(1, strokeWidth(ink.map));
  return groupLines(ink.pieces, ink.height).map((line) => {
    const parts: Part[] = [];
    for (const group of inkGroups(ink, line)) {
      const cuts = findCuts(group, ink.height, stroke);
      for (let i = 0; i <= cuts.length; i++) {
        parts.push({ group, left: cuts[i - 1], right: cuts[i] });
      }
    }
    return { ink, segments: listSegments(parts, ink.height, ink.edge), places: parts.length };
  });
}
