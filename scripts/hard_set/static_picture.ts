import type { Random } from "../../src/model/random.ts";
import { blurGauss } from "./blur.ts";
import type { Photo } from "./photo.ts";
import { type RgbaPicture, toRgba } from "./rgba_picture.ts";

/** What gives the value of one pixel, 0 to 255. */
type Source = (random: Random) => number;

/**
 * Noise and nothing else: even, normal, salt and pepper, or soft clouds; grey or in colour, from 28 pixels on.
 *
 * @param random Where chance comes from.
 * @returns The picture.
 */
export function staticPicture(random: Random): RgbaPicture {
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
