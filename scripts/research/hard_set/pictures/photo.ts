import type { Dataset } from "../../../../src/data/dataset.ts";
import type { Random } from "../../../../src/model/random.ts";
import { importPackage } from "../../../../src/packages.ts";
import { soundPlan } from "../kinds.ts";
import { type RgbaPicture, takePicture } from "./hard_picture.ts";
import { silhouette } from "./no_digit.ts";

/** A picture that is being taken: red, green and blue of each pixel, row by row, 0 to 255 or a little beyond. */
export interface Photo {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** What is used of the encoder of JPEGs. */
interface JpegEncoder {
  default(picture: RgbaPicture, options: Record<string, unknown>): Promise<ArrayBuffer>;
}

/**
 * A photo of a digit on squared paper, as a phone stores it.
 *
 * @param digit 28×28 bytes, ink 255.
 * @param width Columns.
 * @param height Rows.
 * @param random Where chance comes from.
 * @returns The bytes of a JPEG.
 */
export async function photoJpeg(
  digit: Uint8Array,
  width: number,
  height: number,
  random: Random,
): Promise<Uint8Array<ArrayBuffer>> {
  const plan = {
    ...soundPlan(random),
    width,
    height,
    rotation: 3,
    rulings: { squared: true, strength: 0.5 },
    gradient: 1.5,
    noise: 0.3,
  };
  const picture = takePicture(digit, plan, random);
  const encoder = await importPackage("@jsquash/jpeg", "1.6.0", "/encode.js") as JpegEncoder;
  const options = { quality: 90, progressive: false };
  return new Uint8Array(await encoder.default(picture, options));
}

/** Columns and rows. */
const SIDE = 28;

/** Each pixel is looked at in so many places across and down. */
const PLACES = 3;

/**
 * Cuts a thing out of a photo: the surface is real, the outline is made up.
 *
 * @param photos Photos in colour.
 * @param random Where chance comes from.
 * @returns 28×28 bytes: the thing, from edge to edge or nearly, on black.
 */
export function photoThing(photos: Dataset, random: Random): Uint8Array<ArrayBuffer> {
  const surface = surfaceFrom(photos, random);
  const inside = silhouette(random);
  const half = SIDE / 2 - random.uniform(-1, 3);
  const narrow = random.next() < 0.3 ? random.uniform(0.55, 1) : 1;
  const [halfX, halfY] = random.next() < 0.7 ? [half * narrow, half] : [half, half * narrow];
  const pixels = new Uint8Array(SIDE * SIDE);
  for (let y = 0, at = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++, at++) {
      let covered = 0;
      for (let place = 0; place < PLACES ** 2; place++) {
        const u = (x + (place % PLACES + 0.5) / PLACES - SIDE / 2) / halfX;
        const v = (y + (Math.floor(place / PLACES) + 0.5) / PLACES - SIDE / 2) / halfY;
        if (Math.abs(u) <= 1 && Math.abs(v) <= 1 && inside(u, v)) covered++;
      }
      pixels[at] = Math.round(255 * surface(x, y) * covered / PLACES ** 2);
    }
  }
  return pixels;
}

