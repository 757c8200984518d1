import type { Random } from "../../src/model/random.ts";
import { lightUnevenly } from "./light.ts";
import { colouredMaterials, darkMaterials, plainMaterials } from "./materials.ts";
import { addSensorNoise } from "./noise.ts";
import { paperOf } from "./paint.ts";
import type { Photo } from "./photo.ts";
import { type RgbaPicture, toRgba } from "./rgba_picture.ts";

/**
 * A sheet with nothing on it: plain, with grain, in uneven light, or dark towards the corners.
 *
 * @param random Where chance comes from.
 * @returns The picture.
 */
export function blankPicture(random: Random): RgbaPicture {
  const width = Math.round(random.uniform(28, 300));
  const height = Math.round(width * random.uniform(0.75, 1.33));
  const materials = [
    plainMaterials(random),
    darkMaterials(random),
    colouredMaterials(0, random),
  ];
  const photo = paperOf(width, height, materials[random.integer(3)].paper);
  const kind = random.integer(4);
  if (kind === 2) lightUnevenly(photo, random.uniform(1.1, 2.5), random);
  if (kind === 3) darkenCorners(photo, random.uniform(0.4, 0.9));
  if (kind === 1 || (kind > 1 && random.next() < 0.5)) {
    addSensorNoise(photo, random.uniform(1, 12), random);
  }
  return toRgba(photo);
}

/** A lens gives the corners less light. */
function darkenCorners({ data, width, height }: Photo, left: number): void {
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / 3);
    const x = 2 * (pixel % width + 0.5) / width - 1;
    const y = 2 * (Math.floor(pixel / width) + 0.5) / height - 1;
    data[i] *= 1 - (1 - left) * ((x * x + y * y) / 2) ** 2;
  }
}
