import { addDust, addSaltAndPepper, addSensorNoise, blur } from "./damage.ts";
import { drawShape } from "./drawing.ts";
import { jpegLoss } from "./jpeg_loss.ts";
import { lightUnevenly, paint, paperOf, throwShadow } from "./light.ts";
import { type Damage, DAMAGES, mixedPlan, type Plan, soundPlan } from "./plan.ts";
import { chain, move, type Projection, scale, tilt, turn } from "./projection.ts";
import { type Coverage, type Photo, type RgbaPicture, toRgba } from "./rgba_picture.ts";
import { drawRulings, pickRulings } from "./rulings.ts";
import { digitShape, mapBounds, type Shape, thickShape, thinShape } from "./shape.ts";
import { keys } from "../../../../src/data/augment/warps.ts";
import { Random } from "../../../../src/model/random.ts";

/** A kind of picture that is hard to read by machine, though not by people. */
export type HardKind = "enlarged" | Damage | "mixed";

/** All kinds: each damage alone, and several at once. */
export const HARD_KINDS: readonly HardKind[] = [
  "enlarged",
  ...Object.keys(DAMAGES) as Damage[],
  "mixed",
];

/** Columns and rows of an enlarged picture. */
const ENLARGED = 200;

/**
 * Turns a digit of MNIST into a picture as people have them.
 *
 * @param digit 28×28 bytes, ink 255.
 * @param kind What is wrong with the picture.
 * @param random Where chance comes from: the same state gives the same picture.
 * @returns The picture.
 */
export function hardPicture(digit: Uint8Array, kind: HardKind, random: Random): RgbaPicture {
  if (kind === "enlarged") return enlargeWhole(digit, ENLARGED, random.next() < 0.5);
  if (kind === "mixed") return takePicture(digit, mixedPlan(random), random);
  const plan = { ...soundPlan(random), ...DAMAGES[kind](1, random) };
  return takePicture(digit, plan, random);
}

/**
 * Chance for one picture, the same whatever other pictures are made.
 *
 * @param kind The kind of picture.
 * @param index Which digit of its set it is made of.
 * @param seed What else tells one set of pictures from another.
 * @returns Where its chance comes from.
 */
export function pictureRandom(kind: string, index: number, seed: number): Random {
  let hash = seed;
  for (const letter of kind) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  return new Random((hash >>> 0) * 0x10_0000 + index);
}

/**
 * Writes a digit on paper and takes a picture of it.
 *
 * @param digit 28×28 bytes, ink 255.
 * @param plan How it is written and photographed.
 * @param random Where the rest comes from.
 * @returns The picture.
 */
export function takePicture(digit: Uint8Array, plan: Plan, random: Random): RgbaPicture {
  const { width, height } = plan;
  const shape = penned(digitShape(digit), plan);
  const { camera, place, length } = pose(shape, plan);
  const ink: Coverage = { data: new Float32Array(width * height), width, height };
  drawShape(shape, place, ink, random.uniform(1, 1.6));

  let photo = develop(ink, plan, camera, length, random);
  if (plan.gradient !== undefined) lightUnevenly(photo, plan.gradient, random);
  if (plan.shadow !== undefined) throwShadow(photo, plan.shadow, random);
  if (plan.blur !== undefined) photo = blur(photo, Math.max(0.4, plan.blur * length), random);
  if (plan.noise !== undefined) addNoise(photo, plan.noise, length, random);
  const picture = toRgba(photo);
  return plan.jpeg === undefined ? picture : jpegLoss(picture, plan.jpeg);
}

function penned(shape: Shape, { thin, thick }: Plan): Shape {
  if (thin !== undefined) return thinShape(shape, thin);
  return thick === undefined ? shape : thickShape(shape, thick);
}

/** Where things are: paper in the picture, MNIST's pixels in the picture, and how long the digit is there. */
interface Pose {
  readonly camera: Projection;
  readonly place: Projection;
  readonly length: number;
}

/** Room around the digit, as a share of the picture's shorter side. */
const ROOM = 0.03;

function pose({ bounds }: Shape, plan: Plan): Pose {
  const { width, height, share, rotation } = plan;
  const shorter = Math.min(width, height);
  const [tiltX, tiltY] = plan.tilt;
  const middle = chain(turn(rotation), tilt(tiltX / 28, tiltY / 28), middleAtOrigin(bounds));
  const seen = mapBounds(middle, bounds);
  const [seenWidth, seenHeight] = [seen.right - seen.left, seen.bottom - seen.top];
  const length = share * shorter;
  const size = Math.min(length, shorter * (1 - 2 * ROOM)) / Math.max(seenWidth, seenHeight);
  const room = ROOM * shorter;
  const [freeX, freeY] = [
    width - size * seenWidth - 2 * room,
    height - size * seenHeight - 2 * room,
  ];
  const at = move(
    room + plan.place[0] * freeX - size * seen.left,
    room + plan.place[1] * freeY - size * seen.top,
  );
  return {
    camera: chain(at, turn(rotation), tilt(tiltX / 28 / size, tiltY / 28 / size)),
    place: chain(at, scale(size), middle),
    length,
  };
}

function middleAtOrigin({ left, top, right, bottom }: Shape["bounds"]): Projection {
  return move(-(left + right) / 2, -(top + bottom) / 2);
}

/** Ink and lines on paper, in colour. */
function develop(
  ink: Coverage,
  { materials, rulings }: Plan,
  camera: Projection,
  length: number,
  random: Random,
): Photo {
  const { width, height } = ink;
  const photo = paperOf(width, height, materials.paper);
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
 * Enlarges a picture of 28×28 pixels as an image viewer does, and does nothing else to it: bicubic interpolation
 * (R. Keys, 1981, a = −1/2).
 *
 * @param bytes The picture, light ink on black.
 * @param side Columns and rows of the result.
 * @param isDarkOnLight Whether to turn black into white.
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

/** For each pixel of a line, the four pixels it is made of, and how much each of them counts. */
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
