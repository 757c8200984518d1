import type { Dataset } from "../../src/data/dataset.ts";

/** Concatenates two datasets of the same shape and classes. */
export function joinDatasets(first: Dataset, second: Dataset): Dataset {
  const images = new Uint8Array(first.images.length + second.images.length);
  const labels = new Uint8Array(first.count + second.count);
  images.set(first.images);
  images.set(second.images, first.images.length);
  labels.set(first.labels);
  labels.set(second.labels, first.count);
  return {
    ...first,
    name: `${first.name}, ${second.name}`,
    images,
    labels,
    count: first.count + second.count,
  };
}
