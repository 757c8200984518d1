import { drawPaths, strokePath } from "../../../../src/data/synthetic/digits.ts";
import type { Point } from "../../../../src/data/synthetic/skeletons.ts";
import * as math from "../../../../src/model/math.ts";
import type { Random } from "../../../../src/model/random.ts";
import { addSensorNoise, gaussianBlur } from "./blur_and_noise.ts";
import { fitPaths, type Path, pathBounds, writeStrokes } from "./drawing.ts";
import { type Glyph, LETTERS, SYMBOLS } from "./glyphs.ts";
import { addLightGradient } from "./illumination.ts";
import { emptyPage, type EmptyPageKind } from "./page/empty_page.ts";
import {
  blankPaper,
  colouredMaterials,
  darkOnLight,
  lightOnDark,
  paint,
  type Photo,
  type RgbaPicture,
  toRgba,
} from "./picture.ts";

/** A kind of picture without a digit; `static` is noise. */
type NoDigitKind = "letters" | "symbols" | "scribbles" | "static" | "blank" | EmptyPageKind;

/** All kinds, in the order in which they are measured. */
export const NO_DIGIT_KINDS: readonly NoDigitKind[] = [
  "letters",
  "symbols",
  "scribbles",
  "static",
  "blank",
  "cells",
  "punctuation",
  "text",
];

/** Makes an opaque picture without a digit. */
export function noDigitPicture(kind: NoDigitKind, random: Random): RgbaPicture {
  switch (kind) {
    case "letters":
      return glyphPicture(LETTERS, random);
    case "symbols":
      return glyphPicture(SYMBOLS, random);
    case "scribbles":
      return strokesPicture(scribble(random), random);
    case "static":
      return staticPicture(random);
    case "blank":
      return blankPicture(random);
    case "cells":
    case "punctuation":
    case "text":
      return emptyPage(kind, random);
  }
}

function glyphPicture(glyphs: readonly Glyph[], random: Random): RgbaPicture {
  const { strokes, aspect } = glyphs[random.integer(glyphs.length)];
  return strokesPicture(writeStrokes(strokes, aspect, random), random);
}

/** Empty paper: even, with sensor noise, in uneven light, or with vignetting. */
function blankPicture(random: Random): RgbaPicture {
  const width = Math.round(random.uniform(28, 300));
  const height = Math.round(width * random.uniform(0.75, 1.33));
  const materials = [
    darkOnLight(random),
    lightOnDark(random),
    colouredMaterials(0, random),
  ];
  const photo = blankPaper(width, height, materials[random.integer(3)].paper);
  const kind = random.integer(4);
  if (kind === 2) addLightGradient(photo, random.uniform(1.1, 2.5), random);
  if (kind === 3) addVignette(photo, random.uniform(0.4, 0.9));
  if (kind === 1 || (kind > 1 && random.next() < 0.5)) {
    addSensorNoise(photo, random.uniform(1, 12), random);
  }
  return toRgba(photo);
}

/** Applies vignetting in place; `left` is the illumination left in the corners. */
function addVignette({ data, width, height }: Photo, left: number): void {
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / 3);
    const x = 2 * (pixel % width + 0.5) / width - 1;
    const y = 2 * (Math.floor(pixel / width) + 0.5) / height - 1;
    data[i] *= 1 - (1 - left) * math.square((x * x + y * y) / 2);
  }
}

/** Draws the value of one pixel, nominally 0 to 255. */
type Source = (random: Random) => number;

/** Noise alone: uniform, Gaussian, salt-and-pepper, or low-pass filtered; grey or in colour. */
function staticPicture(random: Random): RgbaPicture {
  const side = random.next() < 0.4 ? 28 : Math.round(random.uniform(28, 240));
  const kind = random.integer(4);
  const middle = random.uniform(60, 200);
  const spread = random.uniform(15, 70);
  const density = random.uniform(0.02, 0.5);
  const sources: readonly Source[] = [
    () => random.uniform(0, 255),
    () => middle + spread * random.normal(),
    () => random.next() < density ? 255 * random.integer(2) : middle,
    () => random.uniform(0, 255),
  ];
  const isGrey = random.next() < 0.6;
  const data = new Float32Array(3 * side * side);
  for (let i = 0; i < data.length; i++) {
    data[i] = isGrey && i % 3 > 0 ? data[i - 1] : sources[kind](random);
  }
  const photo = { data, width: side, height: side };
  return toRgba(
    kind === 3 ? stretch(gaussianBlur(photo, side * random.uniform(0.04, 0.15))) : photo,
  );
}

/** Stretches the values linearly to 0 to 255. */
function stretch(photo: Photo): Photo {
  const { data } = photo;
  let [least, most] = [Infinity, -Infinity];
  for (const value of data) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return { ...photo, data: data.map((value) => 255 * (value - least) / (most - least)) };
}

/** Two to five smooth strokes through random points, which cross each other. */
function scribble(random: Random): Path[] {
  return Array.from({ length: 2 + random.integer(4) }, () => {
    const points = Array.from(
      { length: 5 + random.integer(8) },
      (): Point => [random.next(), random.next()],
    );
    return strokePath(points);
  });
}

/** Draws strokes of any size with a pen on paper, or with chalk on a board. */
export function strokesPicture(written: readonly Path[], random: Random): RgbaPicture {
  const width = Math.round(random.uniform(60, 260));
  const height = Math.round(width * random.uniform(0.85, 1.2));
  const length = Math.min(width, height) * random.uniform(0.45, 0.8);
  const thickness = length * random.uniform(0.05, 0.13);
  const { right, bottom } = pathBounds(fitPaths(written, length, 0, 0));
  const room = thickness / 2 + 1;
  const paths = fitPaths(
    written,
    length,
    random.uniform(room, width - right - room),
    random.uniform(room, height - bottom - room),
  );
  const ink = { data: new Float32Array(width * height), width, height };
  drawPaths(paths, { radius: thickness / 2, softness: 1.2 }, ink.data, width);
  const materials = random.next() < 0.6 ? darkOnLight(random) : lightOnDark(random);
  const photo = blankPaper(width, height, materials.paper);
  paint(photo, ink, materials.ink);
  return toRgba(photo);
}
