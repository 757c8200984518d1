import { keys } from "../../../../src/data/augment/warps.ts";
import { Random } from "../../../../src/model/random.ts";
import { addDust, addSaltAndPepper, addSensorNoise, blur } from "./blur_and_noise.ts";
import {
  compose,
  type Homography,
  invert,
  mapBounds,
  rotate,
  scale,
  tilt,
  translate,
} from "./homography.ts";
import { addLightGradient, castShadow } from "./illumination.ts";
import { jpegLoss } from "./jpeg_loss.ts";
import {
  blankPaper,
  type Colour,
  type Coverage,
  type Materials,
  paint,
  type Photo,
  type RgbaPicture,
  toRgba,
} from "./picture.ts";
import { cleanPlan, type Degradation, DEGRADATIONS, mixedPlan, type Plan } from "./plan.ts";
import { digitShape, drawShape, type Shape, thickenShape, thinShape } from "./shape.ts";

/** A kind of picture of one digit: enlarged, with one degradation, or with several. */
export type HardKind = "enlarged" | Degradation | "mixed";

/** All kinds, in the order in which they are measured. */
export const HARD_KINDS: readonly HardKind[] = [
  "enlarged",
  ...Object.keys(DEGRADATIONS) as Degradation[],
  "mixed",
];

/** Columns and rows of an enlarged digit. */
const ENLARGED = 200;

/**
 * Renders a digit of MNIST as a degraded photo, drawing or scan.
 *
 * @param digit 28×28 bytes, ink 255.
 * @param kind The degradation.
 * @param random The same state gives the same picture.
 * @returns The picture, opaque.
 */
export function hardPicture(digit: Uint8Array, kind: HardKind, random: Random): RgbaPicture {
  if (kind === "enlarged") return enlargeWhole(digit, ENLARGED, random.next() < 0.5);
  if (kind === "mixed") return takePicture(digit, mixedPlan(random), random);
  const plan = { ...cleanPlan(random), ...DEGRADATIONS[kind](1, random) };
  return takePicture(digit, plan, random);
}

/**
 * The random generator of one picture, which depends on its kind, index and seed alone, not on pictures made before.
 *
 * @param index The index of its digit in the dataset.
 */
export function pictureRandom(kind: string, index: number, seed: number): Random {
  let hash = seed;
  for (const letter of kind) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  return new Random((hash >>> 0) * 0x10_0000 + index);
}

/**
 * Renders a digit on paper and photographs it.
 *
 * @param digit 28×28 bytes, ink 255.
 * @param plan How it is written and photographed.
 * @param random Draws what the plan leaves open.
 * @returns The picture, opaque.
 */
export function takePicture(digit: Uint8Array, plan: Plan, random: Random): RgbaPicture {
  const { width, height } = plan;
  const shape = withStrokeWidth(digitShape(digit), plan);
  const { camera, place, length } = pose(shape, plan);
  const ink: Coverage = { data: new Float32Array(width * height), width, height };
  drawShape(shape, place, ink, random.uniform(1, 1.6));

  let photo = paintPaper(ink, plan, camera, length, random);
  if (plan.gradient !== undefined) addLightGradient(photo, plan.gradient, random);
  if (plan.shadow !== undefined) castShadow(photo, plan.shadow, random);
  if (plan.blur !== undefined) photo = blur(photo, Math.max(0.4, plan.blur * length), random);
  if (plan.noise !== undefined) addNoise(photo, plan.noise, length, random);
  const picture = toRgba(photo);
  return plan.jpeg === undefined ? picture : jpegLoss(picture, plan.jpeg);
}

function withStrokeWidth(shape: Shape, { thin, thick }: Plan): Shape {
  if (thin !== undefined) return thinShape(shape, thin);
  return thick === undefined ? shape : thickenShape(shape, thick);
}

/** The geometry of a photo. */
interface Pose {
  /** Maps the paper to the picture. */
  readonly camera: Homography;
  /** Maps pixels of MNIST to the picture. */
  readonly place: Homography;
  /** The longer side of the digit in the picture, in pixels. */
  readonly length: number;
}

/** The margin around the digit, as a share of the picture's shorter side. */
const ROOM = 0.03;

function pose({ bounds }: Shape, plan: Plan): Pose {
  const { width, height, share, rotation } = plan;
  const shorter = Math.min(width, height);
  const [tiltX, tiltY] = plan.tilt;
  const middle = compose(rotate(rotation), tilt(tiltX / 28, tiltY / 28), centreAtOrigin(bounds));
  const seen = mapBounds(middle, bounds);
  const [seenWidth, seenHeight] = [seen.right - seen.left, seen.bottom - seen.top];
  const length = share * shorter;
  const size = Math.min(length, shorter * (1 - 2 * ROOM)) / Math.max(seenWidth, seenHeight);
  const room = ROOM * shorter;
  const [freeX, freeY] = [
    width - size * seenWidth - 2 * room,
    height - size * seenHeight - 2 * room,
  ];
  const at = translate(
    room + plan.place[0] * freeX - size * seen.left,
    room + plan.place[1] * freeY - size * seen.top,
  );
  return {
    camera: compose(at, rotate(rotation), tilt(tiltX / 28 / size, tiltY / 28 / size)),
    place: compose(at, scale(size), middle),
    length,
  };
}

function centreAtOrigin({ left, top, right, bottom }: Shape["bounds"]): Homography {
  return translate(-(left + right) / 2, -(top + bottom) / 2);
}

