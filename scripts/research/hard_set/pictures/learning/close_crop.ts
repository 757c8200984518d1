import { drawPaths } from "../../../../../src/data/synthetic/digits.ts";
import * as math from "../../../../../src/model/math.ts";
import type { Random } from "../../../../../src/model/random.ts";
import { addSensorNoise, gaussianBlur } from "../blur_and_noise.ts";
import { compose, type Homography, rotate, translate } from "../homography.ts";
import { addLightGradient } from "../illumination.ts";
import { jpegLoss } from "../jpeg_loss.ts";
import {
  blankPaper,
  type Colour,
  type Coverage,
  darkOnLight,
  lightOnDark,
  type Materials,
  paint,
  type Photo,
  type RgbaPicture,
  toRgba,
} from "../picture.ts";
import { digitShape, drawShape, type Shape, thickenShape, thinShape } from "../shape.ts";
import type { LabelledDigit } from "../strings.ts";

/** A digit cut out of a page, and whether there is more in the picture than the digit. */
export interface CloseCrop {
  readonly picture: RgbaPicture;
  readonly isClean: boolean;
}

/**
 * Draws a digit as it is cut out of a form, a register or a line of digits: closely, at any resolution from 10 pixels of
 * height on, stretched, in 1 bit or in grey, with parts of the box, the rules and the neighbours around it.
 *
 * @param digit The digit.
 * @param draw Returns the next digit, for its neighbours.
 * @param random The random numbers.
 * @returns The picture.
 */
export function closeCrop(
  digit: LabelledDigit,
  draw: () => LabelledDigit,
  random: Random,
): CloseCrop {
  const pen = random.next();
  const amount = random.next();
  const withPen = (shape: Shape): Shape =>
    pen < 0.25
      ? thinShape(shape, 0.45 + 0.5 * amount)
      : pen < 0.6
      ? thickenShape(shape, (digit.label === 1 ? 3 : 1.5) * amount)
      : shape;
  const shape = withPen(digitShape(digit.pixels));
  const { left, top, right, bottom } = shape.bounds;
  const tall = 10 * math.pow(9, math.pow(random.next(), 1.5));
  const stretch = random.next() < 0.5 ? 1 : random.uniform(0.75, digit.label === 1 ? 2 : 1.35);
  const size = tall / Math.max(right - left, bottom - top);
  const [sizeX, sizeY] = [size * stretch, size];
  const isTight = random.next() < 0.4;
  const margin = (): number =>
    tall * (isTight ? random.uniform(-0.01, 0.06) : random.uniform(0, 0.5));
  const margins = [margin(), margin(), margin(), margin()];
  const width = Math.max(8, Math.round(sizeX * (right - left) + margins[0] + margins[2]));
  const height = Math.max(8, Math.round(sizeY * (bottom - top) + margins[1] + margins[3]));
  const middle: [number, number] = [
    margins[0] + sizeX * (right - left) / 2,
    margins[1] + sizeY * (bottom - top) / 2,
  ];
  const stretched: Homography = [sizeX, 0, 0, 0, sizeY, 0, 0, 0, 1];
  const place = compose(
    translate(...middle),
    rotate(random.uniform(-6, 6)),
    stretched,
    translate(-(left + right) / 2, -(top + bottom) / 2),
  );
  const softness = random.uniform(1, 1.6);
  const ink = blank(width, height);
  drawShape(shape, place, ink, softness);
  let isClean = true;
  const surroundings = random.next();
  if (surroundings < 0.35) {
    isClean = false;
    drawNeighbours(withPen, draw, { stretched, margins, width, tall, softness }, ink, random);
  }
  const print = blank(width, height);
  if (random.next() < 0.35) {
    isClean = false;
    drawPrint(print, tall, softness, random);
  }
  const marks = random.next();
  if (marks < 0.15) {
    isClean = false;
    drawDots(ink, tall, random);
  } else if (marks < 0.35) {
    isClean = false;
    drawFullStop(ink, middle[0] + sizeX * (right - left) / 2, middle[1], tall, random);
  }
  return { picture: develop(ink, print, tall, random), isClean };
}

