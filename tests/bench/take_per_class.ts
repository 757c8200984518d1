import type { Dataset } from "../../src/data/dataset.ts";
import { sizeOf } from "../../src/model/architecture.ts";

/**
 * The first images of each class.
 *
 * @param dataset The dataset.
 * @param each How many images of each class there shall be.
 * @returns A copy of them, in their order.
 */
export function takePerClass(dataset: Dataset, each: number): Dataset {
  const { labels, classNames } = dataset;
  const taken = classNames.map(() => 0);
  return take(dataset, Array.from(labels.keys()).filter((index) => taken[labels[index]]++ < each));
}

/**
 * The first images of one class.
 *
 * @param dataset The dataset.
 * @param label The class.
 * @param count How many images there shall be.
 * @returns A copy of them, in their order.
 */
export function takeOfClass(dataset: Dataset, label: number, count: number): Dataset {
  const indices = Array.from(dataset.labels.keys());
  return take(dataset, indices.filter((index) => dataset.labels[index] === label).slice(0, count));
}

function take(dataset: Dataset, indices: readonly number[]): Dataset {
  const { images, labels, shape } = dataset;
  const size = sizeOf(shape);
  const picked = new Uint8Array(indices.length * size);
  indices.forEach((index, n) =>
    picked.set(images.subarray(index * size, (index + 1) * size), n * size)
  );
  return {
    ...dataset,
    images: picked,
    labels: Uint8Array.from(indices, (index) => labels[index]),
    count: indices.length,
  };
}
