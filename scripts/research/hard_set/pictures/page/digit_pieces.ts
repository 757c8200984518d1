import * as math from "../../../../../src/model/math.ts";
import type { Random } from "../../../../../src/model/random.ts";
import { countHoles, distanceTransform } from "../morphology.ts";
import { drawPage } from "./page.ts";
import { flatSheet, paste } from "./sheet.ts";
import type { RgbaPicture } from "../picture.ts";
import {
  digitShape,
  MARGIN,
  SAMPLES,
  type Shape,
  shapeOf,
  SIDE,
  thickenShape,
  thinShape,
} from "../shape.ts";
import { type LabelledDigit, stringPicture } from "../strings.ts";

/** A kind of picture of digits that does not show one digit: several of them, or a part of one. */
export type NotOneDigitKind = "several" | "parts";

/** All kinds, in the order in which they are measured. */
export const NOT_ONE_DIGIT_KINDS: readonly NotOneDigitKind[] = ["several", "parts"];

/**
 * Makes a picture of several digits, or of a part of one.
 *
 * @param draw Returns the next digit.
 */
export function notOneDigitPicture(
  kind: NotOneDigitKind,
  draw: () => LabelledDigit,
  random: Random,
): RgbaPicture {
  return kind === "several" ? several(draw, random) : part(draw, random);
}

/** Two to eight digits on one line, apart or touching, written with any pen; often with much paper around them. */
function several(draw: () => LabelledDigit, random: Random): RgbaPicture {
  const pen = random.next();
  const width = pen < 0.3 ? random.uniform(0.5, 0.9) : random.uniform(0.2, 0.9);
  const withPen = (shape: Shape): Shape =>
    pen < 0.3 ? thinShape(shape, width) : pen < 0.6 ? thickenShape(shape, width) : shape;
  const kind = random.next() < 0.75 ? "separated" : "touching";
  const { picture } = stringPicture(kind, draw, random, withPen);
  if (random.next() < 0.5) return picture;
  const margin = (): number => Math.round(picture.height * random.uniform(0, 1.2));
  const [left, top, right, bottom] = [margin(), margin(), margin(), margin()];
  const [red, green, blue] = picture.data;
  const sheet = flatSheet(
    picture.width + left + right,
    picture.height + top + bottom,
    [red, green, blue],
  );
  paste(picture, sheet, left, top);
  return sheet;
}

/** Degrees of the straight cuts through each digit, of whose sides none is another digit; without one, none is made. */
const CUTS: Readonly<Record<number, readonly number[]>> = {
  // Of a cut at 0° the upper part is kept, at 90° the right one, at 180° the lower one.
  0: [0, 180, 270],
  2: [180],
  4: [0, 315],
  5: [0],
  6: [90],
  8: [270],
};

/** By how much the angle of a cut varies, in degrees. */
const CUT_SPREAD = 15;

/** The longest part, as the ratio of the deviations of its ink along and across: longer ones resemble a 1. */
const MAX_LENGTH = 3.2;

/** The narrowest part, as the ratio of its width and height. */
const MIN_WIDTH = 0.75;

/** The share of its bounding box that a part may fill: a blob could be anything. */
const MAX_FILLED = 0.6;

/** The smallest part, as a share of the ink of the digit. */
const MIN_SHARE = 0.25;

/** Area of the smallest hole that counts, in samples: a part with a loop resembles a 0, 6 or 9. */
const MIN_HOLE = 0.4 * SAMPLES * SAMPLES;

/** Width of the gap in a loop that counts as closed, in samples. */
const MAX_GAP = 2.5 * SAMPLES;

