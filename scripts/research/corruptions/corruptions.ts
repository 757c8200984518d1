import type { Dataset } from "../../../src/data/dataset.ts";
import type { Random } from "../../../src/model/random.ts";
import { pictureRandom } from "../hard_set/pictures/hard_picture.ts";
import { rotate, scale, shear, translate } from "./geometry.ts";
import { brightness, cannyEdges, fog } from "./light.ts";
import { dottedLine, stripe, zigzag } from "./lines.ts";
import { glassBlur, impulseNoise, motionBlur, shotNoise, spatter } from "./noise.ts";

/** The fifteen corruptions of MNIST-C (N. Mu and J. Gilmer, 2019) by name, in the order of the paper. */
export const CORRUPTIONS: Readonly<Record<string, Corruption>> = {
  "shot-noise": shotNoise,
  "impulse-noise": impulseNoise,
  "glass-blur": glassBlur,
  "motion-blur": motionBlur,
  "shear": shear,
  "scale": scale,
  "rotate": rotate,
  "brightness": brightness,
  "translate": translate,
  "stripe": stripe,
  "fog": fog,
  "spatter": spatter,
  "dotted-line": dottedLine,
  "zigzag": zigzag,
  "canny-edges": cannyEdges,
};

/**
 * Makes a corrupted copy of a picture.
 *
 * @param pixels 28×28 bytes, row by row, light ink on dark; they are not changed.
 * @param random The same state gives the same picture.
 * @returns New bytes.
 */
type Corruption = (pixels: Uint8Array, random: Random) => Uint8Array<ArrayBuffer>;

/**
 * Corrupts all images of a dataset. The randomness of an image depends on its index and the seed alone.
 *
 * @param dataset Images of 28×28 bytes.
 * @param name A key of {@linkcode CORRUPTIONS}.
 * @returns A new dataset.
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
