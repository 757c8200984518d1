import { checkDataset, type Dataset, splitDataset } from "../data/dataset.ts";
import type { Random } from "../model/random.ts";
import { sizeOf } from "../model/shapes.ts";

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