/** A third to half of the ink of a digit, on one side of a straight cut; of several pieces the largest. */
function part(draw: () => LabelledDigit, random: Random): RgbaPicture {
  for (;;) {
    const { pixels, label } = draw();
    const cuts = CUTS[label];
    if (cuts === undefined) continue;
    const shape = digitShape(pixels);
    const angle = cuts[random.integer(cuts.length)] + random.uniform(-CUT_SPREAD, CUT_SPREAD);
    const piece = largestPiece(cut(shape, angle, random.uniform(1 / 3, 1 / 2)));
    if (resemblesDigit(piece) || areaOf(piece) < MIN_SHARE * areaOf(shape)) continue;
    const { left, top, right, bottom } = piece.bounds;
    const margin = (): number => random.uniform(0.2, 1);
    const view = {
      left: -margin(),
      top: -margin(),
      right: (right - left) / (bottom - top) + margin(),
      bottom: 1 + margin(),
    };
    return drawPage(piece, { drawn: [], printed: [], strength: 1, view }, random);
  }
}

function areaOf({ depth }: Shape): number {
  return depth.reduce((count, value) => value > 0 ? count + 1 : count, 0);
}

/** Whether a part looks like a 1, like a loop, or like nothing but a blob. */
function resemblesDigit(piece: Shape): boolean {
  const { depth, bounds: { left, top, right, bottom } } = piece;
  const [width, height] = [right - left, bottom - top];
  if (width < MIN_WIDTH * height || elongation(piece) > MAX_LENGTH) return true;
  if (areaOf(piece) / (SAMPLES * SAMPLES) > MAX_FILLED * width * height) return true;
  const away = distanceTransform(SIDE, (i) => depth[i] > 0);
  return [0.5, MAX_GAP / 2].some((reach) => countHoles(SIDE, (i) => away[i] < reach, MIN_HOLE) > 0);
}

/** The largest 4-connected component of a shape. */
function largestPiece({ depth }: Shape): Shape {
  const seen = new Uint8Array(depth.length);
  let largest: number[] = [];
  for (let start = 0; start < depth.length; start++) {
    if (seen[start] === 1 || depth[start] <= 0) continue;
    const piece = [start];
    seen[start] = 1;
    // The margin of a shape is empty, so that no neighbour is outside.
    for (let n = 0; n < piece.length; n++) {
      for (const next of [piece[n] - 1, piece[n] + 1, piece[n] - SIDE, piece[n] + SIDE]) {
        if (seen[next] === 1 || depth[next] <= 0) continue;
        seen[next] = 1;
        piece.push(next);
      }
    }
    if (piece.length > largest.length) largest = piece;
  }
  const kept = new Set(largest);
  return shapeOf(depth.map((value, i) => value <= 0 || kept.has(i) ? value : -value));
}

/** The side of a straight cut, upwards turned by so many degrees clockwise, that holds a share of the ink. */
function cut({ depth }: Shape, degrees: number, share: number): Shape {
  const angle = degrees * Math.PI / 180;
  const [across, up] = [math.sin(angle), -math.cos(angle)];
  const along = (i: number): number => across * (i % SIDE) + up * Math.floor(i / SIDE);
  const places: number[] = [];
  for (let i = 0; i < depth.length; i++) if (depth[i] > 0) places.push(along(i));
  const limit = places.sort((a, b) => b - a)[Math.floor(share * places.length)] ?? 0;
  return shapeOf(depth.map((value, i) => Math.min(value, (along(i) - limit) / SAMPLES)));
}

/** The ratio of the standard deviations of the ink along its longest axis and across it. */
function elongation({ depth }: Shape): number {
  let [count, x, y, xx, xy, yy] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < depth.length; i++) {
    if (depth[i] <= 0) continue;
    const [u, v] = [i % SIDE - MARGIN, Math.floor(i / SIDE) - MARGIN];
    count++;
    x += u;
    y += v;
    xx += u * u;
    xy += u * v;
    yy += v * v;
  }
  if (count === 0) return Infinity;
  const [a, b, c] = [xx - x * x / count, xy - x * y / count, yy - y * y / count];
  const spread = math.hypot((a - c) / 2, b);
  return Math.sqrt(((a + c) / 2 + spread) / Math.max(1e-9, (a + c) / 2 - spread));
}