interface Layout {
  readonly stretched: Homography;
  readonly margins: readonly number[];
  readonly width: number;
  readonly tall: number;
  readonly softness: number;
}

/** Draws parts of the digits before and behind, as far as they are in the picture. */
function drawNeighbours(
  withPen: (shape: Shape) => Shape,
  draw: () => LabelledDigit,
  { stretched, margins, width, tall, softness }: Layout,
  ink: Coverage,
  random: Random,
): void {
  const sides = random.next() < 0.35 ? [-1, 1] : random.next() < 0.5 ? [-1] : [1];
  for (const side of sides) {
    const shape = withPen(digitShape(draw().pixels));
    const { left, top, right } = shape.bounds;
    const gap = tall * random.uniform(0.03, 0.35);
    const down = margins[1] + tall * random.uniform(-0.15, 0.15) - stretched[4] * top;
    const across = side < 0
      ? Math.min(margins[0] - gap, tall * random.uniform(0.02, 0.25)) - stretched[0] * right
      : Math.max(
        width - margins[2] + gap,
        width - tall * random.uniform(0.02, 0.25),
      ) - stretched[0] * left;
    drawShape(shape, compose(translate(across, down), stretched), ink, softness);
  }
}

/** Draws printed lines: sides of a box near the edges of the picture, or rules at any height. */
function drawPrint(print: Coverage, tall: number, softness: number, random: Random): void {
  const { data, width, height } = print;
  const radius = Math.max(0.45, tall * random.uniform(0.012, 0.06));
  const lean = random.next() < 0.5 ? 0 : random.uniform(-0.04, 0.04);
  const line = (from: [number, number], to: [number, number]): void =>
    drawPaths([[...from, ...to]], { radius, softness }, data, width);
  const inset = (): number => tall * random.uniform(-0.02, 0.16);
  if (random.next() < 0.6) {
    // The whole box, or some of its sides.
    const isWhole = random.next() < 0.4;
    const [l, t, r, b] = [inset(), inset(), width - inset(), height - inset()];
    const has = (): boolean => isWhole || random.next() < 0.5;
    const reach = random.next() < 0.5 ? 0 : tall;
    if (has()) line([l - reach, t + lean * l], [r + reach, t + lean * r]);
    if (has()) line([l - reach, b + lean * l], [r + reach, b + lean * r]);
    if (has()) line([l - lean * t, t - reach], [l - lean * b, b + reach]);
    if (has()) line([r - lean * t, t - reach], [r - lean * b, b + reach]);
    return;
  }
  const pitch = tall * random.uniform(0.5, 1.6);
  for (let y = height * random.next(); y < height; y += pitch) {
    line([-2, y], [width + 2, y + lean * width]);
  }
}

/** Draws one to three dots, commas or dashes beside the digit. */
function drawDots(ink: Coverage, tall: number, random: Random): void {
  for (let n = 1 + random.integer(3); n > 0; n--) {
    const [x, y] = [random.next() * ink.width, random.next() * ink.height];
    const radius = Math.max(0.5, tall * random.uniform(0.015, 0.06));
    const [dx, dy] = random.next() < 0.6
      ? [0.1, 0.1]
      : [tall * random.uniform(-0.15, 0.15), tall * random.uniform(-0.05, 0.15)];
    drawPaths([[x, y, x + dx, y + dy]], { radius, softness: 1 }, ink.data, ink.width);
  }
}

/** Draws a full stop or a comma after the digit, near its foot; it may touch the digit or the edge of the picture. */
function drawFullStop(
  ink: Coverage,
  right: number,
  middle: number,
  tall: number,
  random: Random,
): void {
  const radius = Math.max(0.6, tall * random.uniform(0.02, 0.07));
  const x = Math.min(ink.width - radius / 2, right + tall * random.uniform(0.02, 0.3));
  const y = middle + tall * random.uniform(0.25, 0.55);
  const tail = random.next() < 0.6 ? 0.1 : tall * random.uniform(0.03, 0.15);
  drawPaths([[x, y, x - tail / 2, y + tail]], { radius, softness: 1 }, ink.data, ink.width);
}

