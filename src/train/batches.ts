import type { Dataset } from "../data/dataset.ts";
import { distort, type Distortions } from "../data/distort.ts";
import { normalize } from "../image/normalize.ts";
import type { Normalization } from "../model/model.ts";
import type { Random } from "../model/random.ts";
import { sizeOf } from "../model/shapes.ts";

/** What one training step sees. */
export interface Batch {
  /** Normalized images, one after another; valid until the next batch is asked for. */
  readonly inputs: Float32Array;
  /** The right classes of the first of them; in a pass over a dataset, of all. */
  readonly labels: Uint8Array;
  /** The logits that another network gave for the images after those, to come close to. */
  readonly answers?: Float32Array;
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
  options: { batchSize: number; augment: Distortions | null; normalization: Normalization },
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