/** Paints rulings and ink on paper. */
function paintPaper(
  ink: Coverage,
  { materials, rulings }: Plan,
  camera: Homography,
  length: number,
  random: Random,
): Photo {
  const { width, height } = ink;
  const photo = blankPaper(width, height, materials.paper);
  if (rulings !== undefined) {
    const { squared, strength } = rulings;
    const printed = pickRulings(squared, length, materials, strength, random);
    const lines = { data: new Float32Array(width * height), width, height };
    drawRulings(printed, camera, lines);
    paint(photo, lines, printed.colour);
  }
  paint(photo, ink, materials.ink);
  return photo;
}

function addNoise(photo: Photo, strength: number, length: number, random: Random): void {
  addDust(photo, random.integer(1 + 12 * strength), Math.max(0.5, 0.02 * length), random);
  addSensorNoise(photo, 22 * strength, random);
  if (random.next() < 0.5) {
    addSaltAndPepper(photo, strength * random.uniform(0, 0.02), random);
  }
}

const PIXELS = 28;

/**
 * Enlarges a picture of 28×28 pixels by bicubic interpolation (R. Keys, 1981, a = −1/2), as an image viewer does.
 *
 * @param bytes The picture, light ink on black.
 * @param side Columns and rows of the result.
 * @param isDarkOnLight Whether to invert it.
 * @returns The picture, grey.
 */
export function enlargeWhole(
  bytes: Uint8Array,
  side: number,
  isDarkOnLight: boolean,
): RgbaPicture {
  const { index, weight } = taps(side);
  const wide = new Float32Array(side * PIXELS);
  for (let y = 0; y < PIXELS; y++) {
    for (let x = 0; x < side; x++) {
      let sum = 0;
      for (let tap = 4 * x; tap < 4 * x + 4; tap++) {
        sum += weight[tap] * bytes[y * PIXELS + index[tap]];
      }
      wide[y * side + x] = sum;
    }
  }
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let y = 0, at = 0; y < side; y++) {
    for (let x = 0; x < side; x++, at += 4) {
      let sum = 0;
      for (let tap = 4 * y; tap < 4 * y + 4; tap++) {
        sum += weight[tap] * wide[index[tap] * side + x];
      }
      data[at] = data[at + 1] = data[at + 2] = isDarkOnLight ? 255 - sum : sum;
    }
  }
  return { data, width: side, height: side };
}

/** The four taps of each pixel along an axis: source pixels and their weights. */
function taps(side: number): { index: Uint8Array; weight: Float32Array } {
  const index = new Uint8Array(4 * side);
  const weight = new Float32Array(4 * side);
  for (let i = 0; i < 4 * side; i++) {
    const place = ((i >> 2) + 0.5) * PIXELS / side - 0.5;
    const pixel = Math.floor(place) - 1 + (i & 3);
    index[i] = Math.min(PIXELS - 1, Math.max(0, pixel));
    weight[i] = keys(Math.abs(place - pixel));
  }
  return { index, weight };
}

/** The printed lines of ruled or squared paper. Lengths are in pixels of the picture, measured on the paper. */
export interface Rulings {
  readonly spacing: number;
  readonly thickness: number;
  /** x of a vertical line, and y of a horizontal one. */
  readonly offset: readonly [x: number, y: number];
  /** Whether there are vertical lines, too. */
  readonly squared: boolean;
  readonly colour: Colour;
}

/** Probability of lines that are as dark as the ink. */
const DARK_SHARE = 0.15;

/**
 * Draws the spacing, thickness and colour of rulings.
 *
 * @param digitHeight The height of the digit in pixels, to which lengths are relative.
 * @param strength Darkness and density of the lines, 0 to 1.
 */
export function pickRulings(
  squared: boolean,
  digitHeight: number,
  { ink, paper }: Materials,
  strength: number,
  random: Random,
): Rulings {
  const spacing = digitHeight *
    (squared ? random.uniform(0.75 - 0.35 * strength, 1.2) : random.uniform(0.8, 1.6));
  const dark = random.next() < (squared ? DARK_SHARE / 2 : DARK_SHARE) * strength;
  const thickness = digitHeight *
    (dark ? random.uniform(0.008, 0.018) : random.uniform(0.01, 0.03));
  const strong = dark ? random.uniform(0.8, 1) : random.uniform(0.15, 0.25 + 0.35 * strength);
  const tint = random.next() < 0.5 ? [-20, 0, 35] : [0, 0, 0];
  const colour = [0, 1, 2].map((c) =>
    paper[c] + strong * (ink[c] - paper[c]) + (dark ? 0 : tint[c] * strong)
  );
  return {
    spacing,
    thickness: Math.max(thickness, 0.7),
    offset: [random.uniform(0, spacing), random.uniform(0, spacing)],
    squared,
    colour: [colour[0], colour[1], colour[2]],
  };
}

/**
 * Rasterizes rulings with antialiasing.
 *
 * @param camera Maps the paper to the picture.
 * @param coverage Receives the lines.
 */
export function drawRulings(rulings: Rulings, camera: Homography, coverage: Coverage): void {
  const { spacing, thickness, offset: [offsetX, offsetY], squared } = rulings;
  const { data, width, height } = coverage;
  const [a, b, c, d, e, f, g, h, i] = invert(camera);
  const reach = thickness / 2 + 0.5;
  const most = Math.min(1, thickness);
  const line = (place: number, offset: number): number => {
    const turns = (place - offset) / spacing;
    const ink = reach - Math.abs(turns - Math.round(turns)) * spacing;
    return ink <= 0 ? 0 : ink >= most ? most : ink;
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [px, py] = [x + 0.5, y + 0.5];
      const w = 1 / (g * px + h * py + i);
      let ink = line((d * px + e * py + f) * w, offsetY);
      if (squared) ink = Math.max(ink, line((a * px + b * py + c) * w, offsetX));
      data[y * width + x] = ink;
    }
  }
}
