import { distort, type Distortions } from "../data/augment/distort.ts";
import { checkDataset, type Dataset, splitDataset } from "../data/dataset.ts";
import { sizeOf } from "../model/architecture.ts";
import { type Normalization, normalize } from "../model/model.ts";
import type { Random } from "../model/random.ts";

/** What one training step sees. */
export interface Batch {
  /** Normalized images, one after another; valid until the next batch is asked for. */
  readonly inputs: Float32Array;
  /** The right classes of the first of them; in a pass over a dataset, of all. */
  readonly labels: Uint8Array;
  /** The logits that another network gave for the images after those, to come close to. */
  readonly answers?: Float32Array;
}

/** How batches are made. */
export interface BatchOptions {
  readonly batchSize: number;
  /** The distortions of each image; null for none. */
  readonly augment: Distortions | null;
  readonly normalization: Normalization;
}

/**
 * One pass over a dataset in random order, every image once.
 *
 * @param dataset The images.
 * @param options Images in a batch (the last one may have fewer), distortions or null, and what the network expects.
 * @param random Decides order and distortions.
 * @returns The batches.
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
 * Sets images of a dataset aside by chance, of each class its share.
 *
 * @param dataset The dataset; it may be in order of its classes.
 * @param count How many images to set aside, from 1 to one less than there are.
 * @param random Decides which.
 * @returns Copies of the two parts.
 * @throws {LeNetError} What {@linkcode splitDataset} throws.
 */
export function holdOut(
  dataset: Dataset,
  count: number,
  random: Random,
): { train: Dataset; validation: Dataset } {
  const { images, labels, shape, classNames } = checkDataset(dataset);
  const totals = classNames.map((_, label) => labels.filter((other) => other === label).length);
  const seen = classNames.map(() => 0);
  // Each image stands at its own place among those of its class, from 0 to 1: any part of the row has of each class its
  // share.
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
 * A dataset several times over.
 *
 * @param dataset The dataset.
 * @param times How often, from 1.
 * @returns All images once, then all again, and so on; the same dataset for once.
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
