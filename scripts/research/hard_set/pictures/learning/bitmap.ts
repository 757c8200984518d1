import type { Random } from "../../../../../src/model/random.ts";
import { compose, type Homography, translate } from "../homography.ts";
import { blankPaper, type Coverage, paint, type RgbaPicture, toRgba } from "../picture.ts";
import { digitShape, drawShape, thickenShape } from "../shape.ts";
import type { LabelledDigit } from "../strings.ts";

/** Sides, in pixels, of the pictures of collections of digits before MNIST. None is MNIST's, which is read otherwise. */
const SIDES = [16, 20, 24, 32, 40];

/** The widest stroke that is added to a digit, in pixels of MNIST; a 1 has more room. */
const MAX_THICKENING = 2.2;

const MAX_THICKENING_OF_ONE = 3.5;

/** A digit narrower than this, as a share of its height, and a 1 are not stretched to a square: they would become blocks. */
const MIN_STRETCHED_ASPECT = 0.45;

/** The width of the widest 1, as a share of its height. */
const MAX_ASPECT_OF_ONE = 0.75;

/**
 * Draws a digit as small collections store it: 16 to 40 pixels tall, filling the picture from edge to edge, stretched, with
 * thick strokes, in 1 bit or in a few greys.
 *
 * @param digit The digit.
 * @param random The random numbers.
 * @returns The picture.
 */
export function bitmapDigit({ pixels, label }: LabelledDigit, random: Random): RgbaPicture {
  const most = label === 1 ? MAX_THICKENING_OF_ONE : MAX_THICKENING;
  const thin = digitShape(pixels);
  const shape = random.next() < 0.7 ? thickenShape(thin, random.uniform(0.2, most)) : thin;
  const { left, top, right, bottom } = shape.bounds;
  const aspect = (right - left) / (bottom - top);
  const side = SIDES[random.integer(SIDES.length)];
  const tall = side * random.uniform(0.94, 1.02);
  const wide = tall * widthOf(label, aspect, random);
  const width = random.next() < 0.7 ? side : Math.max(4, Math.round(wide));
  const stretched: Homography = [wide / (right - left), 0, 0, 0, tall / (bottom - top), 0, 0, 0, 1];
  const place = compose(
    translate(width / 2, side / 2),
    stretched,
    translate(-(left + right) / 2, -(top + bottom) / 2),
  );
  const ink: Coverage = { data: new Float32Array(width * side), width, height: side };
  const isBilevel = random.next() < 0.65;
  drawShape(shape, place, ink, isBilevel ? 1 : random.uniform(1, 1.8));
  if (isBilevel) {
    const roughness = random.next() < 0.5 ? 0 : random.uniform(0.05, 0.3);
    const threshold = random.uniform(0.35, 0.6);
    ink.data.forEach((value, i) => {
      const isEdge = value > 0 && value < 1;
      const seen = isEdge ? value + roughness * random.normal() : value;
      ink.data[i] = seen > threshold ? 1 : 0;
    });
  }
  const isDark = random.next() < 0.5;
  const light = isBilevel ? 255 : random.uniform(200, 255);
  const photo = blankPaper(width, side, isDark ? [light, light, light] : [0, 0, 0]);
  paint(photo, ink, isDark ? [0, 0, 0] : [light, light, light]);
  return toRgba(photo);
}

/** The width of a digit in its picture, as a share of its height. */
function widthOf(label: number, aspect: number, random: Random): number {
  if (label === 1) {
    const stretch = aspect < 0.35 ? random.uniform(1, 3) : random.uniform(0.8, 1.3);
    return Math.min(aspect * stretch, MAX_ASPECT_OF_ONE);
  }
  if (aspect > MIN_STRETCHED_ASPECT && random.next() < 0.6) return random.uniform(0.85, 1);
  return Math.min(1, aspect * random.uniform(0.9, 1.3));
}
