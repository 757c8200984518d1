import type { Random } from "../../src/model/random.ts";
import { blur } from "./blur.ts";
import { mapBounds } from "./bounds.ts";
import { digitShape } from "./digit_shape.ts";
import { type Coverage, drawShape } from "./draw_shape.ts";
import { jpegLoss } from "./jpeg_loss.ts";
import { lightUnevenly } from "./light.ts";
import { addDust, addSaltAndPepper, addSensorNoise } from "./noise.ts";
import { paint, paperOf } from "./paint.ts";
import type { Photo } from "./photo.ts";
import type { Plan } from "./plan.ts";
import { chain, move, type Projection, scale, tilt, turn } from "./projection.ts";
import { type RgbaPicture, toRgba } from "./rgba_picture.ts";
import { drawRulings, pickRulings } from "./rulings.ts";
import { throwShadow } from "./shadow.ts";
import type { Shape } from "./shape.ts";
import { thickShape } from "./thick_shape.ts";
import { thinShape } from "./thin_shape.ts";

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
