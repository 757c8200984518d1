import { addSensorNoise, blurGauss } from "./damage.ts";
import { type Path, writeStrokes } from "./drawing.ts";
import { type Glyph, LETTERS, SYMBOLS } from "./glyphs.ts";
import {
  colouredMaterials,
  darkMaterials,
  lightUnevenly,
  paperOf,
  plainMaterials,
} from "./light.ts";
import { type Photo, type RgbaPicture, toRgba } from "./rgba_picture.ts";
import { strokesPicture } from "./strings.ts";
import { strokePath } from "../../../../src/data/synthetic/digits.ts";
import type { Point } from "../../../../src/data/synthetic/skeletons.ts";
import type { Random } from "../../../../src/model/random.ts";

/** Pictures in which there is no digit. */
type NoDigitKind = "letters" | "symbols" | "scribbles" | "static" | "blank";

/** All of them. */
export const NO_DIGIT_KINDS: readonly NoDigitKind[] = [
  "letters",
  "symbols",
  "scribbles",
  "static",
  "blank",
];

/**
 * Makes a picture in which there is no digit.
 *
 * @param kind What there is instead: `static` is noise.
 * @param random Where chance comes from.
 * @returns The picture.
 */
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
  }
}

function glyphPicture(glyphs: readonly Glyph[], random: Random): RgbaPicture {
  const { strokes, aspect } = glyphs[random.integer(glyphs.length)];
  return strokesPicture(writeStrokes(strokes, aspect, random), random);
}

/**
 * A sheet with nothing on it: plain, with grain, in uneven light, or dark towards the corners.
 *
 * @param random Where chance comes from.
 * @returns The picture.
 */
function blankPicture(random: Random): RgbaPicture {
  const width = Math.round(random.uniform(28, 300));
  const height = Math.round(width * random.uniform(0.75, 1.33));
  const materials = [
    plainMaterials(random),
    darkMaterials(random),
    colouredMaterials(0, random),
  ];
  const photo = paperOf(width, height, materials[random.integer(3)].paper);
  const kind = random.integer(4);
  if (kind === 2) lightUnevenly(photo, random.uniform(1.1, 2.5), random);
  if (kind === 3) darkenCorners(photo, random.uniform(0.4, 0.9));
  if (kind === 1 || (kind > 1 && random.next() < 0.5)) {
    addSensorNoise(photo, random.uniform(1, 12), random);
  }
  return toRgba(photo);
}

/** A lens gives the corners less light. */
function darkenCorners({ data, width, height }: Photo, left: number): void {
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / 3);
    const x = 2 * (pixel % width + 0.5) / width - 1;
    const y = 2 * (Math.floor(pixel / width) + 0.5) / height - 1;
    data[i] *= 1 - (1 - left) * ((x * x + y * y) / 2) ** 2;
  }
}

/** Columns and rows. */
const SIDE = 28;

/**
 * Draws something solid, light on black, that fills its picture: one to five round or straight-edged shapes, often
 * mirrored, with shades, stripes or grain on them. Clothing, bottles and stones look like that, digits do not.
 *
 * @param random Where chance comes from.
 * @returns 28×28 bytes.
 */
export function solidPicture(random: Random): Uint8Array<ArrayBuffer> {
  const pixels = new Float32Array(SIDE * SIDE);
  const isMirrored = random.next() < 0.6;
  const count = 1 + random.integer(5);
  for (let shape = 0; shape < count; shape++) {
    const isFirst = shape === 0;
    const inside = shapeOf(random, isFirst);
    const shade = random.uniform(0.35, 1);
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const isIn = inside(x, y) || (isMirrored && inside(SIDE - 1 - x, y));
        if (isIn) pixels[y * SIDE + x] = shade;
      }
    }
  }
  texture(pixels, random);
  return Uint8Array.from(pixels, (value) => Math.round(255 * Math.min(1, Math.max(0, value))));
}

/** Whether a place lies in a shape: an ellipse, or a bar that is wider at one end and may lean. */
function shapeOf(random: Random, isLarge: boolean): (x: number, y: number) => boolean {
  const middleX = isLarge ? random.uniform(11, 17) : random.uniform(4, 24);
  const middleY = isLarge ? random.uniform(11, 17) : random.uniform(4, 24);
  const width = isLarge ? random.uniform(5, 13) : random.uniform(1.5, 7);
  const height = isLarge ? random.uniform(6, 14) : random.uniform(2, 12);
  const lean = random.uniform(-0.5, 0.5);
  if (random.next() < 0.35) {
    return (x, y) => {
      const [u, v] = [(x - middleX - lean * (y - middleY)) / width, (y - middleY) / height];
      return u * u + v * v < 1;
    };
  }
  const taper = random.uniform(-0.6, 0.6);
  return (x, y) => {
    const v = (y - middleY) / height;
    return Math.abs(v) < 1 &&
      Math.abs(x - middleX - lean * (y - middleY)) < width * (1 + taper * v) / 1.3;
  };
}

