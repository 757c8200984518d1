import { distort, type Distortions } from "../data/augment/distort.ts";
import { checkDataset, type Dataset, splitDataset } from "../data/dataset.ts";
import { sizeOf } from "../model/architecture.ts";
import { type Normalization, normalize } from "../model/model.ts";
import type { Random } from "../model/random.ts";

/** The images of one training step. */
export interface Batch {
  /** Normalized images, one after another; valid until the next batch is requested. */
  readonly inputs: Float32Array;
  /** The classes of the first images; without targets, of all. */
  readonly labels: Uint8Array;
  /** The logits of another network for the remaining images, as targets. */
  readonly targets?: Float32Array;
}

/** The options of {@linkcode batches}. */
export interface BatchOptions {
  readonly batchSize: number;
  /** The random distortions of each image; null for none. */
  readonly augment: Distortions | null;
  readonly normalization: Normalization;
}

/**
 * Passes over a dataset once, in random order.
 *
 * @param dataset The images and labels.
 * @param options The batch size (the last batch may be smaller), the distortions and the normalization.
 * @param random Decides the order and the distortions.
 * @returns The batches, in the same buffer.
 */
export function* batches(
  dataset: Dataset,
  options: BatchOptions,
  random: Random,
): Generator<Batch, void, void> {
  const { images, labels, count, shape } = dataset;
  const { batchSize, augment, normalization } = options;
  const size = sizeOf(shape);
  const order = random.shuffle(Uint32Array.from({ length: count }, (_, index) => index));
  const source = new Uint8Array(batchSize * size);
  const inputs = new Float32Array(batchSize * size);
  for (let start = 0; start < count; start += batchSize) {
    const picked = order.subarray(start, start + batchSize);
    const values = picked.length * size;
    picked.forEach((image, n) => {
      source.set(images.subarray(image * size, (image + 1) * size), n * size);
    });
    const batch = inputs.subarray(0, values);
    if (augment === null) { for (let i = 0; i < values; i++) batch[i] = source[i] / 255; }
    else distort(source.subarray(0, values), shape, augment, random, batch);
    normalize(batch, shape, normalization);
    yield { inputs: batch, labels: Uint8Array.from(picked, (image) => labels[image]) };
  }
}

/**
 * Splits a dataset at random into a training set and a hold-out set, stratified by class.
 *
 * @param dataset The dataset, in any order.
 * @param count The size of the hold-out set, from 1 to one less than the number of images.
 * @param random Decides which images are held out.
 * @returns Copies of the two parts.
 * @throws {LeNetError} The errors of {@linkcode splitDataset}.
 */
export function holdOut(
  dataset: Dataset,
  count: number,
  random: Random,
): { train: Dataset; validation: Dataset } {
  const { images, labels, shape, classNames } = checkDataset(dataset);
  const totals = classNames.map((_, label) => labels.filter((other) => other === label).length);
  const seen = classNames.map(() => 0);
  // The place of an image is its rank within its class, from 0 to 1. Sorted by place, every part of the row has the
  // share of each class.
  const order = random.shuffle(Array.from(labels, (_, index) => index))
    .map((index) => {
      const label = labels[index];
      return { index, place: (seen[label]++ + 0.5) / totals[label] };
    })
    .sort((a, b) => a.place - b.place)
    .map(({ index }) => index);
  const size = sizeOf(shape);
  const mixed = new Uint8Array(images.length);
  order.forEach((index, n) =>
    mixed.set(images.subarray(index * size, (index + 1) * size), n * size)
  );
  const reordered = { ...dataset, images: mixed, labels: labels.map((_, n) => labels[order[n]]) };
  return splitDataset(reordered, count);
}

/**
 * Repeats a dataset.
 *
 * @param dataset The dataset.
 * @param times The number of repetitions, from 1.
 * @returns The images of all repetitions, one after another; the same dataset for 1.
 */
export function repeatDataset(dataset: Dataset, times: number): Dataset {
  if (times === 1) return dataset;
  const { images, labels, count } = dataset;
  const many = {
    images: new Uint8Array(images.length * times),
    labels: new Uint8Array(count * times),
  };
  for (let n = 0; n < times; n++) {
    many.images.set(images, n * images.length);
    many.labels.set(labels, n * count);
  }
  return { ...dataset, ...many, count: count * times };
}
