import type { Random } from "../../src/model/random.ts";
import type { Photo } from "./photo.ts";

/** Numbers from the normal distribution, drawn once: drawing anew for each pixel takes longer than all the rest. */
const BITS = 12;
const TABLE = 1 << BITS;

/**
 * The noise of a sensor: every value of every pixel a little off, all channels together more than each alone.
 *
 * @param photo The picture, changed in place.
 * @param deviation How far, in values: the standard deviation.
 * @param random Where chance comes from.
 */
export function addSensorNoise({ data }: Photo, deviation: number, random: Random): void {
  const table = Float32Array.from({ length: TABLE }, () => random.normal() * deviation);
  for (let i = 0; i < data.length; i += 3) {
    const places = random.integer(TABLE * TABLE);
    const common = 0.8 * table[places >> BITS];
    const place = places & (TABLE - 1);
    data[i] += common + 0.6 * table[place];
    data[i + 1] += common + 0.6 * table[place ^ 1];
    data[i + 2] += common + 0.6 * table[place ^ 2];
  }
}

/**
 * Pixels that are quite black or quite white.
 *
 * @param photo The picture, changed in place.
 * @param share How many of all pixels.
 * @param random Where chance comes from.
 */
export function addSaltAndPepper({ data }: Photo, share: number, random: Random): void {
  const pixels = data.length / 3;
  for (let n = Math.round(share * pixels); n > 0; n--) {
    const at = 3 * random.integer(pixels);
    data.fill(random.next() < 0.5 ? 0 : 255, at, at + 3);
  }
}

/**
 * Specks of dust, dark or light, smaller than any stroke.
 *
 * @param photo The picture, changed in place.
 * @param count How many.
 * @param radius How large the largest one is, in pixels.
 * @param random Where chance comes from.
 */
export function addDust(
  { data, width, height }: Photo,
  count: number,
  radius: number,
  random: Random,
): void {
  for (let n = 0; n < count; n++) {
    const [x, y] = [random.uniform(0, width), random.uniform(0, height)];
    const [long, short] = [random.uniform(0.4, 1) * radius, random.uniform(0.4, 1) * radius];
    const tone = random.next() < 0.7 ? random.uniform(20, 110) : random.uniform(200, 255);
    const strong = random.uniform(0.5, 1);
    const reach = Math.max(long, short) + 1;
    for (let py = Math.max(0, Math.floor(y - reach)); py < Math.min(height, y + reach); py++) {
      for (let px = Math.max(0, Math.floor(x - reach)); px < Math.min(width, x + reach); px++) {
        const away = Math.hypot((px + 0.5 - x) / long, (py + 0.5 - y) / short);
        const share = strong * Math.min(1, Math.max(0, (1 - away) * Math.min(long, short) + 0.5));
        const at = 3 * (py * width + px);
        for (let c = 0; c < 3; c++) data[at + c] += share * (tone - data[at + c]);
      }
    }
  }
}
