import type { Colour } from "./light.ts";
import { invert, type Projection } from "./projection.ts";
import type { Coverage, RgbaPicture } from "./rgba_picture.ts";
import { type Bounds, mapBounds, MARGIN, SAMPLES, type Shape, SIDE } from "./shape.ts";
import { drawPaths, strokePath } from "../../../../src/data/synthetic/digits.ts";
import {
  type Point,
  type Skeleton,
  SKELETONS,
  type Stroke,
} from "../../../../src/data/synthetic/skeletons.ts";
import type { Random } from "../../../../src/model/random.ts";

/** With what a digit is drawn on a canvas: a line of one pixel, hard or smoothed, or a thick marker. */
export type Drawing = "one-pixel" | "marker";

/** All of them. */
export const DRAWINGS: readonly Drawing[] = ["one-pixel", "marker"];

/** What a canvas is made of; a transparent one shows through where nothing is drawn. */
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

/** Ways of writing that are rarer than this are easily taken for another digit. */
const RARE = 0.5;

/**
 * Draws a digit on a canvas, as with a mouse.
 *
 * @param digit Which one, 0 to 9.
 * @param drawing With what.
 * @param random Where chance comes from.
 * @returns The canvas in RGBA, not premultiplied.
 */
export function drawDigit(digit: number, drawing: Drawing, random: Random): RgbaPicture {
  const width = Math.round(100 * 6 ** random.next());
  const height = Math.round(Math.min(600, width * random.uniform(0.8, 1.25)));
  const shorter = Math.min(width, height);
  const { strokes, aspect } = pick(SKELETONS[digit], random);
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
  const common = skeletons.filter(({ weight }) => weight >= RARE);
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
 * Draws lines exactly one pixel wide, as a program without smoothing does: in each step one pixel along the longer
 * way, and the nearest one along the shorter (J. Bresenham, 1965).
 *
 * @param paths The lines, in pixels; points are rounded to the middle of a pixel.
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

/** How many pixels around the ink are looked at. */
const AROUND = 2;

/**
 * Draws a shape over what is there; where both are, the darker one shows.
 *
 * @param shape The shape.
 * @param place Where MNIST's pixels come to lie in the picture.
 * @param coverage Receives the ink.
 * @param softness Over how many pixels the ink fades out at the edge.
 */
export function drawShape(
  { depth, bounds }: Shape,
  place: Projection,
  coverage: Coverage,
  softness = 1,
): void {
  const { data, width, height } = coverage;
  const area = mapBounds(place, bounds);
  const left = Math.max(0, Math.floor(area.left - AROUND));
  const right = Math.min(width, Math.ceil(area.right + AROUND));
  const top = Math.max(0, Math.floor(area.top - AROUND));
  const bottom = Math.min(height, Math.ceil(area.bottom + AROUND));
  const size = Math.sqrt(
    (area.right - area.left) * (area.bottom - area.top) /
      ((bounds.right - bounds.left) * (bounds.bottom - bounds.top)),
  );
  // Small pictures are sampled several times a pixel, or strokes thinner than one would be lost.
  const parts = size < 1 ? 4 : size < 3 ? 2 : 1;
  const gain = size * parts / softness;
  const [a, b, c, d, e, f, g, h, i] = invert(place);
  const limit = SIDE - 1.001;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      let sum = 0;
      for (let part = 0; part < parts * parts; part++) {
        const px = x + (part % parts + 0.5) / parts;
        const py = y + (Math.floor(part / parts) + 0.5) / parts;
        const w = 1 / (g * px + h * py + i);
        const u = ((a * px + b * py + c) * w + MARGIN) * SAMPLES - 0.5;
        const v = ((d * px + e * py + f) * w + MARGIN) * SAMPLES - 0.5;
        if (u < 0 || v < 0 || u > limit || v > limit) continue;
        const column = u | 0;
        const row = v | 0;
        const shareX = u - column;
        const shareY = v - row;
        const at = row * SIDE + column;
        const upper = depth[at] + shareX * (depth[at + 1] - depth[at]);
        const lower = depth[at + SIDE] + shareX * (depth[at + SIDE + 1] - depth[at + SIDE]);
        const here = (upper + shareY * (lower - upper)) * gain + 0.5;
        sum += here > 1 ? 1 : here > 0 ? here : 0;
      }
      const ink = sum / (parts * parts);
      const at = y * width + x;
      if (ink > data[at]) data[at] = ink;
    }
  }
}

/**
 * What a canvas is told of a line that a mouse draws: whole pixels, every few pixels, by a hand that trembles a little.
 *
 * @param path The line, in pixels.
 * @param random Where chance comes from.
 * @returns The line as it is drawn.
 */
export function mousePath(path: Path, random: Random): Path {
  const step = random.uniform(1.5, 8);
  const tremble = random.uniform(0, 0.5);
  const told: Path = [];
  let [lastX, lastY] = [-Infinity, -Infinity];
  for (let i = 0; i < path.length; i += 2) {
    const isEnd = i === 0 || i + 2 >= path.length;
    if (!isEnd && Math.hypot(path[i] - lastX, path[i + 1] - lastY) < step) continue;
    [lastX, lastY] = [path[i], path[i + 1]];
    // The middle of a pixel.
    told.push(
      Math.round(lastX + tremble * random.normal()) + 0.5,
      Math.round(lastY + tremble * random.normal()) + 0.5,
    );
  }
  return told;
}

/** A line of straight pieces: x and y in turn. */
export type Path = number[];

/**
 * Writes strokes as a hand would: every point a little off, the whole slanted, turned and stretched.
 *
 * @param strokes What is written, in about [0, 1] × [0, 1].
 * @param aspect Its usual width, as a share of its height.
 * @param random Where chance comes from.
 * @returns One path for each stroke, about 1 tall.
 */
export function writeStrokes(
  strokes: readonly Stroke[],
  aspect: number,
  random: Random,
): Path[] {
  const wobble = random.uniform(0.005, 0.03);
  const width = aspect * Math.exp(0.15 * random.normal());
  const slant = 0.08 + 0.14 * random.normal();
  const angle = 0.05 * random.normal();
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
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

/**
 * The rectangle around paths.
 *
 * @param paths The paths.
 * @returns The rectangle.
 */
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
 * Brings paths to a size and a place.
 *
 * @param paths The paths.
 * @param length How long the longer side of the rectangle around them becomes.
 * @param left Where the left side of that rectangle comes to lie.
 * @param top Where its upper side does.
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
