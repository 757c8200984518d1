import type { Dataset } from "../data/dataset.ts";

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
