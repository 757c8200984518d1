import type { ImageShape } from "../model/architecture.ts";
import { LeNetError } from "../model/error.ts";
import type { Preparation } from "../model/model.ts";
import { sizeOf } from "../model/shapes.ts";

/** Labelled images, as plain data. */
export interface Dataset {
  /** A name for people, such as `MNIST train`. */
  readonly name: string;
  /** All pixels, 0 to 255: `count` images one after another, each [channels, height, width]. */
  readonly images: Uint8Array;
  /** The class of each image, an index into `classNames`. */
  readonly labels: Uint8Array;
  /** The shape of one image. */
  readonly shape: ImageShape;
  /** How many images there are. */
  readonly count: number;
  /** A name for each class. */
  readonly classNames: readonly string[];
  /** How a picture becomes an image like these; `digit` where it is left out. */
  readonly preparation?: Preparation;
  /** SHA-256 in hexadecimal of each file the data was read from, by file name. */
  readonly checksums?: Readonly<Record<string, string>>;
}

/**
 * Checks that the parts of a dataset fit each other.
 *
 * @param dataset The dataset.
 * @returns The same dataset.
 * @throws {LeNetError} `data/empty` when it has no images; `data/mismatch` when shape, count, pixels and labels do
 * not agree; `data/malformed` when a label has no class.
 */
export function checkDataset(dataset: Dataset): Dataset {
  const { name, images, labels, shape, count, classNames } = dataset;
  const fail = (problem: string): never => {
    throw new LeNetError("data/mismatch", `Cannot use the dataset ${name}: ${problem}`);
  };
  if (count === 0) {
    throw new LeNetError(
      "data/empty",
      `Cannot use the dataset ${name}: it has 0 images, expected at least 1`,
    );
  }
  for (const size of [count, ...shape]) {
    if (!Number.isInteger(size) || size < 1) {
      fail(`it claims ${count} images of shape [${shape}], expected whole numbers from 1`);
    }
  }
  if (shape.length !== 3) fail(`its shape is [${shape}], expected [channels, height, width]`);
  const pixels = count * sizeOf(shape);
  if (images.length !== pixels) {
    fail(`it has ${images.length} pixel values, expected ${pixels} (${count} of [${shape}])`);
  }
  if (labels.length !== count) fail(`it has ${labels.length} labels, expected ${count}`);
  checkLabels(labels, classNames.length, `use the dataset ${name}`);
  return dataset;
}

/**
 * Checks that every label names a class.
 *
 * @param labels The labels.
 * @param classes How many classes there are.
 * @param doing What it is for, as the verb and object of the message.
 * @throws {LeNetError} `data/malformed` naming the first label that is too large.
 */
export function checkLabels(labels: Uint8Array, classes: number, doing: string): void {
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] >= classes) {
      throw new LeNetError(
        "data/malformed",
        `Cannot ${doing}: label ${i} is ${labels[i]}, expected 0 to ${classes - 1}`,
      );
    }
  }
}

/**
 * Sets the last images of a dataset aside for validation. Nothing is copied.
 *
 * @param dataset The dataset; its order is kept.
 * @param validationCount How many images to set aside, from 1 to one less than there are.
 * @returns Two views of the dataset.
 * @throws {LeNetError} `option/invalid` when the count is not a whole number from 1; `data/empty` when nothing
 * would be left to train on; what {@linkcode checkDataset} throws.
 */
export function splitDataset(
  dataset: Dataset,
  validationCount: number,
): { train: Dataset; validation: Dataset } {
  const { name, count } = checkDataset(dataset);
  checkCount(validationCount, `split the dataset ${name}`);
  if (validationCount >= count) {
    throw new LeNetError(
      "data/empty",
      `Cannot split the dataset ${name}: ${validationCount} of its ${count} images are for validation, expected at most ${
        count - 1
      }`,
    );
  }
  const trainCount = count - validationCount;
  return { train: view(dataset, 0, trainCount), validation: view(dataset, trainCount, count) };
}

/**
 * The first images of a dataset. Nothing is copied.
 *
 * @param dataset The dataset.
 * @param limit How many images to keep at most, from 1.
 * @returns A view of the dataset.
 * @throws {LeNetError} `option/invalid` when the limit is not a whole number from 1; what {@linkcode checkDataset}
 * throws.
 */
export function takeDataset(dataset: Dataset, limit: number): Dataset {
  const { name, count } = checkDataset(dataset);
  checkCount(limit, `take the first images of the dataset ${name}`);
  return view(dataset, 0, Math.min(limit, count));
}

function view(dataset: Dataset, start: number, end: number): Dataset {
  const size = sizeOf(dataset.shape);
  return {
    ...dataset,
    images: dataset.images.subarray(start * size, end * size),
    labels: dataset.labels.subarray(start, end),
    count: end - start,
  };
}

function checkCount(count: number, doing: string): void {
  if (!Number.isInteger(count) || count < 1) {
    throw new LeNetError(
      "option/invalid",
      `Cannot ${doing}: the number of images is ${count}, expected a whole number from 1`,
    );
  }
}
