import { distort, type Distortions } from "../data/augment/distort.ts";
import type { Dataset } from "../data/dataset.ts";
import { type ImageShape, sizeOf } from "../model/architecture.ts";
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
 * Passes over a dataset once, as {@linkcode batches} does, here or in a worker: with the same bytes, and with the same
 * state of `random` whenever a batch is taken, however many are made ahead of it.
 */
export type MakeBatches = (
  dataset: Dataset,
  options: BatchOptions,
  random: Random,
) => Iterable<Batch> | AsyncIterable<Batch>;

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
  const { shape } = dataset;
  const values = options.batchSize * sizeOf(shape);
  const images = new Uint8Array(values);
  const inputs = new Float32Array(values);
  for (const picked of drawBatches(dataset, options, random)) {
    const source = gatherImages(dataset, picked, images);
    const batch = inputs.subarray(0, source.length);
    makeInputs(source, shape, options, random, batch);
    yield { inputs: batch, labels: labelsOf(dataset, picked) };
  }
}

/**
 * Draws the order of a pass over a dataset, all of it before the first batch.
 *
 * @param dataset The images.
 * @param options The batch size; the last batch may be smaller.
 * @param random Decides the order.
 * @returns The numbers of the images of each batch.
 */
export function* drawBatches(
  { count }: Dataset,
  { batchSize }: Pick<BatchOptions, "batchSize">,
  random: Random,
): Generator<Uint32Array, void, void> {
  const order = random.shuffle(Uint32Array.from({ length: count }, (_, index) => index));
  for (let start = 0; start < count; start += batchSize) {
    yield order.subarray(start, start + batchSize);
  }
}

/**
 * Copies the images of a batch, one after another.
 *
 * @param dataset The images.
 * @param picked The numbers of those that are copied.
 * @param out Receives them; it may be longer.
 * @returns The part of `out` that holds them.
 */
export function gatherImages<Buffer extends ArrayBufferLike>(
  { images, shape }: Dataset,
  picked: Uint32Array,
  out: Uint8Array<Buffer>,
): Uint8Array<Buffer> {
  const size = sizeOf(shape);
  picked.forEach((image, n) => {
    out.set(images.subarray(image * size, (image + 1) * size), n * size);
  });
  return out.subarray(0, picked.length * size);
}

/**
 * Gives the labels of a batch.
 *
 * @param dataset The labels.
 * @param picked The numbers of the images.
 * @returns The class of each.
 */
export function labelsOf({ labels }: Dataset, picked: Uint32Array): Uint8Array {
  return Uint8Array.from(picked, (image) => labels[image]);
}

/** How the inputs of a network are made from images. */
export type InputOptions = Pick<BatchOptions, "augment" | "normalization">;

/**
 * Makes the inputs of a batch from its images: distorts and normalizes them.
 *
 * @param images The images, one after another.
 * @param shape The shape of one image.
 * @param options The distortions and the normalization.
 * @param random Decides the distortions.
 * @param out Receives as many values.
 */
export function makeInputs(
  images: Uint8Array,
  shape: ImageShape,
  { augment, normalization }: InputOptions,
  random: Random,
  out: Float32Array,
): void {
  if (augment === null) { for (let i = 0; i < out.length; i++) out[i] = images[i] / 255; }
  else distort(images, shape, augment, random, out);
  normalize(out, shape, normalization);
}
