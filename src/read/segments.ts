import type { Box } from "../image/box.ts";
import { centreInk } from "../image/centre_ink.ts";
import { DIGIT_BOX } from "../image/digit_frame.ts";
import { evenStrokes } from "../image/even_strokes.ts";
import { fitInk } from "../image/fit_ink.ts";
import type { FoundInk } from "../image/ink_map.ts";
import { strengthenInk } from "../image/strengthen_ink.ts";
import type { Cut } from "./find_cuts.ts";
import type { InkGroup } from "./ink_group.ts";

/** The smallest bits that a line is taken apart into: a group, or what is left of it between two cuts. */
export interface Part {
  readonly group: InkGroup;
  /** The cut on its left, and the one on its right; none at the ends of a group. */
  readonly left: Cut | undefined;
  readonly right: Cut | undefined;
}

/** Some parts beside each other that may be a digit. */
export interface Segment {
  /** The first part, and the one after the last. */
  readonly first: number;
  readonly last: number;
  /** What surely is ink, in its map. */
  readonly found: FoundInk;
  /** Where its map is in the whole one. */
  readonly x: number;
  readonly y: number;
  /** How much ink it has. */
  readonly mass: number;
  /** How far the groups in it are apart at most, in pixels; below 0 where they overlap. */
  readonly gap: number;
  /** How much ink the cuts at its sides cross, in widths of a stroke. */
  readonly leftCost: number;
  readonly rightCost: number;
}

/** The widest digit, in heights of a digit. */
const WIDEST = 1.45;

/** How far apart the groups of one digit may be, in heights of a digit. */
const FURTHEST = 0.3;

/** A digit has at most so many parts. */
const MOST_PARTS = 60;

/**
 * Lists all segments of a line that may be digits by their size.
 *
 * @param parts The parts of the line.
 * @param height How high a digit is.
 * @param edge From how much on a pixel surely is ink.
 * @returns The segments.
 */
export function listSegments(parts: readonly Part[], height: number, edge: number): Segment[] {
  const segments: Segment[] = [];
  for (let first = 0; first < parts.length; first++) {
    for (let last = first + 1; last <= Math.min(parts.length, first + MOST_PARTS); last++) {
      const segment = segmentOf(parts, first, last, height, edge);
      if (segment === undefined) continue;
      if (segment === "too wide") break;
      segments.push(segment);
    }
  }
  return segments;
}

/** A segment as the network wants it: as any digit is prepared. */
export function prepareSegment({ found }: Segment): Float32Array<ArrayBuffer> {
  const { map, box } = evenStrokes(found);
  return strengthenInk(centreInk(fitInk(map, box, DIGIT_BOX)));
}

/** A stretch of one group: its columns between two cuts. */
interface Stretch {
  readonly group: InkGroup;
  readonly left: Cut | undefined;
  readonly right: Cut | undefined;
}

function segmentOf(
  parts: readonly Part[],
  first: number,
  last: number,
  height: number,
  edge: number,
): Segment | "too wide" | undefined {
  const stretches: Stretch[] = [];
  for (let at = first; at < last;) {
    const { group, left } = parts[at];
    let end = at + 1;
    while (end < last && parts[end].group === group) end++;
    stretches.push({ group, left, right: parts[end - 1].right });
    at = end;
  }
  const boxes = stretches.map((stretch) => inkBox(stretch, edge));
  if (boxes.some(({ width }) => width <= 0)) return undefined;
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  if (right - x > WIDEST * height) return "too wide";
  let gap = -Infinity;
  for (let i = 1; i < boxes.length; i++) {
    gap = Math.max(gap, boxes[i].x - boxes[i - 1].x - boxes[i - 1].width);
  }
  if (gap > FURTHEST * height) return "too wide";
  const { ink, mass, margin } = paint(stretches, x, y, right, bottom);
  return {
    first,
    last,
    found: { map: ink, box: { x: margin, y: margin, width: right - x, height: bottom - y } },
    x: x - margin,
    y: y - margin,
    mass,
    gap,
    leftCost: parts[first].left?.cost ?? 0,
    rightCost: parts[last - 1].right?.cost ?? 0,
  };
}

/** The box around what surely is ink in a stretch, in the whole map. */
function inkBox({ group, left, right }: Stretch, edge: number): Box {
  const { data, width, height } = group;
  let [minX, maxX, minY, maxY] = [width, -1, height, -1];
  for (let y = 0; y < height; y++) {
    const from = left?.columns[y] ?? 0;
    const to = right?.columns[y] ?? width;
    for (let x = from; x < to; x++) {
      if (data[y * width + x] < edge) continue;
      if (x < minX) minX = x;
      if (x > maxX) maxX = x;
      if (y < minY) minY = y;
      maxY = y;
    }
  }
  return { x: group.x + minX, y: group.y + minY, width: maxX - minX + 1, height: maxY - minY + 1 };
}

/** How far around the box soft edges are kept. */
const MARGIN = 3;

function paint(
  stretches: readonly Stretch[],
  left: number,
  top: number,
  right: number,
  bottom: number,
): { ink: FoundInk["map"]; mass: number; margin: number } {
  const margin = MARGIN;
  const [x0, y0] = [left - margin, top - margin];
  const width = right - left + 2 * margin;
  const height = bottom - top + 2 * margin;
  const data = new Float32Array(width * height);
  let mass = 0;
  for (const { group, left, right } of stretches) {
    const firstRow = Math.max(0, y0 - group.y);
    const lastRow = Math.min(group.height, y0 + height - group.y);
    for (let y = firstRow; y < lastRow; y++) {
      const from = Math.max(left?.columns[y] ?? 0, x0 - group.x);
      const to = Math.min(right?.columns[y] ?? group.width, x0 + width - group.x);
      const row = (group.y + y - y0) * width + group.x - x0;
      for (let x = from; x < to; x++) {
        const ink = group.data[y * group.width + x];
        if (ink > data[row + x]) data[row + x] = ink;
        mass += ink;
      }
    }
  }
  return { ink: { data, width, height }, mass, margin };
}
