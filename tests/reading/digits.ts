import { SKELETONS } from "../../src/data/synthetic/skeletons.ts";
import { distanceToLine, type Grey, greyOf, type Mask, maskWhere } from "../image/ink/drawing.ts";

type Point = readonly [x: number, y: number];

/** A stretch of a stroke, and how wide the pen is. */
export type Stretch = readonly [from: Point, to: Point, pen: number];

/** Where a line of digits stands, in pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly height: number;
  readonly pen?: number;
  /** From the left edge of one digit to that of the next; default one height. */
  readonly pitch?: number;
}

/** The strokes of digits side by side, each in the first way in which it is written. */
export function digitsAt(
  text: string,
  { x, y, height, pen = height / 11, pitch = height }: Place,
): Stretch[] {
  return [...text].flatMap((digit, n) => {
    const { strokes, aspect } = SKELETONS[Number(digit)][0];
    const wide = aspect * height;
    return strokes.flatMap((stroke) => pathAt(stroke, x + n * pitch, y, wide, height, pen));
  });
}

/** The first strokes of a digit of 60 pixels, up to a share of their length. */
export function begun(digit: string, share: number): Stretch[] {
  const strokes = digitsAt(digit, { x: 45, y: 40, height: 60 });
  const lengthOf = ([[ax, ay], [bx, by]]: Stretch): number => Math.hypot(bx - ax, by - ay);
  let left = share * strokes.reduce((sum, stroke) => sum + lengthOf(stroke), 0);
  const kept: Stretch[] = [];
  for (const stroke of strokes) {
    const part = Math.min(1, left / lengthOf(stroke));
    if (part <= 0) break;
    left -= lengthOf(stroke);
    const [[ax, ay], [bx, by], pen] = stroke;
    kept.push([[ax, ay], [ax + part * (bx - ax), ay + part * (by - ay)], pen]);
  }
  return kept;
}

/** A path through points in a box of 0 to 1. */
function pathAt(
  points: readonly Point[],
  x: number,
  y: number,
  width: number,
  height: number,
  pen: number,
): Stretch[] {
  const placed = points
    .filter(([px, py], n) => n === 0 || px !== points[n - 1][0] || py !== points[n - 1][1])
    .map(([px, py]) => [x + px * width, y + py * height] as const);
  return placed.slice(1).map((to, n) => [placed[n], to, pen]);
}

/** A straight line. */
export function lineAt(x0: number, y0: number, x1: number, y1: number, pen = 2): Stretch[] {
  return [[[x0, y0], [x1, y1], pen]];
}

/** A rectangle. */
export function boxAt(x: number, y: number, width: number, height: number, pen = 2): Stretch[] {
  return pathAt([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]], x, y, width, height, pen);
}

/** An ellipse. */
export function ovalAt(x: number, y: number, width: number, height: number, pen = 2): Stretch[] {
  const points = Array.from({ length: 73 }, (_, n) => {
    const angle = n * Math.PI / 36;
    return [0.5 + Math.cos(angle) / 2, 0.5 + Math.sin(angle) / 2] as const;
  });
  return pathAt(points, x, y, width, height, pen);
}

/** How deep inside the ink each pixel is, in pixels; below 0 outside. */
function depths(width: number, height: number, strokes: readonly Stretch[]): Float32Array {
  const depth = new Float32Array(width * height).fill(-9);
  for (const [from, to, pen] of strokes) {
    const reach = pen / 2 + 1;
    const [left, right] = [Math.min(from[0], to[0]) - reach, Math.max(from[0], to[0]) + reach];
    const [top, bottom] = [Math.min(from[1], to[1]) - reach, Math.max(from[1], to[1]) + reach];
    for (let y = Math.max(0, Math.floor(top)); y < Math.min(height, bottom); y++) {
      for (let x = Math.max(0, Math.floor(left)); x < Math.min(width, right); x++) {
        const inside = pen / 2 - distanceToLine(x + 0.5, y + 0.5, from, to);
        depth[y * width + x] = Math.max(depth[y * width + x], inside);
      }
    }
  }
  return depth;
}

/** Dark strokes with soft edges on light paper. */
export function drawn(width: number, height: number, ...strokes: readonly Stretch[][]): Grey {
  const depth = depths(width, height, strokes.flat());
  return greyOf(
    width,
    height,
    (x, y) => 235 - 200 * Math.min(1, Math.max(0, depth[y * width + x] + 0.5)),
  );
}

/** The pixels of strokes. */
export function inked(width: number, height: number, ...strokes: readonly Stretch[][]): Mask {
  const depth = depths(width, height, strokes.flat());
  return maskWhere(width, height, (x, y) => depth[y * width + x] >= 0);
}
