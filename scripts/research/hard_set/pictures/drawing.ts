import { drawPaths, strokePath } from "../../../../src/data/synthetic/digits.ts";
import {
  type Point,
  type Skeleton,
  SKELETONS,
  type Stroke,
} from "../../../../src/data/synthetic/skeletons.ts";
import * as math from "../../../../src/model/math.ts";
import type { Random } from "../../../../src/model/random.ts";
import type { Bounds } from "./homography.ts";
import type { Colour, RgbaPicture } from "./picture.ts";

/** The pen of a drawing on a canvas: a line of one pixel, aliased or not, or a marker of 8 to 14 % of the digit. */
export type Drawing = "one-pixel" | "marker";

/** All pens. */
export const DRAWINGS: readonly Drawing[] = ["one-pixel", "marker"];

/** The colours of a canvas; without a ground it is transparent where nothing is drawn. */
interface Canvas {
  readonly ground: Colour | undefined;
  readonly ink: Colour;
}

const BLACK: Colour = [0, 0, 0];

const WHITE: Colour = [255, 255, 255];

const CANVASES: readonly Canvas[] = [
  { ground: WHITE, ink: BLACK },
  { ground: BLACK, ink: WHITE },
  { ground: undefined, ink: BLACK },
  { ground: undefined, ink: WHITE },
  { ground: WHITE, ink: [30, 80, 200] },
  { ground: undefined, ink: [200, 30, 30] },
];

/** The least weight of a skeleton that is drawn: rarer ways of writing are easily taken for another digit. */
const MIN_WEIGHT = 0.5;

/** Draws a digit, 0 to 9, as with a mouse on a canvas of 100 to 600 pixels, which may be transparent. */
export function drawDigit(digit: number, drawing: Drawing, random: Random): RgbaPicture {
  const width = Math.round(100 * math.pow(6, random.next()));
  const height = Math.round(Math.min(600, width * random.uniform(0.8, 1.25)));
  return drawSkeleton(pick(SKELETONS[digit], random), drawing, { width, height }, random);
}

/** Draws a digit by its skeleton as with a mouse on a canvas of a size, which may be transparent. */
export function drawSkeleton(
  { strokes, aspect }: Pick<Skeleton, "strokes" | "aspect">,
  drawing: Drawing,
  { width, height }: { readonly width: number; readonly height: number },
  random: Random,
): RgbaPicture {
  const shorter = Math.min(width, height);
  const written = writeStrokes(strokes, aspect, random);

  const length = shorter * random.uniform(0.4, 0.8);
  const thickness = drawing === "marker" ? length * random.uniform(0.08, 0.14) : 1;
  const { left, top, right, bottom } = pathBounds(fitPaths(written, length, 0, 0));
  const room = thickness / 2 + 2;
  const paths = fitPaths(
    written,
    length,
    random.uniform(room, width - (right - left) - room),
    random.uniform(room, height - (bottom - top) - room),
  ).map((path) => mousePath(path, random));

  const ink = new Float32Array(width * height);
  const isHard = drawing === "one-pixel" && random.next() < 0.5;
  if (isHard) drawPixelLines(paths, ink, width);
  else drawPaths(paths, { radius: thickness / 2, softness: 1 }, ink, width);
  return onCanvas(ink, width, height, CANVASES[random.integer(CANVASES.length)]);
}

function pick(skeletons: readonly Skeleton[], random: Random): Skeleton {
  const common = skeletons.filter(({ weight }) => weight >= MIN_WEIGHT);
  const total = common.reduce((sum, { weight }) => sum + weight, 0);
  let at = random.uniform(0, total);
  return common.find(({ weight }) => (at -= weight) < 0) ?? common[0];
}

function onCanvas(
  ink: Float32Array,
  width: number,
  height: number,
  { ground, ink: colour }: Canvas,
): RgbaPicture {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0, at = 0; i < ink.length; i++, at += 4) {
    const share = ink[i];
    if (ground === undefined) {
      if (share === 0) continue;
      data.set(colour, at);
      data[at + 3] = 255 * share;
      continue;
    }
    for (let c = 0; c < 3; c++) data[at + c] = ground[c] + share * (colour[c] - ground[c]);
    data[at + 3] = 255;
  }
  return { data, width, height };
}

