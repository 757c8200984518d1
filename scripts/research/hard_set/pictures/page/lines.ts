import * as math from "../../../../../src/model/math.ts";
import { strokePath } from "../../../../../src/data/synthetic/digits.ts";
import type { Point } from "../../../../../src/data/synthetic/skeletons.ts";
import type { Random } from "../../../../../src/model/random.ts";
import type { Path } from "../drawing.ts";

/** A straight line. */
export function straightLine(from: Point, to: Point): Path {
  return [...from, ...to];
}

/** A line by hand, which wavers by a share of its length. */
export function handLine(from: Point, to: Point, waver: number, random: Random): Path {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const points: Point[] = [];
  for (let n = 0; n <= 4; n++) {
    const off = n === 0 || n === 4 ? 0 : waver * random.uniform(-1, 1);
    points.push([from[0] + dx * n / 4 - dy * off, from[1] + dy * n / 4 + dx * off]);
  }
  return strokePath(points);
}

/** How a closed line is drawn by hand. */
export interface Hand {
  /** How much the line wavers, as a share of its size. */
  readonly waver: number;
  /** By how much of a turn the end runs past the beginning; below 0 the line stays open. */
  readonly overlap: number;
}

/** Draws how a closed line is drawn: half of the time with a gap, or past its beginning. */
export function pickHand(random: Random): Hand {
  const overlap = random.next() < 0.5 ? 0 : random.uniform(-0.06, 0.09);
  return { waver: random.uniform(0.005, 0.03), overlap };
}

/** An ellipse by hand, or with `hand` undefined an exact one. */
export function ellipse(
  [x, y]: Point,
  [across, down]: Point,
  hand: Hand | undefined,
  random: Random,
): Path {
  const { waver, overlap } = hand ?? { waver: 0, overlap: 0 };
  const start = hand === undefined ? 0 : random.uniform(0, 1);
  const count = hand === undefined ? 48 : 10;
  // The end of a line that does not close exactly lies inside or outside the beginning.
  const drift = overlap === 0 ? 0 : random.uniform(-0.08, 0.08);
  const points: Point[] = [];
  for (let n = 0; n <= count; n++) {
    const turn = (1 + overlap) * n / count;
    const angle = 2 * Math.PI * (start + turn);
    const away = 1 + drift * turn + waver * random.uniform(-1, 1);
    points.push([x + across * away * math.cos(angle), y + down * away * math.sin(angle)]);
  }
  if (overlap === 0) points[count] = points[0];
  return strokePath(points);
}

/**
 * A closed polygon by hand, or with `hand` undefined an exact one.
 *
 * @param corners Its corners in order, each once.
 */
export function polygon(
  corners: readonly Point[],
  hand: Hand | undefined,
  random: Random,
): Path[] {
  const [first] = corners;
  if (hand === undefined) return [[...corners, first].flat()];
  const size = Math.abs(corners[1][0] - first[0]) + Math.abs(corners[1][1] - first[1]);
  const jitter = (): number => 0.7 * hand.waver * size * random.uniform(-1, 1);
  const around = corners.map(([x, y]): Point => [x + jitter(), y + jitter()]);
  // The last side ends before or past the first corner.
  const last = around[around.length - 1];
  const reach = 1 + 2 * hand.overlap;
  around.push([
    last[0] + reach * (around[0][0] - last[0]),
    last[1] + reach * (around[0][1] - last[1]),
  ]);
  const sides = corners.map((_, n) => handLine(around[n], around[n + 1], hand.waver, random));
  return [sides.flat()];
}
