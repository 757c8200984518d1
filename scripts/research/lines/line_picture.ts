import { drawPaths } from "../../../src/data/synthetic/digits.ts";
import * as math from "../../../src/model/math.ts";
import type { Random } from "../../../src/model/random.ts";
import { addSensorNoise, gaussianBlur } from "../hard_set/pictures/blur_and_noise.ts";
import {
  type Bounds,
  compose,
  type Homography,
  mapBounds,
  project,
  rotate,
  scale,
  translate,
} from "../hard_set/pictures/homography.ts";
import { addLightGradient, castShadow } from "../hard_set/pictures/illumination.ts";
import { jpegLoss } from "../hard_set/pictures/jpeg_loss.ts";
import {
  blankPaper,
  type Coverage,
  darkOnLight,
  lightOnDark,
  paint,
  type Photo,
  type RgbaPicture,
  toRgba,
} from "../hard_set/pictures/picture.ts";
import { drawShape } from "../hard_set/pictures/shape.ts";
import type { WrittenLine } from "./written_line.ts";

/** The height of a digit in pixels of a written line. */
const TALL = 20;

/** The height of a digit in the picture, in pixels. */
const LOWEST = 13;

const HIGHEST = 60;

/**
 * Photographs written lines: on plain or printed paper, with rules or cells, in any light.
 *
 * @param lines The lines, from the top.
 * @param random Decides everything else.
 * @returns The picture.
 */
export function linePicture(lines: readonly WrittenLine[], random: Random): RgbaPicture {
  const chance = (probability: number): boolean => random.next() < probability;
  const size = LOWEST * math.pow(HIGHEST / LOWEST, random.next()) / TALL;
  const turn = random.uniform(-5, 5) * (chance(0.6) ? 1 : 0.2);
  let down = 0;
  const rows = lines.map((line) => {
    const row = { line, place: translate(0, down) };
    down += TALL * random.uniform(1.5, 2);
    return row;
  });
  const sheet = compose(rotate(turn), scale(size));
  const all = rows.flatMap(({ line, place }) => boundsOf(line, compose(sheet, place)));
  const margin = (): number => size * TALL * random.uniform(0.1, 0.7);
  const corner = compose(
    translate(
      margin() - Math.min(...all.map(({ left }) => left)),
      margin() - Math.min(...all.map(({ top }) => top)),
    ),
    sheet,
  );
  const placed = rows.flatMap(({ line, place }) => boundsOf(line, compose(corner, place)));
  const width = Math.ceil(Math.max(...placed.map(({ right }) => right)) + margin());
  const height = Math.ceil(Math.max(...placed.map(({ bottom }) => bottom)) + margin());

  const blank = (): Coverage => ({ data: new Float32Array(width * height), width, height });
  const [ink, print] = [blank(), blank()];
  const softness = random.uniform(1, 1.6);
  for (const { line, place } of rows) {
    for (const glyph of line.glyphs) {
      drawShape(glyph.shape, compose(corner, place, glyph.place), ink, softness);
    }
  }
  const rules = rows.flatMap(({ line, place }) =>
    drawRules(line, random).map((path) => mapPath(compose(corner, place), path))
  );
  drawPaths(rules, { radius: size * random.uniform(0.3, 0.8), softness: 1 }, print.data, width);

  const materials = chance(0.75) ? darkOnLight(random) : lightOnDark(random);
  let photo = blankPaper(width, height, materials.paper);
  if (chance(0.25)) addWaves(photo, random.uniform(3, 14), random);
  if (chance(0.2)) addHatching(photo, size, random);
  fade(print, random.uniform(0.3, 1));
  paint(photo, print, materials.ink);
  if (chance(0.3)) fade(ink, random.uniform(0.45, 1));
  paint(photo, ink, materials.ink);
  if (chance(0.2)) addLightGradient(photo, random.uniform(1.2, 3), random);
  if (chance(0.1)) castShadow(photo, random.uniform(0.4, 0.8), random);
  if (chance(0.25)) photo = gaussianBlur(photo, random.uniform(0.3, 0.04 * size * TALL));
  if (chance(0.3)) addSensorNoise(photo, random.uniform(1, 9), random);
  const picture = toRgba(photo);
  return chance(0.3) ? jpegLoss(picture, 40 + random.integer(55)) : picture;
}

