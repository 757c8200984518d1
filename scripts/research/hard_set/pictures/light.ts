import type { Coverage, Photo } from "./rgba_picture.ts";
import type { Random } from "../../../../src/model/random.ts";

/**
 * Lights a picture from one side, or from a lamp close by.
 *
 * @param photo The picture, changed in place.
 * @param factor How many times as bright the brightest place is as the darkest, about.
 * @param random Where the light comes from.
 */
export function lightUnevenly(
  { data, width, height }: Photo,
  factor: number,
  random: Random,
): void {
  const angle = random.uniform(0, 2 * Math.PI);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const lamp = random.next() < 0.4;
  // A lamp stands near an edge of the picture, and its light falls off all around.
  const [lampX, lampY] = [0.5 + 0.55 * cos, 0.5 + 0.55 * sin];
  const reach = Math.abs(cos) + Math.abs(sin);
  const darkest = 1 / factor;
  for (let y = 0, at = 0; y < height; y++) {
    const v = (y + 0.5) / height;
    for (let x = 0; x < width; x++) {
      const u = (x + 0.5) / width;
      let shade: number;
      if (lamp) {
        const [dx, dy] = [u - lampX, v - lampY];
        shade = Math.min(1, (dx * dx + dy * dy) / 1.5);
      } else {
        shade = 0.5 - ((u - 0.5) * cos + (v - 0.5) * sin) / reach;
      }
      const light = 1 - (1 - darkest) * shade;
      data[at++] *= light;
      data[at++] *= light;
      data[at++] *= light;
    }
  }
}

/** How far a place lies inside what throws a shadow, in shares of the picture's longer side; below 0 outside. */
type Inside = (x: number, y: number) => number;

/**
 * Throws a shadow on a picture: of the edge of something large, of a phone, or of a hand.
 *
 * @param photo The picture, changed in place.
 * @param light How much light is left in the shadow, 0 to 1.
 * @param random What throws the shadow, where, and how sharp it is.
 */
export function throwShadow({ data, width, height }: Photo, light: number, random: Random): void {
  const longer = Math.max(width, height);
  const inside = pickShadow(random, width / longer, height / longer);
  const softness = random.uniform(0.004, 0.08);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const depth = inside((x + 0.5) / longer, (y + 0.5) / longer) / softness + 0.5;
      const share = depth <= 0 ? 0 : depth >= 1 ? 1 : depth * depth * (3 - 2 * depth);
      const left = 1 - (1 - light) * share;
      data[at++] *= left;
      data[at++] *= left;
      // A shadow outdoors is lit by the sky.
      data[at++] *= left + 0.03 * share;
    }
  }
}

function pickShadow(random: Random, width: number, height: number): Inside {
  const kind = random.integer(3);
  const angle = random.uniform(0, 2 * Math.PI);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  // Its middle, or a point of its edge, lies near the middle of the picture.
  const left = width * random.uniform(0.25, 0.75);
  const top = height * random.uniform(0.25, 0.75);
  if (kind === 0) return (x, y) => (x - left) * cos + (y - top) * sin;
  if (kind === 1) return phone(random, left + 0.25 * cos, top + 0.25 * sin, cos, sin);
  return hand(random, left, top, cos, sin);
}

function phone(random: Random, left: number, top: number, cos: number, sin: number): Inside {
  const long = random.uniform(0.25, 0.45);
  const short = long * 0.5;
  const corner = 0.15 * short;
  return (x, y) => {
    const along = Math.abs((x - left) * cos + (y - top) * sin) - long + corner;
    const across = Math.abs((y - top) * cos - (x - left) * sin) - short + corner;
    const [outAlong, outAcross] = [Math.max(along, 0), Math.max(across, 0)];
    return corner - distance(outAlong, outAcross) -
      Math.min(Math.max(along, across), 0);
  };
}