/** Shades from one side to the other, stripes, and grain, each of them at times. */
function texture(pixels: Float32Array, random: Random): void {
  const [across, down] = [random.uniform(-0.02, 0.02), random.uniform(-0.02, 0.02)];
  const stripes = random.next() < 0.4 ? random.uniform(0.1, 0.6) : 0;
  const [stripeX, stripeY] = random.next() < 0.5 ? [random.uniform(0.5, 2), 0] : [
    0,
    random.uniform(0.5, 2),
  ];
  const grain = random.uniform(0, 0.18);
  for (let i = 0; i < pixels.length; i++) {
    if (pixels[i] === 0) continue;
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    const wave = 1 - stripes * (0.5 + 0.5 * Math.sin(stripeX * x + stripeY * y));
    const light = 1 + across * (x - SIDE / 2) + down * (y - SIDE / 2);
    pixels[i] *= wave * light * (1 + grain * random.normal());
  }
}

/** What gives the value of one pixel, 0 to 255. */
type Source = (random: Random) => number;

/**
 * Noise and nothing else: even, normal, salt and pepper, or soft clouds; grey or in colour, from 28 pixels on.
 *
 * @param random Where chance comes from.
 * @returns The picture.
 */
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
  return toRgba(kind === 3 ? stretch(blurGauss(photo, side * random.uniform(0.04, 0.15))) : photo);
}

/** Spreads the values over the whole scale. */
function stretch(photo: Photo): Photo {
  const { data } = photo;
  let [least, most] = [Infinity, -Infinity];
  for (const value of data) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return { ...photo, data: data.map((value) => 255 * (value - least) / (most - least)) };
}

/**
 * Scribbles: strokes that wander and cross until nothing can be read in them.
 *
 * @param random Where chance comes from.
 * @returns Two to five strokes.
 */
function scribble(random: Random): Path[] {
  return Array.from({ length: 2 + random.integer(4) }, () => {
    const points = Array.from(
      { length: 5 + random.integer(8) },
      (): Point => [random.next(), random.next()],
    );
    return strokePath(points);
  });
}

/** Whether a place lies in a shape: across and down, each −1 to 1. */
type Silhouette = (x: number, y: number) => boolean;

/**
 * Makes up the outline of a thing: something turned on a lathe, which may have arms, legs, straps and a neck; something
 * that stands on the ground; a heap of round shapes; bands that are tied together; or all there is to see.
 *
 * @param random Where chance comes from.
 * @returns The outline.
 */
export function silhouette(random: Random): Silhouette {
  const chance = random.next();
  const shape = chance < 0.5
    ? body(random)
    : chance < 0.7
    ? standing(random)
    : chance < 0.85
    ? heap(random)
    : chance < 0.95
    ? bands(random)
    : () => true;
  if (random.next() < 0.6) return shape;
  const angle = random.uniform(-0.35, 0.35);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return (x, y) => shape(1.1 * (cos * x - sin * y), 1.1 * (sin * x + cos * y));
}

/** A line through random heights at equal distances, from −1 to 1. */
function profile(random: Random, low: number, high: number): (at: number) => number {
  const knots = Array.from({ length: 2 + random.integer(5) }, () => random.uniform(low, high));
  return (at) => {
    const place = Math.min(0.999, Math.max(0, (at + 1) / 2)) * (knots.length - 1);
    const knot = Math.floor(place);
    return knots[knot] + (place - knot) * (knots[knot + 1] - knots[knot]);
  };
}

