import type { Dataset } from "../../src/data/dataset.ts";
import { pictureRandom } from "../hard_set/picture_random.ts";
import { CORRUPTIONS } from "./corruptions.ts";

/**
 * Corrupts all images of a dataset. What becomes of an image depends on its place and on the seed, not on the images
 * before it.
 *
 * @param dataset Images of 28×28 bytes.
 * @param name Which of {@linkcode CORRUPTIONS}.
 * @param seed Tells one set of corrupted images from another.
 * @returns A dataset of as many.
 */
export function corruptDataset(dataset: Dataset, name: string, seed: number): Dataset {
  const size = dataset.images.length / dataset.count;
  const images = new Uint8Array(dataset.images.length);
  for (let n = 0; n < dataset.count; n++) {
    const pixels = dataset.images.subarray(n * size, (n + 1) * size);
    images.set(CORRUPTIONS[name](pixels, pictureRandom(name, n, seed)), n * size);
  }
  return { ...dataset, name: `${dataset.name}, ${name}`, images };
}
