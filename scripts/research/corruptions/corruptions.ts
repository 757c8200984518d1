/**
 * The fifteen corruptions of MNIST-C (N. Mu and J. Gilmer, "MNIST-C: A Robustness Benchmark for Computer Vision",
 * 2019), as severe as in its static test set. They are written from their description, and take their chance from the
 * project's own generator: their pictures are like those of MNIST-C, not the same.
 *
 * @module
 */

import type { Dataset } from "../../../src/data/dataset.ts";
import type { Random } from "../../../src/model/random.ts";
import { pictureRandom } from "../hard_set/pictures/hard_picture.ts";
import { rotate, scale, shear, translate } from "./geometry.ts";
import { brightness, cannyEdges, fog } from "./light.ts";
import { dottedLine, stripe, zigzag } from "./lines.ts";
import { glassBlur, impulseNoise, motionBlur, shotNoise, spatter } from "./noise.ts";

/** All of them by name, in the order of the paper. */
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

/** The side of a picture in pixels. */
export const SIDE = 28;

/**
 * Makes a damaged copy of a picture.
 *
 * @param pixels 28×28 bytes, row by row, light ink on dark; they stay as they are.
 * @param random Where chance comes from; the same state gives the same picture.
 * @returns As many bytes, in fresh memory.
 */
type Corruption = (pixels: Uint8Array, random: Random) => Uint8Array<ArrayBuffer>;

/**
 * @param pixels Bytes.
 * @returns Them as shares of white, 0 to 1.
 */
export function toShares(pixels: Uint8Array): Float64Array<ArrayBuffer> {
  return Float64Array.from(pixels, (value) => value / 255);
}

/**
 * @param shares Shares of white; those below 0 are black, those above 1 are white.
 * @returns Them as bytes, rounded.
 */
export function toBytes(shares: Float64Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Uint8ClampedArray.from(shares, (share) => 255 * share).buffer);
}

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

/**
 * @param random Where chance comes from; one number is taken.
 * @returns 1 or −1, each as often.
 */
export function eitherWay(random: Random): 1 | -1 {
  return random.integer(2) === 0 ? 1 : -1;
}
