import { drawPaths } from "../../../../../src/data/synthetic/digits.ts";
import {
  type Point,
  type Skeleton,
  SKELETONS,
  type Stroke,
} from "../../../../../src/data/synthetic/skeletons.ts";
import * as math from "../../../../../src/model/math.ts";
import type { Random } from "../../../../../src/model/random.ts";
import { fitPaths, pathBounds, writeStrokes } from "../drawing.ts";
import type { LabelledDigit } from "../strings.ts";
import { STYLES } from "./style_skeletons.ts";

const SIDE = 28;

/** Rows and columns of the box that a digit of MNIST fills. */
const BOX = 20;

/** Share of the digits that are drawn in one of {@linkcode STYLES}. */
const STYLED_SHARE = 0.85;

/**
 * Draws a digit in the form of MNIST, by a skeleton of any style and with any pen: from a hairline to a marker.
 *
 * @param label The digit.
 * @param random The random numbers.
 * @returns 28×28 bytes, ink 255, the box of the digit in the middle.
 */
export function styledDigit(label: number, random: Random): LabelledDigit {
  const { strokes, aspect } = styledSkeleton(label, random);
  const written = writeStrokes(
    bent(
      strokes,
      random.uniform(0, 0.07),
      random.next() < 0.5 ? 0 : random.uniform(-0.2, 0.45),
      random,
    ),
    aspect * math.exp(0.12 * random.normal()),
    random,
  );
  const radius = random.next() < 0.75 ? random.uniform(0.65, 1.5) : random.uniform(1.5, 2.4);
  const length = BOX - 2 * radius;
  const { right, bottom } = pathBounds(fitPaths(written, length, 0, 0));
  const paths = fitPaths(written, length, (SIDE - right) / 2, (SIDE - bottom) / 2);
  const ink = new Float32Array(SIDE * SIDE);
  drawPaths(paths, { radius, softness: 1.3 }, ink, SIDE);
  return { pixels: Uint8Array.from(ink, (value) => Math.round(255 * value)), label };
}

/** Moves the points of strokes at random, and slants the whole to the right; corners stay corners. */
function bent(
  strokes: readonly Stroke[],
  amount: number,
  slant: number,
  random: Random,
): Stroke[] {
  return strokes.map((stroke) => {
    const moved: Point[] = [];
    stroke.forEach(([x, y], i) => {
      const isCorner = i > 0 && stroke[i - 1][0] === x && stroke[i - 1][1] === y;
      moved.push(
        isCorner
          ? moved[i - 1]
          : [x + slant * (1 - y) + amount * random.normal(), y + amount * random.normal()],
      );
    });
    return moved;
  });
}

/** Picks one way of writing a digit by its weight: of {@linkcode STYLES}, or of the library's own skeletons. */
export function styledSkeleton(label: number, random: Random): Skeleton {
  const skeletons = random.next() < STYLED_SHARE ? STYLES[label] : SKELETONS[label];
  const total = skeletons.reduce((sum, { weight }) => sum + weight, 0);
  let at = random.uniform(0, total);
  return skeletons.find(({ weight }) => (at -= weight) < 0) ?? skeletons[0];
}