/** The same on both sides of a line from above to below. */
function body(random: Random): Silhouette {
  const widest = random.uniform(0.35, 1);
  const half = profile(random, random.uniform(0.3, 0.8) * widest, widest);
  const parts: Silhouette[] = [];
  const holes: Silhouette[] = [];
  let [top, bottom] = [-1, 1];
  if (random.next() < 0.4) {
    // Arms hang down from the shoulders, or stand off.
    const shoulder = random.uniform(-1, -0.5);
    const reach = random.uniform(0.5, 1.3);
    const length = random.uniform(0.3, 1.9);
    const thick = random.uniform(0.12, 0.3);
    parts.push((x, y) => {
      const along = (y - shoulder) / length;
      return along > 0 && along < 1 &&
        Math.abs(Math.abs(x) - (0.5 * widest + (reach - 0.5 * widest) * along)) < thick;
    });
  }
  if (random.next() < 0.3) {
    const crotch = random.uniform(-0.7, 0.7);
    const gap = random.uniform(0.05, 0.35);
    holes.push((x, y) => y > crotch && Math.abs(x) < gap * (y - crotch) / (1 - crotch));
  }
  if (random.next() < 0.35) {
    top = random.uniform(-0.7, 0);
    const [across, thick] = [random.uniform(0.2, 0.8) * widest, random.uniform(0.05, 0.16)];
    const isRound = random.next() < 0.6;
    parts.push((x, y) => {
      if (y > top) return false;
      if (!isRound) return Math.abs(Math.abs(x) - across) < thick;
      const distance = Math.hypot(x / across, (y - top) / (top + 1));
      return distance < 1 && distance > 1 - 2 * thick / across;
    });
  } else if (random.next() < 0.4) {
    const [across, deep] = [random.uniform(0.1, 0.5) * widest, random.uniform(0.1, 0.6)];
    holes.push((x, y) => Math.hypot(x / across, (y + 1) / deep) < 1);
  }
  if (random.next() < 0.2) bottom = random.uniform(0.5, 1);
  return (x, y) =>
    (y >= top && y <= bottom && Math.abs(x) < half(y) && !holes.some((hole) => hole(x, y))) ||
    parts.some((part) => part(x, y));
}

/** Something low or high with a flat or hollow base. */
function standing(random: Random): Silhouette {
  const top = profile(random, -1, random.uniform(-0.2, 0.7));
  const hollow = random.next() < 0.4 ? random.uniform(0.1, 0.6) : 0;
  const hollowAt = random.uniform(-0.4, 0.6);
  const hollowWidth = random.uniform(0.2, 0.6);
  const base = random.uniform(0.75, 1);
  const opening = random.next() < 0.3 ? random.uniform(0.15, 0.4) : 0;
  const openingAt = [random.uniform(-0.6, 0.6), random.uniform(-0.2, 0.5)];
  const side = random.next() < 0.5 ? 1 : -1;
  return (along, y) => {
    const x = side * along;
    if (y < top(x) || y > base) return false;
    const under = 1 - ((x - hollowAt) / hollowWidth) ** 2;
    if (under > 0 && y > base - hollow * Math.sqrt(under)) return false;
    return Math.hypot(x - openingAt[0], y - openingAt[1]) >= opening;
  };
}

/** One to four ellipses that lie on each other. */
function heap(random: Random): Silhouette {
  const ellipses = Array.from({ length: 1 + random.integer(4) }, (_, n) => {
    const isFirst = n === 0;
    const [x, y] = isFirst ? [0, 0] : [random.uniform(-0.6, 0.6), random.uniform(-0.7, 0.7)];
    const [width, height] = isFirst
      ? [random.uniform(0.4, 1), random.uniform(0.6, 1)]
      : [random.uniform(0.2, 0.6), random.uniform(0.2, 0.6)];
    return { x, y, width, height, corners: random.next() < 0.3 ? 4 : 2 };
  });
  return (x, y) =>
    ellipses.some((one) =>
      Math.abs((x - one.x) / one.width) ** one.corners +
          Math.abs((y - one.y) / one.height) ** one.corners < 1
    );
}

/** A sole and straps over it, or bars beside each other on a common bar. */
function bands(random: Random): Silhouette {
  const thick = random.uniform(0.1, 0.3);
  const lean = random.uniform(-0.6, 0.6);
  const count = 2 + random.integer(4);
  const bars = Array.from({ length: count }, (_, n) => {
    const at = -1 + 2 * (n + random.uniform(0.2, 0.8)) / count;
    return { at, lean: random.uniform(-0.5, 0.5), width: random.uniform(0.08, 0.25) };
  });
  const top = profile(random, -1, 0.3);
  const base = (x: number): number => 0.8 + lean * 0.5 * (x - 1);
  const isUpright = random.next() < 0.3;
  return (a, b) => {
    const [x, y] = isUpright ? [b, a] : [a, b];
    const ground = base(x);
    if (Math.abs(y - ground) < thick) return true;
    if (y > ground || y < top(x)) return false;
    return bars.some((bar) => Math.abs(x - bar.at - bar.lean * (y - ground)) < bar.width);
  };
}