/** The brightness of some part of a photo, with more or less contrast, 0 to 1. */
function surfaceFrom(photos: Dataset, random: Random): (x: number, y: number) => number {
  const [, height, width] = photos.shape;
  const area = width * height;
  const photo = photos.images.subarray(3 * area * random.integer(photos.count)).subarray(
    0,
    3 * area,
  );
  const scale = random.uniform(0.2, 1) * (width - 1) / SIDE;
  const left = random.uniform(0, width - 1 - scale * (SIDE - 1));
  const top = random.uniform(0, height - 1 - scale * (SIDE - 1));
  const isMirrored = random.next() < 0.5;
  const values = new Float32Array(SIDE * SIDE);
  let [least, most] = [Infinity, -Infinity];
  for (let y = 0, at = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++, at++) {
      const u = left + scale * (isMirrored ? SIDE - 1 - x : x);
      const i = Math.floor(top + scale * y) * width + Math.floor(u);
      const value = 0.3 * photo[i] + 0.6 * photo[area + i] + 0.1 * photo[2 * area + i];
      values[at] = value;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  const light = random.uniform(0.5, 1);
  const dark = light * random.uniform(0.1, 0.95);
  const range = Math.max(1, most - least);
  return (x, y) => dark + (light - dark) * (values[y * SIDE + x] - least) / range;
}

/** How finely brightness is kept at quality 50, by frequency (ISO/IEC 10918-1, table K.1). */
const LUMA = [
  [16, 11, 10, 16, 24, 40, 51, 61],
  [12, 12, 14, 19, 26, 58, 60, 55],
  [14, 13, 16, 24, 40, 57, 69, 56],
  [14, 17, 22, 29, 51, 87, 80, 62],
  [18, 22, 37, 56, 68, 109, 103, 77],
  [24, 35, 55, 64, 81, 104, 113, 92],
  [49, 64, 78, 87, 103, 121, 120, 101],
  [72, 92, 95, 98, 112, 100, 103, 99],
].flat();

/** How finely colour is kept (table K.2): what is not listed is 99. */
const CHROMA = [
  [17, 18, 24, 47, 99, 99, 99, 99],
  [18, 21, 26, 66, 99, 99, 99, 99],
  [24, 26, 56, 99, 99, 99, 99, 99],
  [47, 66, 99, 99, 99, 99, 99, 99],
  ...Array.from({ length: 4 }, () => new Array<number>(8).fill(99)),
].flat();

/** The cosines of the transform: row by frequency, column by place. */
const COSINES = Float32Array.from({ length: 64 }, (_, i) => {
  const [frequency, place] = [i >> 3, i & 7];
  const size = frequency === 0 ? Math.SQRT1_2 / 2 : 0.5;
  return size * Math.cos((2 * place + 1) * frequency * Math.PI / 16);
});

/**
 * Does to a picture what saving it as a JPEG and opening it again does: brightness and colour apart, colour at half the
 * resolution, both cut into blocks of 8×8 whose frequencies are rounded as the quality says. What else a JPEG does to
 * the numbers, its codes, loses nothing.
 *
 * @param picture The picture, opaque.
 * @param quality 1 to 100, on the scale of the Independent JPEG Group.
 * @returns A new picture.
 */
export function jpegLoss({ data, width, height }: RgbaPicture, quality: number): RgbaPicture {
  const factor = (quality < 50 ? 5000 / quality : 200 - 2 * quality) / 100;
  const steps = (table: readonly number[]): Float32Array =>
    Float32Array.from(table, (step) => Math.min(255, Math.max(1, Math.floor(step * factor + 0.5))));

  // Whole blocks of both, with the last pixels repeated.
  const fullWidth = Math.ceil(width / 16) * 16;
  const fullHeight = Math.ceil(height / 16) * 16;
  const half = fullWidth / 2;
  const luma = new Float32Array(fullWidth * fullHeight);
  const blue = new Float32Array(luma.length / 4);
  const red = new Float32Array(luma.length / 4);
  for (let y = 0; y < fullHeight; y++) {
    const row = Math.min(y, height - 1) * width;
    for (let x = 0; x < fullWidth; x++) {
      const from = 4 * (row + Math.min(x, width - 1));
      const [r, g, b] = [data[from], data[from + 1], data[from + 2]];
      luma[y * fullWidth + x] = 0.299 * r + 0.587 * g + 0.114 * b - 128;
      const at = (y >> 1) * half + (x >> 1);
      blue[at] += (-0.168736 * r - 0.331264 * g + 0.5 * b) / 4;
      red[at] += (0.5 * r - 0.418688 * g - 0.081312 * b) / 4;
    }
  }
  roundBlocks(luma, fullWidth, steps(LUMA));
  const chroma = steps(CHROMA);
  roundBlocks(blue, half, chroma);
  roundBlocks(red, half, chroma);

  const out = new Uint8ClampedArray(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const light = luma[y * fullWidth + x] + 128;
      const at = (y >> 1) * half + (x >> 1);
      const to = 4 * (y * width + x);
      out[to] = light + 1.402 * red[at];
      out[to + 1] = light - 0.344136 * blue[at] - 0.714136 * red[at];
      out[to + 2] = light + 1.772 * blue[at];
      out[to + 3] = 255;
    }
  }
  return { data: out, width, height };
}

/** Takes every block apart into frequencies, rounds them, and puts it together again, in place. */
function roundBlocks(plane: Float32Array, width: number, steps: Float32Array): void {
  const block = new Float32Array(64);
  const other = new Float32Array(64);
  for (let top = 0; top < plane.length; top += 8 * width) {
    for (let left = 0; left < width; left += 8) {
      for (let i = 0; i < 64; i++) block[i] = plane[top + (i >> 3) * width + left + (i & 7)];
      transform(block, other);
      transform(other, block);
      let flat = true;
      for (let i = 0; i < 64; i++) {
        block[i] = Math.round(block[i] / steps[i]) * steps[i];
        if (i > 0 && block[i] !== 0) flat = false;
      }
      if (flat) block.fill(block[0] / 8);
      else {
        transformBack(block, other);
        transformBack(other, block);
      }
      for (let i = 0; i < 64; i++) plane[top + (i >> 3) * width + left + (i & 7)] = block[i];
    }
  }
}

/** The frequencies of each row; turned over, so that the next call takes the columns. */
function transform(from: Float32Array, to: Float32Array): void {
  for (let row = 0; row < 64; row += 8) {
    for (let frequency = 0; frequency < 8; frequency++) {
      const at = 8 * frequency;
      let sum = 0;
      for (let i = 0; i < 8; i++) sum += COSINES[at + i] * from[row + i];
      to[at + (row >> 3)] = sum;
    }
  }
}

/** The way back. */
function transformBack(from: Float32Array, to: Float32Array): void {
  for (let row = 0; row < 64; row += 8) {
    for (let place = 0; place < 8; place++) {
      let sum = 0;
      for (let i = 0; i < 8; i++) sum += COSINES[8 * i + place] * from[row + i];
      to[8 * place + (row >> 3)] = sum;
    }
  }
}