/** Makes a picture of ink and print: in 1 bit, as a clean drawing, as a scan, or as a photo of old paper. */
function develop(ink: Coverage, print: Coverage, tall: number, random: Random): RgbaPicture {
  const { width, height } = ink;
  const materials = pickMaterials(random);
  const photo = blankPaper(width, height, materials.paper);
  if (random.next() < 0.35) fadeInPatches(ink, tall, random);
  const strength = random.next() < 0.4 ? 1 : random.uniform(0.3, 1);
  paint(photo, print, mix(materials, strength));
  paint(photo, ink, materials.ink);
  const way = random.next();
  if (way < 0.3) return inOneBit(photo, materials, random);
  if (way < 0.5) return toRgba(photo);
  if (random.next() < 0.3) addLightGradient(photo, random.uniform(1.1, 1.8), random);
  const seen = random.next() < 0.6
    ? gaussianBlur(photo, Math.max(0.35, tall * random.uniform(0.005, 0.03)))
    : photo;
  if (random.next() < 0.7) addSensorNoise(seen, random.uniform(2, 14), random);
  const picture = toRgba(seen);
  return random.next() < 0.4 ? jpegLoss(picture, Math.round(random.uniform(35, 95))) : picture;
}

/** Makes ink weaker in patches, as of a pen that runs dry or a rough paper; strokes may break. */
function fadeInPatches({ data, width, height }: Coverage, tall: number, random: Random): void {
  const cell = tall * random.uniform(0.06, 0.25);
  const most = random.uniform(0.1, 0.65);
  const columns = Math.ceil(width / cell) + 2;
  const values = Float32Array.from(
    { length: columns * (Math.ceil(height / cell) + 2) },
    () => math.square(random.next()),
  );
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [x / cell, y / cell];
      const at = Math.floor(v) * columns + Math.floor(u);
      const [shareX, shareY] = [u % 1, v % 1];
      const upper = values[at] + shareX * (values[at + 1] - values[at]);
      const lower = values[at + columns] +
        shareX * (values[at + columns + 1] - values[at + columns]);
      data[y * width + x] *= 1 - most * (upper + shareY * (lower - upper));
    }
  }
}

function pickMaterials(random: Random): Materials {
  const kind = random.next();
  if (kind < 0.3) return { ink: [0, 0, 0], paper: [255, 255, 255] };
  if (kind < 0.4) return { ink: [255, 255, 255], paper: [0, 0, 0] };
  if (kind < 0.7) return darkOnLight(random);
  if (kind < 0.8) return lightOnDark(random);
  // Iron gall ink on old paper, or faint ink.
  const paper = random.uniform(150, 235);
  const ink = paper * random.uniform(0.3, 0.75);
  return { ink: [ink, ink * 0.95, ink * 0.85], paper: [paper, paper * 0.95, paper * 0.82] };
}

function mix({ ink, paper }: Materials, strength: number): Colour {
  const channel = (c: 0 | 1 | 2): number => paper[c] + strength * (ink[c] - paper[c]);
  return [channel(0), channel(1), channel(2)];
}

/** Cuts the brightness at a threshold, with a rough edge. */
function inOneBit(photo: Photo, { ink, paper }: Materials, random: Random): RgbaPicture {
  const noise = random.next() < 0.5 ? 0 : random.uniform(5, 40);
  if (noise > 0) addSensorNoise(photo, noise, random);
  const share = random.uniform(0.3, 0.65);
  const threshold = paper[1] + share * (ink[1] - paper[1]);
  const { data, width, height } = photo;
  const cut = new Float32Array(data.length);
  // Some scanners shift single rows.
  const shake = random.next() < 0.35 ? random.uniform(0.3, 0.9) : 0;
  for (let y = 0; y < height; y++) {
    const shift = Math.round(shake * random.normal());
    for (let x = 0; x < width; x++) {
      const from = y * width + Math.min(width - 1, Math.max(0, x + shift));
      cut.fill(
        data[3 * from + 1] < threshold ? 0 : 255,
        3 * (y * width + x),
        3 * (y * width + x) + 3,
      );
    }
  }
  return toRgba({ ...photo, data: cut });
}

function blank(width: number, height: number): Coverage {
  return { data: new Float32Array(width * height), width, height };
}
