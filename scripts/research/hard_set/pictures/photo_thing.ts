import { silhouette } from "./no_digit.ts";
import type { Dataset } from "../../../../src/data/dataset.ts";
import type { Random } from "../../../../src/model/random.ts";

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
