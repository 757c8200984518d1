import { encode } from "fast-png";
import type { Random } from "../../../../src/model/random.ts";

/** Encodes a grey picture, of which only the red channel is read, as a PNG of one channel. */
export function greyPng({ data, width, height }: RgbaPicture): Uint8Array {
  const grey = new Uint8Array(width * height);
  for (let i = 0; i < grey.length; i++) grey[i] = data[4 * i];
  return encode({ width, height, data: grey, channels: 1, depth: 8 });
}

/** An 8-bit RGBA picture, as `ImageData` holds it: row by row, not premultiplied. */
export interface RgbaPicture {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** Rounds a photo to 8 bits, clamps it to 0 to 255, and makes it opaque. */
export function toRgba({ data, width, height }: Photo): RgbaPicture {
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    rgba[to] = data[from];
    rgba[to + 1] = data[from + 1];
    rgba[to + 2] = data[from + 2];
    rgba[to + 3] = 255;
  }
  return { data: rgba, width, height };
}

/** A picture in the making: RGB in floating point, row by row, nominally 0 to 255, not yet clamped. */
export interface Photo {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** Coverage of each pixel by ink, 0 to 1, row by row: an alpha mask. */
export interface Coverage {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** Red, green and blue, 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** The colours of ink and paper. */
export interface Materials {
  readonly ink: Colour;
  readonly paper: Colour;
}

/** The luma of a colour (ITU-R BT.601), 0 to 255. */
export function luma([red, green, blue]: Colour): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/** Draws dark ink on white paper, nearly neutral in colour. */
export function darkOnLight(random: Random): Materials {
  const [ink, paper] = [random.uniform(10, 70), random.uniform(205, 255)];
  const warmth = random.uniform(-6, 8);
  return { ink: [ink, ink, ink + 8], paper: [paper + warmth, paper, paper - warmth] };
}

/** Draws light ink on a dark ground, such as chalk on a blackboard. */
export function lightOnDark(random: Random): Materials {
  const { ink, paper } = darkOnLight(random);
  const green = random.next() < 0.3 ? 25 : 0;
  return { ink: paper, paper: [ink[0], ink[1] + green, ink[2]] };
}

/**
 * Draws coloured ink on coloured paper, of either polarity, by rejection sampling.
 *
 * @param least The smallest difference in luma between ink and paper, 0 to about 100.
 */
export function colouredMaterials(least: number, random: Random): Materials {
  for (;;) {
    const paper = colour(random, random.next() < 0.75 ? random.uniform(0.6, 1) : random.next());
    const ink = colour(random, random.next());
    if (Math.abs(luma(ink) - luma(paper)) >= least) return { ink, paper };
  }
}

/** Draws a colour of random hue and chroma with an HSL lightness of 0 to 1. */
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

/** A photo of one colour. */
export function blankPaper(width: number, height: number, colour: Colour): Photo {
  const data = new Float32Array(3 * width * height);
  for (let i = 0; i < data.length; i++) data[i] = colour[i % 3];
  return { data, width, height };
}

/** Composites a colour over a photo, in place; the coverage is its alpha. */
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
