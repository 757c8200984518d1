import * as math from "../../../../../src/model/math.ts";
import type { Point } from "../../../../../src/data/synthetic/skeletons.ts";
import type { Random } from "../../../../../src/model/random.ts";
import type { Path } from "../drawing.ts";
import type { Bounds } from "../homography.ts";
import { ellipse, type Hand, pickHand, polygon, straightLine } from "./lines.ts";
import type { Line, Surroundings, Writing } from "./page.ts";

type Side = keyof Bounds;

/**
 * The sides on which a frame may touch or cross each digit. Elsewhere a stroke along the frame would be lost in it, as
 * the bar of a 7 below the upper side.
 */
const TOUCHED: readonly (readonly Side[])[] = [
  ["top", "bottom"],
  ["bottom"],
  ["top", "bottom"],
  ["top", "bottom", "left"],
  ["top", "bottom", "right"],
  ["bottom"],
  ["top", "bottom"],
  ["bottom"],
  ["top", "bottom"],
  ["top", "bottom"],
];

/** Lines in the colour of the ink or in print, of a thickness between a hairline and the strokes of the digit. */
export function asLines(
  paths: readonly Path[],
  stroke: number,
  random: Random,
): Pick<Surroundings, "drawn" | "printed" | "strength"> {
  const thickness = stroke * (random.next() < 0.3 ? 1 : random.uniform(0.15, 1));
  const lines = paths.map((path): Line => ({ path, thickness }));
  if (random.next() < 0.5) return { drawn: lines, printed: [], strength: 1 };
  return { drawn: [], printed: lines, strength: random.uniform(0.25, 1) };
}

/** A frame around a digit: printed or drawn, whole or cut by the edge of the picture, alone or among form boxes. */
export function boxed(writing: Writing, random: Random): Surroundings {
  const frame = frameAround(writing, random);
  const kind = random.next();
  const paths = kind < 0.3
    ? formBoxes(frame, random)
    : polygon(cornersOf(frame), kind < 0.6 ? pickHand(random) : undefined, random);
  const view = kind < 0.3 ? beside(frame, writing, random) : around(frame, writing, random);
  return { ...asLines(paths, writing.stroke, random), view };
}

/** A rectangle around a digit, which it touches or crosses now and then. */
function frameAround({ width, label }: Writing, random: Random): Bounds {
  const usual = random.uniform(0.08, 0.5);
  const away = (): number => usual * random.uniform(0.7, 1.5);
  const margins = { left: away(), top: away(), right: away(), bottom: away() };
  if (random.next() < 0.3) {
    const sides = TOUCHED[label];
    margins[sides[random.integer(sides.length)]] = random.uniform(-0.1, 0.04);
  }
  return {
    left: -margins.left,
    top: -margins.top,
    right: width + margins.right,
    bottom: 1 + margins.bottom,
  };
}

function cornersOf({ left, top, right, bottom }: Bounds): Point[] {
  return [[left, top], [right, top], [right, bottom], [left, bottom]];
}

/** A view of a whole frame, or, one time in four, with some of its sides outside. */
function around(frame: Bounds, { width }: Writing, random: Random): Bounds {
  const isCut = random.next() < 0.25;
  const margin = (room: number): number =>
    isCut && room > 0.2 && random.next() < 0.6
      ? -room * random.uniform(0.2, 0.6)
      : random.uniform(0.08, 0.6);
  return {
    left: Math.min(0, frame.left) - margin(-frame.left),
    top: Math.min(0, frame.top) - margin(-frame.top),
    right: Math.max(width, frame.right) + margin(frame.right - width),
    bottom: Math.max(1, frame.bottom) + margin(frame.bottom - 1),
  };
}

/** A view of a form box with parts of its neighbours. */
function beside(frame: Bounds, { width }: Writing, random: Random): Bounds {
  const wide = frame.right - frame.left;
  return {
    left: Math.min(0, frame.left) - wide * random.uniform(0.1, 0.8),
    top: Math.min(0, frame.top) - random.uniform(0.08, 0.5),
    right: Math.max(width, frame.right) + wide * random.uniform(0.1, 0.8),
    bottom: Math.max(1, frame.bottom) + random.uniform(0.08, 0.5),
  };
}

