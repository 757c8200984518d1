import type { Random } from "../../src/model/random.ts";
import type { Photo } from "./photo.ts";

/**
 * Lights a picture from one side, or from a lamp close by.
 *
 * @param photo The picture, changed in place.
 * @param factor How many times as bright the brightest place is as the darkest, about.
 * @param random Where the light comes from.
 */
export function lightUnevenly(
  { data, width, height }: Photo,
  factor: number,
  random: Random,
): void {
  const angle = random.uniform(0, 2 * Math.PI);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const lamp = random.next() < 0.4;
  // A lamp stands near an edge of the picture, and its light falls off all around.
  const [lampX, lampY] = [0.5 + 0.55 * cos, 0.5 + 0.55 * sin];
  const reach = Math.abs(cos) + Math.abs(sin);
  const darkest = 1 / factor;
  for (let y = 0, at = 0; y < height; y++) {
    const v = (y + 0.5) / height;
    for (let x = 0; x < width; x++) {
      const u = (x + 0.5) / width;
      let shade: number;
      if (lamp) {
        const [dx, dy] = [u - lampX, v - lampY];
        shade = Math.min(1, (dx * dx + dy * dy) / 1.5);
      } else {
        shade = 0.5 - ((u - 0.5) * cos + (v - 0.5) * sin) / reach;
      }
      const light = 1 - (1 - darkest) * shade;
      data[at++] *= light;
      data[at++] *= light;
      data[at++] *= light;
    }
  }
}