function hand(random: Random, tipX: number, tipY: number, cos: number, sin: number): Inside {
  // Fingers side by side, each a line with a thickness, and the back of the hand behind them.
  const thick = random.uniform(0.05, 0.08);
  const fingers = Array.from({ length: 4 }, (_, n) => ({
    across: (n - 1.5) * 2.1 * thick,
    start: random.uniform(0, 0.12) + 0.05 * Math.abs(n - 1.5),
  }));
  return (x, y) => {
    const along = (x - tipX) * cos + (y - tipY) * sin;
    const across = (y - tipY) * cos - (x - tipX) * sin;
    let depth = 0.3 - distance(Math.max(0, 0.6 - along), across);
    for (const finger of fingers) {
      const before = Math.max(0, finger.start - along);
      const inFinger = thick - distance(before, across - finger.across);
      if (inFinger > depth) depth = inFinger;
    }
    return depth;
  };
}

/** Much faster than `Math.hypot`. */
function distance(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}

/** Red, green and blue, 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** What is written with, and on what. */
export interface Materials {
  readonly ink: Colour;
  readonly paper: Colour;
}

/**
 * The brightness of a colour by Rec. 601.
 *
 * @param colour The colour.
 * @returns Its luma, 0 to 255.
 */
export function brightness([red, green, blue]: Colour): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/**
 * Dark ink on white paper, hardly coloured.
 *
 * @param random Where chance comes from.
 * @returns The materials.
 */
export function plainMaterials(random: Random): Materials {
  const [ink, paper] = [random.uniform(10, 70), random.uniform(205, 255)];
  const warmth = random.uniform(-6, 8);
  return { ink: [ink, ink, ink + 8], paper: [paper + warmth, paper, paper - warmth] };
}

/**
 * Light ink on a dark ground: chalk on a board, a drawing on a black canvas.
 *
 * @param random Where chance comes from.
 * @returns The materials.
 */
export function darkMaterials(random: Random): Materials {
  const { ink, paper } = plainMaterials(random);
  const green = random.next() < 0.3 ? 25 : 0;
  return { ink: paper, paper: [ink[0], ink[1] + green, ink[2]] };
}

/**
 * Coloured ink on coloured paper, either of which may be the lighter one, so different in brightness that nobody takes
 * one for the other.
 *
 * @param least The least difference in brightness between them, 0 to about 100.
 * @param random Where chance comes from.
 * @returns The materials.
 */
export function colouredMaterials(least: number, random: Random): Materials {
  for (;;) {
    const paper = colour(random, random.next() < 0.75 ? random.uniform(0.6, 1) : random.next());
    const ink = colour(random, random.next());
    if (Math.abs(brightness(ink) - brightness(paper)) >= least) return { ink, paper };
  }
}

/** A colour of any hue; the larger the lightness, 0 to 1, the paler. */
function colour(random: Random, lightness: number): Colour {
  const hue = random.uniform(0, 6);
  const vivid = random.uniform(0.2, 1) * (1 - Math.abs(2 * lightness - 1));
  const channel = (offset: number): number => {
    const place = (hue + offset) % 6;
    const share = Math.min(1, Math.max(0, Math.abs(place - 3) - 1));
    return 255 * (lightness + vivid * (share - 0.5));
  };
  return [channel(0), channel(4), channel(2)];
}

/**
 * A sheet of paper.
 *
 * @param width Columns.
 * @param height Rows.
 * @param colour Its colour.
 * @returns A picture of that and nothing else.
 */
export function paperOf(width: number, height: number, colour: Colour): Photo {
  const data = new Float32Array(3 * width * height);
  for (let i = 0; i < data.length; i++) data[i] = colour[i % 3];
  return { data, width, height };
}

/**
 * Colours a picture where something covers it.
 *
 * @param photo The picture, changed in place.
 * @param coverage What covers it.
 * @param colour The colour of that.
 */
export function paint(photo: Photo, coverage: Coverage, [red, green, blue]: Colour): void {
  const { data } = photo;
  for (let i = 0, at = 0; at < data.length; i++, at += 3) {
    const share = coverage.data[i];
    if (share === 0) continue;
    data[at] += share * (red - data[at]);
    data[at + 1] += share * (green - data[at + 1]);
    data[at + 2] += share * (blue - data[at + 2]);
  }
}