/** A row of boxes that share their sides or stand apart. */
export function formBoxes({ left, top, right, bottom }: Bounds, random: Random): Path[] {
  const gap = random.next() < 0.5 ? 0 : random.uniform(0.08, 0.3);
  const pitch = right - left + gap;
  const paths: Path[] = [];
  for (let n = -2; n <= 2; n++) {
    const [from, to] = [left + n * pitch, right + n * pitch];
    paths.push(cornersOf({ left: from, top, right: to, bottom }).concat([[from, top]]).flat());
  }
  if (random.next() < 0.2) {
    const name = top - random.uniform(0.15, 0.3);
    paths.push(straightLine([left - 2 * pitch, name], [right + 2 * pitch, name]));
  }
  return paths;
}

/** A circle, oval, diamond or triangle around a digit, drawn with a pen or printed. */
export function circled(writing: Writing, random: Random): Surroundings {
  const { width, label, stroke } = writing;
  const hand = random.next() < 0.7 ? pickHand(random) : undefined;
  const kind = random.next();
  const room = random.uniform(1.12, 1.7);
  const middle: [number, number] = [width / 2, 0.5];
  // Moved up or down until it touches: never beside an upright stroke, which it would hide.
  const isTouched = random.next() < 0.25;
  const slack = isTouched ? 0 : 0.5;
  middle[0] += slack * (room - 1) * random.uniform(-1, 1) * width / 2;
  const down = isTouched
    ? (label === 7 || label === 5 || random.next() < 0.5 ? -1 : 1)
    : slack * random.uniform(-1, 1);
  middle[1] += down * (room - 1) * 0.5;
  const { paths, bounds } = enclosure(kind, middle, [width / 2, 0.5], room, hand, random);
  const margin = (): number => random.uniform(0.08, 0.5);
  return {
    ...asLines(paths, stroke, random),
    view: {
      left: Math.min(0, bounds.left) - margin(),
      top: Math.min(0, bounds.top) - margin(),
      right: Math.max(width, bounds.right) + margin(),
      bottom: Math.max(1, bounds.bottom) + margin(),
    },
  };
}

/** Draws an outline around a rectangle of half sizes `half`, with `room` times the space that it needs. */
function enclosure(
  kind: number,
  middle: Point,
  half: Point,
  room: number,
  hand: Hand | undefined,
  random: Random,
): { paths: Path[]; bounds: Bounds } {
  const [x, y] = middle;
  if (kind < 0.55) {
    // A circle, or an oval of any proportion.
    const long = random.uniform(0.8, 1.5);
    const proportion = random.next() < 0.5 ? 1 : long * half[0] / half[1];
    const down = room * math.hypot(half[0] / proportion, half[1]);
    const size: Point = [Math.max(0.25, down * proportion), down];
    return { paths: [ellipse(middle, size, hand, random)], bounds: boundsOf(middle, size) };
  }
  if (kind < 0.75) {
    const proportion = random.uniform(0.75, 1.1);
    const down = room * (half[0] / proportion + half[1]);
    const size: Point = [down * proportion, down];
    const corners: Point[] = [[x, y - size[1]], [x + size[0], y], [x, y + size[1]], [
      x - size[0],
      y,
    ]];
    return { paths: polygon(corners, hand, random), bounds: boundsOf(middle, size) };
  }
  if (kind < 0.9) {
    const slope = random.uniform(0.5, 0.8);
    const up = half[1] + Math.max(0.25, room * half[0] / slope);
    const base = half[1] + (room - 1) * 0.6 + 0.04;
    const wide = slope * (up + base);
    const corners: Point[] = [[x, y - up], [x + wide, y + base], [x - wide, y + base]];
    const bounds = { left: x - wide, top: y - up, right: x + wide, bottom: y + base };
    return { paths: polygon(corners, hand, random), bounds };
  }
  // A speech bubble or a rounded box: a circle of a higher power.
  const size: Point = [room * half[0] + 0.1, room * half[1] + 0.05];
  return { paths: [rounded(middle, size)], bounds: boundsOf(middle, size) };
}

function boundsOf([x, y]: Point, [across, down]: Point): Bounds {
  return { left: x - across, top: y - down, right: x + across, bottom: y + down };
}

/** A rectangle with round corners. */
function rounded([x, y]: Point, [across, down]: Point): Path {
  const radius = 0.5 * Math.min(across, down);
  const path: Path = [];
  for (let n = 0; n <= 32; n++) {
    const angle = 2 * Math.PI * n / 32;
    const [cos, sin] = [math.cos(angle), math.sin(angle)];
    path.push(
      x + radius * cos + Math.sign(Math.round(cos * 1e6)) * (across - radius),
      y + radius * sin + Math.sign(Math.round(sin * 1e6)) * (down - radius),
    );
  }
  return path;
}
