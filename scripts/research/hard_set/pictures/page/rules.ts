import * as math from "../../../../../src/model/math.ts";
import type { Random } from "../../../../../src/model/random.ts";
import type { Path } from "../drawing.ts";
import type { Bounds } from "../homography.ts";
import { asLines } from "./enclosures.ts";
import { handLine, straightLine } from "./lines.ts";
import type { Line, Surroundings, Writing } from "./page.ts";

/** Digits whose own bar or foot would merge with a line that touches it, so that they would be another digit. */
const BARRED_ABOVE: readonly number[] = [1, 4, 5, 7];

const BARRED_BELOW: readonly number[] = [1, 7];

/** Nearest gap between such a digit and a line, in heights. */
const CLEAR = 0.07;

/** A line under a digit, over it, or both, which ends inside the picture. */
export function underlined(writing: Writing, random: Random): Surroundings {
  const { width, label, stroke } = writing;
  const isPrinted = random.next() < 0.4;
  const lean = isPrinted ? 0 : random.uniform(-0.08, 0.08);
  const line = (y: number): Path => {
    const [left, right] = [-random.uniform(0.1, 0.7), width + random.uniform(0.1, 0.7)];
    const [from, to] = [y + lean * (left - width / 2), y + lean * (right - width / 2)];
    return isPrinted
      ? straightLine([left, from], [right, to])
      : handLine([left, from], [right, to], random.uniform(0, 0.02), random);
  };
  const kind = random.next();
  const paths: Path[] = [];
  if (kind < 0.8) {
    const gap = gapTo(stroke, BARRED_BELOW.includes(label), random);
    paths.push(line(1 + gap));
    if (kind < 0.1) paths.push(line(1 + gap + stroke + random.uniform(0.08, 0.2)));
  }
  if (kind > 0.65) paths.push(line(-gapTo(stroke, BARRED_ABOVE.includes(label), random)));
  const margin = (): number => random.uniform(0.1, 0.5);
  return {
    ...asLines(paths, stroke, random),
    view: {
      left: -0.75 - margin(),
      top: -0.45 - margin(),
      right: width + 0.75 + margin(),
      bottom: 1.6 + margin(),
    },
  };
}

/** The distance from a digit to the middle of a line: one time in four they touch, where this cannot be mistaken. */
function gapTo(stroke: number, isBarred: boolean, random: Random): number {
  const isTouching = !isBarred && random.next() < 0.25;
  return isTouching
    ? random.uniform(-0.02, 0.5 * stroke)
    : 0.6 * stroke + random.uniform(isBarred ? CLEAR : 0.03, 0.3);
}

/** A digit in a comb, in a cell between separators, or above and beside a rule. */
export function combed(writing: Writing, random: Random): Surroundings {
  const { width, label, stroke } = writing;
  const pitch = random.uniform(Math.max(0.85, width + 0.3), 1.6);
  const kind = random.next();
  const isComb = kind < 0.5;
  const tick = isComb ? random.uniform(0.12, 0.5) : random.uniform(1.25, 1.6);
  const gap = BARRED_BELOW.includes(label)
    ? random.uniform(CLEAR + stroke, 0.25)
    : random.uniform(-0.02, 0.25);
  const isOnTick = isComb && tick < 0.25 && random.next() < 0.4;
  const shift = isOnTick ? pitch / 2 : (pitch - width - stroke) / 2 * random.uniform(-0.7, 0.7);
  const [first, last] = [-1 - random.integer(3), 1 + random.integer(3)];
  const at = (n: number): number => width / 2 + shift + (n - 0.5) * pitch;
  const base = 1 + gap;
  const paths: Path[] = [straightLine([at(first), base], [at(last), base])];
  if (kind < 0.85) {
    for (let n = first; n <= last; n++) {
      paths.push(straightLine([at(n), base], [at(n), base - tick]));
    }
  } else {
    // A rule below, and one beside.
    const beside = random.next() < 0.5 ? at(0) : at(1);
    paths.push(straightLine([beside, base + random.uniform(0, 0.3)], [beside, base - tick]));
  }
  return {
    // A long line as thick as the strokes would be read as a 1.
    ...asLines(paths, stroke * (isOnTick || !isComb ? 0.5 : 1), random),
    view: {
      left: Math.min(0, at(0)) - pitch * random.uniform(0.1, 1.3),
      top: base - Math.max(tick, 1 + gap) - random.uniform(0.1, 0.4),
      right: Math.max(width, at(1)) + pitch * random.uniform(0.1, 1.3),
      bottom: base + random.uniform(0.1, 0.5),
    },
  };
}

/** Rules from edge to edge: one, many, or a square grid, on which the digit stands more often than not. */
export function standingOnRule(writing: Writing, random: Random): Surroundings {
  const { width, label, stroke } = writing;
  const kind = random.next();
  const isSquared = kind < 0.4;
  const isSingle = kind > 0.75;
  const pitch = isSingle ? 9 : 0.2 * math.pow(10, random.next());
  const stands = random.next() < 0.65;
  // A dark rule along a stroke would hide it.
  const isBarred = BARRED_ABOVE.includes(label) || label === 2;
  const { thickness, strength } = ruleOf(pitch, stroke, isSingle && !isBarred, random);
  const offset = stands ? 1 + random.uniform(-0.04, 0.06) : random.uniform(0, Math.min(pitch, 1.3));
  const view = sheetAround(width, random);
  const rules: Path[] = [];
  for (const y of places(offset, pitch, view.top - 1, view.bottom + 1)) {
    rules.push(straightLine([view.left - 1, y], [view.right + 1, y]));
  }
  if (isSquared) {
    for (const x of places(random.uniform(0, pitch), pitch, view.left - 1, view.right + 1)) {
      rules.push(straightLine([x, view.top - 1], [x, view.bottom + 1]));
    }
  }
  const lines = rules.map((path): Line => ({ path, thickness }));
  return { drawn: [], printed: lines, strength, view };
}

/** The closer rules are, and the darker, the thinner: otherwise nobody could read what is written on them. */
function ruleOf(
  pitch: number,
  stroke: number,
  mayBeThick: boolean,
  random: Random,
): { thickness: number; strength: number } {
  if (mayBeThick && random.next() < 0.5) {
    return { thickness: stroke * random.uniform(0.5, 0.9), strength: random.uniform(0.4, 1) };
  }
  const strength = random.uniform(0.12, pitch < 0.33 ? 0.5 : pitch < 0.6 ? 0.9 : 1);
  const most = strength > 0.6 ? 0.35 : 0.6;
  return { thickness: stroke * random.uniform(0.12, pitch < 0.33 ? 0.35 : most), strength };
}

/** A view of much paper around a digit. */
function sheetAround(width: number, random: Random): Bounds {
  const most = random.uniform(0.4, 3);
  const margin = (): number => random.uniform(0.2, most);
  return { left: -margin(), top: -margin(), right: width + margin(), bottom: 1 + margin() };
}

/** Every place of a period between two limits. */
function places(offset: number, pitch: number, from: number, to: number): number[] {
  const found: number[] = [];
  for (let at = offset - Math.floor((offset - from) / pitch) * pitch; at < to; at += pitch) {
    found.push(at);
  }
  return found;
}
