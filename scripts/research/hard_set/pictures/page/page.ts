import * as math from "../../../../../src/model/math.ts";
import { drawPaths } from "../../../../../src/data/synthetic/digits.ts";
import type { Random } from "../../../../../src/model/random.ts";
import { addSensorNoise, gaussianBlur } from "../blur_and_noise.ts";
import type { Path } from "../drawing.ts";
import { type Bounds, compose, project, rotate, scale, translate } from "../homography.ts";
import { addLightGradient } from "../illumination.ts";
import { jpegLoss } from "../jpeg_loss.ts";
import {
  blankPaper,
  type Colour,
  colouredMaterials,
  type Coverage,
  darkOnLight,
  lightOnDark,
  type Materials,
  paint,
  type RgbaPicture,
  toRgba,
} from "../picture.ts";
import {
  digitShape,
  drawShape,
  SAMPLES,
  type Shape,
  SIDE,
  thickenShape,
  thinShape,
} from "../shape.ts";

/** A line on a page. Lengths are in heights of the digit, whose bounding box reaches from (0, 0) to (width, 1). */
export interface Line {
  readonly path: Path;
  readonly thickness: number;
}

/** What is on a page around a digit. Lengths are in heights of the digit. */
export interface Surroundings {
  /** Lines in the colour of the ink. */
  readonly drawn: readonly Line[];
  /** Lines in the colour of the print. */
  readonly printed: readonly Line[];
  /** Darkness of the print: 0 is as the paper, 1 as the ink. */
  readonly strength: number;
  /** The part of the page that the picture shows, before the page is turned. */
  readonly view: Bounds;
}

/** A digit as it is written. */
export interface Writing {
  readonly shape: Shape;
  readonly label: number;
  /** Its width, and the width of its strokes, in heights of the digit. */
  readonly width: number;
  readonly stroke: number;
}

/** Writes a digit of MNIST with its own stroke width, or with a thinner or thicker pen. */
export function writeDigit(pixels: Uint8Array, label: number, random: Random): Writing {
  const pen = random.next();
  let shape = digitShape(pixels);
  if (pen < 0.25) shape = thinShape(shape, random.uniform(0.5, 0.9));
  else if (pen < 0.5) shape = thickenShape(shape, random.uniform(0.2, 0.8));
  const { left, top, right, bottom } = shape.bounds;
  const height = bottom - top;
  return { shape, label, width: (right - left) / height, stroke: strokeWidth(shape) / height };
}

/** The mean stroke width in pixels of MNIST: twice the area of the ink for each length of its outline. */
function strokeWidth({ depth }: Shape): number {
  let [area, steps] = [0, 1];
  for (let i = SIDE; i < depth.length; i++) {
    const isInk = depth[i] > 0;
    if (isInk) area++;
    if (isInk !== depth[i - 1] > 0) steps++;
    if (isInk !== depth[i - SIDE] > 0) steps++;
  }
  // An outline in all directions has 4/π times its length in steps along the axes.
  return 2 * area / (steps * Math.PI / 4) / SAMPLES;
}

/** Largest side of a page, in pixels. */
const MAX_SIDE = 640;

/** Thinnest line, in pixels. */
const MIN_LINE = 0.9;

/**
 * Draws a page of any size, pen and paper, as scanned, photographed or drawn on a screen.
 *
 * @param shape The digit, where there is one.
 */
export function drawPage(
  shape: Shape | undefined,
  { drawn, printed, strength, view }: Surroundings,
  random: Random,
): RgbaPicture {
  const longest = Math.max(view.right - view.left, view.bottom - view.top);
  const tall = Math.min(24 * math.pow(7.5, random.next()), MAX_SIDE / longest);
  const width = Math.ceil(tall * (view.right - view.left));
  const height = Math.ceil(tall * (view.bottom - view.top));
  const angle = random.next() < 0.5 ? 0 : random.uniform(-3, 3);
  const sheet = compose(
    translate(tall * (0.5 - view.left), tall * (0.5 - view.top)),
    rotate(angle),
    scale(tall),
    translate(-0.5, -0.5),
  );
  const softness = random.uniform(1, 1.5);
  const draw = (lines: readonly Line[], coverage: Coverage): void => {
    for (const { path, thickness } of lines) {
      const seen: Path = [];
      for (let i = 0; i < path.length; i += 2) seen.push(...project(sheet, path[i], path[i + 1]));
      const radius = Math.max(MIN_LINE, thickness * tall) / 2;
      drawPaths([seen], { radius, softness }, coverage.data, width);
    }
  };
  const blank = (): Coverage => ({ data: new Float32Array(width * height), width, height });

  const materials = pickMaterials(random);
  const photo = blankPaper(width, height, materials.paper);
  if (printed.length > 0) {
    const print = blank();
    draw(printed, print);
    paint(photo, print, printColour(materials, strength, random));
  }
  const ink = blank();
  draw(drawn, ink);
  if (shape !== undefined) {
    const { left, top, bottom } = shape.bounds;
    const size = scale(1 / (bottom - top));
    drawShape(shape, compose(sheet, size, translate(-left, -top)), ink, softness);
  }
  paint(photo, ink, materials.ink);

  if (random.next() < 0.2) addLightGradient(photo, random.uniform(1.1, 1.6), random);
  const seen = random.next() < 0.2
    ? gaussianBlur(photo, Math.max(0.4, random.uniform(0.004, 0.012) * tall))
    : photo;
  if (random.next() < 0.3) addSensorNoise(seen, random.uniform(2, 12), random);
  const picture = toRgba(seen);
  return random.next() < 0.3 ? jpegLoss(picture, Math.round(random.uniform(45, 95))) : picture;
}

/** Inks of pens, and the papers that they are used on. */
function pickMaterials(random: Random): Materials {
  const kind = random.next();
  if (kind < 0.55) return darkOnLight(random);
  if (kind < 0.7) {
    return { ink: [25, 45, random.uniform(110, 190)], paper: darkOnLight(random).paper };
  }
  return kind < 0.85 ? lightOnDark(random) : colouredMaterials(90, random);
}

/** The tints of print: neutral, blue, red and green, added at its full strength. */
const TINTS: readonly Colour[] = [[0, 0, 0], [-10, 25, 90], [90, 10, 0], [-10, 60, 10]];

function printColour({ ink, paper }: Materials, strength: number, random: Random): Colour {
  const tint = TINTS[random.integer(TINTS.length)];
  // Print as dark as the ink has its colour, too.
  const tinted = strength * Math.min(1, 2 - 2 * strength);
  const channel = (c: 0 | 1 | 2): number =>
    paper[c] + strength * (ink[c] - paper[c]) + tinted * tint[c];
  return [channel(0), channel(1), channel(2)];
}