function boundsOf({ glyphs }: WrittenLine, map: Homography): Bounds[] {
  return glyphs.map(({ shape, place }) => mapBounds(compose(map, place), shape.bounds));
}

function mapPath(map: Homography, path: readonly number[]): number[] {
  const mapped: number[] = [];
  for (let i = 0; i < path.length; i += 2) mapped.push(...project(map, path[i], path[i + 1]));
  return mapped;
}

function fade({ data }: Coverage, share: number): void {
  for (let i = 0; i < data.length; i++) data[i] *= share;
}

/** The share of the lines without cells that have a rule below or above. */
const RULED = 0.18;

/** The printed lines that belong to a line of digits: cells, a comb, or a rule. Paths are in pixels of the line. */
function drawRules(line: WrittenLine, random: Random): number[][] {
  const bounds = boundsOf(line, translate(0, 0));
  const top = Math.min(...bounds.map(({ top }) => top));
  const bottom = Math.max(...bounds.map(({ bottom }) => bottom));
  const [first, last] = [bounds[0], bounds[bounds.length - 1]];
  if (!line.inCells) {
    if (random.next() >= RULED) return [];
    const y = random.next() < 0.8 ? bottom + random.uniform(-1, 5) : top - random.uniform(1, 5);
    const [left, right] = [first.left - random.uniform(0, 8), last.right + random.uniform(0, 8)];
    return [[left, y, right, y + random.uniform(-1, 1)]];
  }
  const between = bounds.slice(1).map(({ left }, i) => (bounds[i].right + left) / 2);
  const xs = [
    first.left - random.uniform(3, 6),
    ...between,
    last.right + random.uniform(3, 6),
  ];
  const [upper, lower] = [top - random.uniform(1, 5), bottom + random.uniform(0, 5)];
  const isComb = random.next() < 0.4;
  const tick = isComb ? lower - random.uniform(0.2, 0.6) * (lower - upper) : upper;
  const ends = [xs[0], xs[xs.length - 1]];
  const level = (y: number): number[] => [ends[0], y, ends[1], y];
  return [
    ...xs.map((x) => [x, tick, x, lower]),
    level(lower),
    ...isComb ? [] : [level(upper)],
  ];
}

/** Prints fine waves over the whole paper, as on cheques. */
function addWaves({ data, width, height }: Photo, depth: number, random: Random): void {
  const [across, along] = [random.uniform(0.02, 0.5), random.uniform(0.02, 0.5)];
  const [bend, phase, pace] = [
    random.uniform(0, 4),
    random.uniform(0, 6),
    random.uniform(0.02, 0.15),
  ];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      const darker = depth *
        math.sin(across * x + along * y + bend * math.sin(pace * x + phase));
      for (let channel = 0; channel < 3; channel++) data[i + channel] -= darker;
    }
  }
}

/** Prints a patch of short level lines or a grid of dots, which is at one end or behind the digits. */
function addHatching({ data, width, height }: Photo, size: number, random: Random): void {
  const pitch = Math.max(2, size * random.uniform(1.2, 4));
  const left = random.next() < 0.5 ? 0 : random.uniform(0, width);
  const right = left + random.uniform(0.1, 0.6) * width;
  const [dash, gap] = [random.uniform(1, 8) * pitch, random.uniform(0.3, 2) * pitch];
  const depth = random.uniform(10, 60);
  const slope = random.uniform(-0.2, 0.2);
  for (let y = 0; y < height; y++) {
    for (let x = Math.floor(left); x < Math.min(width, right); x++) {
      const row = y + slope * x;
      if (row - pitch * Math.floor(row / pitch) >= 0.35 * pitch) continue;
      const column = x + 0.37 * dash * Math.floor(row / pitch);
      const period = dash + gap;
      if (column - period * Math.floor(column / period) >= dash) continue;
      const i = 3 * (y * width + x);
      for (let channel = 0; channel < 3; channel++) data[i + channel] -= depth;
    }
  }
}
