import { drawPaths } from "../../../../src/data/synthetic/digits.ts";
import {
  type Point,
  type Skeleton,
  SKELETONS,
  type Stroke,
} from "../../../../src/data/synthetic/skeletons.ts";
import * as math from "../../../../src/model/math.ts";
import type { Random } from "../../../../src/model/random.ts";
import { fitPaths, pathBounds, writeStrokes } from "./drawing.ts";
import type { LabelledDigit } from "./strings.ts";

/** Digits as they are written in Europe and in older hands, of which MNIST has few. Coordinates as in `SKELETONS`. */
// deno-fmt-ignore
export const STYLES: readonly (readonly Skeleton[])[] = [
  // 0
  [
    // Slashed.
    {
      weight: 1,
      aspect: 0.7,
      strokes: [
        [[0.5, 0], [0.18, 0.17], [0.03, 0.5], [0.18, 0.85], [0.5, 1], [0.82, 0.85], [0.97, 0.5],
          [0.82, 0.15], [0.5, 0]],
        [[0.85, 0.08], [0.15, 0.92]],
      ],
    },
    // With a loop at the top, drawn on to the right.
    {
      weight: 1,
      aspect: 0.85,
      strokes: [[
        [0.55, 0.1], [0.2, 0.15], [0.02, 0.5], [0.2, 0.92], [0.55, 1], [0.85, 0.7], [0.75, 0.25],
        [0.5, 0.12], [0.55, 0.02], [0.75, 0.05], [1, 0.04],
      ]],
    },
    // Narrow.
    {
      weight: 1,
      aspect: 0.45,
      strokes: [[
        [0.5, 0], [0.1, 0.2], [0, 0.5], [0.1, 0.85], [0.5, 1], [0.9, 0.85], [1, 0.5], [0.9, 0.15],
        [0.45, 0.02],
      ]],
    },
    // Wide and low.
    {
      weight: 1,
      aspect: 1.15,
      strokes: [[
        [0.5, 0], [0.15, 0.15], [0, 0.5], [0.15, 0.87], [0.5, 1], [0.87, 0.85], [1, 0.5],
        [0.85, 0.13], [0.5, 0],
      ]],
    },
  ],
  // 1
  [
    // A long flag.
    {
      weight: 4,
      aspect: 0.55,
      strokes: [[[0, 0.45], [0.5, 0.2], [0.98, 0], [0.98, 0], [1, 0.5], [0.98, 1]]],
    },
    // A flag of half the height, upright.
    {
      weight: 3,
      aspect: 0.4,
      strokes: [[[0, 0.3], [0.5, 0.14], [1, 0], [1, 0], [1, 0.5], [1, 1]]],
    },
    // A very long flag, down to the middle and beyond.
    {
      weight: 2,
      aspect: 0.6,
      strokes: [[[0, 0.62], [0.55, 0.3], [1, 0], [1, 0], [0.98, 0.5], [0.95, 1]]],
    },
    // Flag and foot.
    {
      weight: 3,
      aspect: 0.6,
      strokes: [
        [[0.02, 0.32], [0.3, 0.18], [0.55, 0], [0.55, 0], [0.55, 0.5], [0.55, 1]],
        [[0.05, 1], [0.5, 0.99], [1, 1]],
      ],
    },
    // Foot alone.
    {
      weight: 0.7,
      aspect: 0.5,
      strokes: [[[0.5, 0], [0.5, 1]], [[0, 1], [0.5, 0.99], [1, 1]]],
    },
    // A small hook at the top.
    {
      weight: 1.5,
      aspect: 0.25,
      strokes: [[[0, 0.12], [0.6, 0.1], [1, 0], [1, 0], [0.95, 0.5], [0.9, 1]]],
    },
    // A line.
    { weight: 4, aspect: 0.05, strokes: [[[0.5, 0], [0.5, 0.5], [0.5, 1]]] },
  ],
  // 2
  [
    // A long loop at the foot.
    {
      weight: 2,
      aspect: 0.95,
      strokes: [[
        [0.1, 0.22], [0.3, 0.02], [0.62, 0.03], [0.72, 0.25], [0.5, 0.6], [0.15, 0.95], [0, 0.88],
        [0.1, 0.72], [0.4, 0.82], [0.72, 0.98], [1, 0.85],
      ]],
    },
    // A hook at the top that curls in.
    {
      weight: 1,
      aspect: 0.8,
      strokes: [[
        [0.25, 0.3], [0.08, 0.22], [0.2, 0.03], [0.6, 0], [0.85, 0.2], [0.7, 0.5], [0.35, 0.78],
        [0.02, 1], [0.02, 1], [0.5, 0.95], [1, 0.98],
      ]],
    },
    // As printed: a straight foot, an angle.
    {
      weight: 2,
      aspect: 0.75,
      strokes: [[
        [0.05, 0.2], [0.3, 0], [0.7, 0], [0.95, 0.2], [0.8, 0.5], [0.4, 0.8], [0.05, 1], [0.05, 1],
        [0.95, 1],
      ]],
    },
    // A large bow, a wavy foot that swings up.
    {
      weight: 1.5,
      aspect: 1,
      strokes: [[
        [0.2, 0.25], [0.35, 0.05], [0.65, 0], [0.82, 0.2], [0.6, 0.55], [0.2, 0.88], [0, 1],
        [0.1, 0.9], [0.4, 0.86], [0.7, 0.98], [1, 0.8],
      ]],
    },
    // Like a Z with a round shoulder and a wavy foot.
    {
      weight: 1,
      aspect: 0.9,
      strokes: [[
        [0, 0.1], [0.35, 0], [0.75, 0.1], [0.65, 0.42], [0.1, 0.95], [0.1, 0.95], [0.4, 0.85],
        [0.7, 0.98], [1, 0.88],
      ]],
    },
  ],
  // 3
  [
    // With a flat top and an angle.
    {
      weight: 2,
      aspect: 0.75,
      strokes: [[
        [0.05, 0.02], [0.9, 0], [0.9, 0], [0.42, 0.42], [0.42, 0.42], [0.85, 0.52], [0.95, 0.78],
        [0.55, 1], [0.02, 0.92],
      ]],
    },
    // Two bows.
    {
      weight: 2,
      aspect: 0.6,
      strokes: [[
        [0.1, 0.08], [0.5, 0], [0.9, 0.14], [0.8, 0.38], [0.35, 0.48], [0.35, 0.48], [0.85, 0.58],
        [1, 0.8], [0.6, 1], [0.05, 0.94],
      ]],
    },
    // A long tail below.
    {
      weight: 1,
      aspect: 0.7,
      strokes: [[
        [0.15, 0.1], [0.55, 0], [0.85, 0.12], [0.6, 0.36], [0.4, 0.4], [0.8, 0.5], [0.85, 0.75],
        [0.4, 1], [0, 0.88],
      ]],
    },
  ],
  // 4
  [
    // Closed, printed.
    {
      weight: 2,
      aspect: 0.75,
      strokes: [
        [[0.72, 0], [0.35, 0.35], [0.02, 0.7], [0.02, 0.7], [0.5, 0.7], [1, 0.7]],
        [[0.72, 0], [0.72, 0.5], [0.72, 1]],
      ],
    },
    // An angle, crossed low by a short upright stroke.
    {
      weight: 3,
      aspect: 0.75,
      strokes: [
        [[0.5, 0], [0.25, 0.35], [0, 0.68], [0, 0.68], [0.5, 0.66], [1, 0.62]],
        [[0.65, 0.38], [0.62, 0.7], [0.55, 1]],
      ],
    },
    // Wide open, upright.
    {
      weight: 3,
      aspect: 0.7,
      strokes: [
        [[0.05, 0], [0.02, 0.3], [0.02, 0.5], [0.02, 0.5], [0.5, 0.5], [1, 0.5]],
        [[0.85, 0], [0.85, 0.5], [0.85, 1]],
      ],
    },
    // A short left stroke, a bar through the right one.
    {
      weight: 3.5,
      aspect: 0.75,
      strokes: [
        [[0.1, 0], [0.06, 0.25], [0, 0.5], [0, 0.5], [0.5, 0.5], [1, 0.46]],
        [[0.8, 0.05], [0.76, 0.5], [0.7, 1]],
      ],
    },
    // Two long strokes side by side, a bar between them.
    {
      weight: 4,
      aspect: 0.6,
      strokes: [
        [[0.15, 0], [0.05, 0.3], [0, 0.58], [0, 0.58], [0.5, 0.55], [0.95, 0.5]],
        [[1, 0.02], [0.9, 0.5], [0.82, 1]],
      ],
    },
    // Round at the left, in one sweep with the bar.
    {
      weight: 2,
      aspect: 0.7,
      strokes: [
        [[0.1, 0], [0, 0.3], [0.15, 0.55], [0.6, 0.52], [0.95, 0.35]],
        [[0.95, 0], [0.85, 0.5], [0.75, 1]],
      ],
    },
    // Leaning, one stroke and a bar that reaches far beyond.
    {
      weight: 1.5,
      aspect: 0.9,
      strokes: [
        [[0.45, 0], [0.2, 0.4], [0, 0.7], [0, 0.7], [0.5, 0.72], [1, 0.74]],
        [[0.7, 0.3], [0.6, 0.65], [0.5, 1]],
      ],
    },
  ],
  // 5
  [
    // A separate, long top bar.
    {
      weight: 2,
      aspect: 0.8,
      strokes: [
        [[0.2, 0.08], [0.12, 0.45], [0.12, 0.45], [0.5, 0.36], [0.82, 0.55], [0.75, 0.88], [0.4, 1],
          [0, 0.92]],
        [[0.2, 0.06], [0.6, 0.05], [1, 0]],
      ],
    },
    // As printed.
    {
      weight: 2,
      aspect: 0.7,
      strokes: [[
        [0.9, 0], [0.15, 0], [0.15, 0], [0.08, 0.45], [0.08, 0.45], [0.5, 0.35], [0.92, 0.55],
        [0.9, 0.85], [0.45, 1], [0.02, 0.9],
      ]],
    },
    // The bar apart from the rest.
    {
      weight: 1,
      aspect: 0.75,
      strokes: [
        [[0.2, 0.15], [0.14, 0.48], [0.14, 0.48], [0.5, 0.42], [0.85, 0.6], [0.75, 0.9], [0.4, 1],
          [0.02, 0.92]],
        [[0.3, 0.03], [0.65, 0.02], [1, 0]],
      ],
    },
  ],
  // 6
  [
    // A straight stem and a round bowl.
    {
      weight: 2,
      aspect: 0.6,
      strokes: [[
        [0.7, 0], [0.3, 0.3], [0.04, 0.7], [0.25, 0.98], [0.7, 0.98], [0.98, 0.75], [0.75, 0.52],
        [0.35, 0.55], [0.08, 0.75],
      ]],
    },
    // A closed round bowl with a long curl at the top.
    {
      weight: 1.5,
      aspect: 0.65,
      strokes: [[
        [0.95, 0.12], [0.7, 0], [0.3, 0.15], [0.05, 0.55], [0.15, 0.92], [0.5, 1], [0.9, 0.85],
        [0.85, 0.6], [0.5, 0.5], [0.12, 0.65],
      ]],
    },
  ],
  // 7
  [
    // With a bar in the middle.
    {
      weight: 4,
      aspect: 0.7,
      strokes: [
        [[0.02, 0.06], [0.5, 0.04], [0.95, 0], [0.95, 0], [0.65, 0.45], [0.4, 1]],
        [[0.2, 0.5], [0.55, 0.48], [0.95, 0.45]],
      ],
    },
    // Hook at the left, bar, upright stem.
    {
      weight: 2,
      aspect: 0.65,
      strokes: [
        [[0, 0.18], [0.06, 0.03], [0.06, 0.03], [0.5, 0.06], [1, 0], [1, 0], [0.75, 0.5], [0.6, 1]],
        [[0.3, 0.55], [0.65, 0.52], [1, 0.5]],
      ],
    },
    // A wavy top and a bar.
    {
      weight: 1.5,
      aspect: 0.75,
      strokes: [
        [[0, 0.14], [0.2, 0.02], [0.5, 0.1], [0.92, 0], [0.7, 0.4], [0.45, 1]],
        [[0.25, 0.5], [0.9, 0.47]],
      ],
    },
    // The top hangs down at the left, the bar reaches as far on both sides of the stem.
    {
      weight: 3,
      aspect: 0.8,
      strokes: [
        [[0.08, 0.3], [0.1, 0.08], [0.1, 0.08], [0.5, 0.1], [0.98, 0.02], [0.98, 0.02], [0.62, 0.5],
          [0.35, 1]],
        [[0.2, 0.52], [0.6, 0.5], [1, 0.5]],
      ],
    },
    // The same with a curl at the left.
    {
      weight: 3,
      aspect: 0.9,
      strokes: [
        [[0, 0.25], [0.06, 0.3], [0.12, 0.12], [0.25, 0.02], [0.5, 0.1], [0.75, 0.08], [1, 0],
          [0.75, 0.3], [0.55, 0.6], [0.4, 1]],
        [[0.2, 0.58], [0.6, 0.55], [1, 0.53]],
      ],
    },
    // A wave at the top that curls in at the left, and a long bar.
    {
      weight: 3,
      aspect: 0.85,
      strokes: [
        [[0.05, 0.28], [0.02, 0.1], [0.2, 0.02], [0.45, 0.1], [0.72, 0.12], [0.95, 0], [0.7, 0.4],
          [0.5, 0.7], [0.42, 1]],
        [[0.1, 0.55], [0.5, 0.52], [0.95, 0.45]],
      ],
    },
    // A wave at the top without a bar, the stem curved.
    {
      weight: 1.5,
      aspect: 0.75,
      strokes: [[
        [0, 0.2], [0.12, 0.03], [0.4, 0.1], [0.7, 0.1], [1, 0], [0.75, 0.35], [0.55, 0.65],
        [0.5, 1],
      ]],
    },
    // A bar low on the stem, which ends in a curve.
    {
      weight: 1.5,
      aspect: 0.75,
      strokes: [
        [[0, 0.1], [0.5, 0.06], [0.98, 0], [0.98, 0], [0.6, 0.4], [0.35, 0.8], [0.45, 1]],
        [[0.15, 0.6], [0.8, 0.52]],
      ],
    },
    // A hook at the left.
    {
      weight: 1.5,
      aspect: 0.65,
      strokes: [[
        [0, 0.25], [0.05, 0.02], [0.05, 0.02], [0.5, 0.05], [1, 0], [1, 0], [0.7, 0.45], [0.5, 1],
      ]],
    },
  ],
  // 8
  [
    // Two rings, the upper one smaller.
    {
      weight: 2,
      aspect: 0.6,
      strokes: [
        [[0.5, 0.44], [0.2, 0.3], [0.22, 0.08], [0.5, 0], [0.78, 0.08], [0.8, 0.3], [0.5, 0.44]],
        [[0.5, 0.44], [0.06, 0.62], [0.05, 0.88], [0.5, 1], [0.95, 0.88], [0.94, 0.62],
          [0.5, 0.44]],
      ],
    },
    // Two rings apart by a hair.
    {
      weight: 0.7,
      aspect: 0.6,
      strokes: [
        [[0.5, 0.45], [0.15, 0.3], [0.2, 0.06], [0.5, 0], [0.8, 0.06], [0.85, 0.3], [0.5, 0.45]],
        [[0.5, 0.5], [0.1, 0.65], [0.1, 0.9], [0.5, 1], [0.9, 0.9], [0.9, 0.65], [0.5, 0.5]],
      ],
    },
    // One stroke, narrow.
    {
      weight: 1.5,
      aspect: 0.45,
      strokes: [[
        [0.9, 0.1], [0.5, 0], [0.1, 0.15], [0.25, 0.4], [0.8, 0.62], [0.9, 0.85], [0.45, 1],
        [0.08, 0.84], [0.25, 0.58], [0.75, 0.38], [0.92, 0.1],
      ]],
    },
  ],
  // 9
  [
    // With a hook that curves far to the left.
    {
      weight: 2.5,
      aspect: 0.65,
      strokes: [[
        [0.9, 0.15], [0.5, 0], [0.1, 0.18], [0.2, 0.45], [0.65, 0.45], [0.92, 0.18], [0.95, 0.6],
        [0.75, 0.93], [0.4, 1], [0.05, 0.88],
      ]],
    },
    // A round head, a straight stem.
    {
      weight: 2,
      aspect: 0.55,
      strokes: [[
        [0.92, 0.2], [0.5, 0], [0.08, 0.2], [0.2, 0.48], [0.65, 0.48], [0.95, 0.22], [0.95, 0.22],
        [0.96, 0.6], [0.95, 1],
      ]],
    },
    // The head closed, the stem leaning.
    {
      weight: 1,
      aspect: 0.6,
      strokes: [[
        [0.88, 0.08], [0.45, 0], [0.05, 0.25], [0.3, 0.5], [0.8, 0.3], [0.9, 0.05], [0.7, 0.55],
        [0.35, 1],
      ]],
    },
  ],
];

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