/**
 * Rasterizes lines of one pixel without antialiasing: the pixels of J. Bresenham's algorithm (1965).
 *
 * @param paths The lines, in pixels; each point lies in the pixel of its whole part.
 * @param canvas Receives 1 where a line is, row by row.
 * @param width Columns of the canvas.
 */
export function drawPixelLines(
  paths: readonly Path[],
  canvas: Float32Array,
  width: number,
): void {
  const height = canvas.length / width;
  for (const path of paths) {
    for (let i = 0; i + 3 < path.length; i += 2) {
      const [x0, y0, x1, y1] = path.slice(i, i + 4).map(Math.floor);
      const steps = Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0), 1);
      for (let step = 0; step <= steps; step++) {
        const x = Math.round(x0 + (x1 - x0) * step / steps);
        const y = Math.round(y0 + (y1 - y0) * step / steps);
        if (x >= 0 && y >= 0 && x < width && y < height) canvas[y * width + x] = 1;
      }
    }
  }
}

/** Samples a line as pointer events do: every few pixels, at whole pixels, with the tremor of a hand. */
export function mousePath(path: Path, random: Random): Path {
  const step = random.uniform(1.5, 8);
  const tremor = random.uniform(0, 0.5);
  const sampled: Path = [];
  let [lastX, lastY] = [-Infinity, -Infinity];
  for (let i = 0; i < path.length; i += 2) {
    const isEnd = i === 0 || i + 2 >= path.length;
    if (!isEnd && math.hypot(path[i] - lastX, path[i + 1] - lastY) < step) continue;
    [lastX, lastY] = [path[i], path[i + 1]];
    // Pixel centres.
    sampled.push(
      Math.round(lastX + tremor * random.normal()) + 0.5,
      Math.round(lastY + tremor * random.normal()) + 0.5,
    );
  }
  return sampled;
}

/** A polyline: x and y of each point in turn. */
export type Path = number[];

/**
 * Writes strokes by hand: with jitter of each point, and random slant, rotation and aspect ratio.
 *
 * @param strokes Control points in about [0, 1] × [0, 1].
 * @param aspect The usual width as a share of the height.
 * @returns A path for each stroke, about 1 tall.
 */
export function writeStrokes(
  strokes: readonly Stroke[],
  aspect: number,
  random: Random,
): Path[] {
  const wobble = random.uniform(0.005, 0.03);
  const width = aspect * math.exp(0.15 * random.normal());
  const slant = 0.08 + 0.14 * random.normal();
  const angle = 0.05 * random.normal();
  const [cos, sin] = [math.cos(angle), math.sin(angle)];
  const place = ([px, py]: Point): Point => {
    const y = py - 0.5 + wobble * random.normal();
    const x = (px - 0.5) * width + wobble * random.normal() - slant * y;
    return [cos * x - sin * y, sin * x + cos * y];
  };
  return strokes.map((stroke) => {
    const placed: Point[] = [];
    stroke.forEach(([x, y], i) => {
      const isCorner = i > 0 && stroke[i - 1][0] === x && stroke[i - 1][1] === y;
      placed.push(isCorner ? placed[i - 1] : place([x, y]));
    });
    return strokePath(placed);
  });
}

/** The bounding box of paths. */
export function pathBounds(paths: readonly Path[]): Bounds {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const path of paths) {
    for (let i = 0; i < path.length; i += 2) {
      left = Math.min(left, path[i]);
      right = Math.max(right, path[i]);
      top = Math.min(top, path[i + 1]);
      bottom = Math.max(bottom, path[i + 1]);
    }
  }
  return { left, top, right, bottom };
}

/**
 * Scales and translates paths.
 *
 * @param length The longer side of their bounding box afterwards.
 * @param left The left side of that box.
 * @param top Its upper side.
 * @returns New paths.
 */
export function fitPaths(
  paths: readonly Path[],
  length: number,
  left: number,
  top: number,
): Path[] {
  const bounds = pathBounds(paths);
  const size = length / Math.max(bounds.right - bounds.left, bounds.bottom - bounds.top);
  return paths.map((path) =>
    path.map((value, i) =>
      i % 2 === 0 ? left + size * (value - bounds.left) : top + size * (value - bounds.top)
    )
  );
}
