import { drawPaths } from "../../src/data/pen.ts";
import { type Skeleton, SKELETONS } from "../../src/data/skeletons.ts";
import type { Random } from "../../src/model/random.ts";
import { drawPixelLines } from "./draw_line.ts";
import { fitPaths, pathBounds, writeStrokes } from "./hand.ts";
import type { Colour } from "./materials.ts";
import { mousePath } from "./mouse_path.ts";
import type { RgbaPicture } from "./rgba_picture.ts";

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
