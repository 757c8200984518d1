import { LeNetError } from "../errors.ts";
import { type ImageShape, sizeOf } from "../model/architecture.ts";
import type { Normalization, Preparation } from "../model/model.ts";

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

/**
 * Puts each image of a dataset in the middle of a larger field of zeros, as LeNet-5 of 1998 sees MNIST: 28×28 pixels
 * in the middle of 32×32. Where a side grows by an odd number, the pixel more is to the right or below.
 *
 * @param dataset The dataset.
 * @param height Rows of the field.
 * @param width Columns of the field.
 * @returns A dataset of the field's size; the same dataset when it has that size already.
 * @throws {LeNetError} `option/invalid` when a side is not a whole number; `data/mismatch` when the field is smaller
 * than the images; what {@linkcode checkDataset} throws.
 */
export function padDataset(dataset: Dataset, height: number, width: number): Dataset {
  const { name, images, count, shape: [channels, rows, columns] } = checkDataset(dataset);
  const doing = `pad the dataset ${name}`;
  for (const side of [height, width]) {
    if (!Number.isInteger(side)) {
      throw new LeNetError(
        "option/invalid",
        `Cannot ${doing}: a side of the field is ${side}, expected a whole number`,
      );
    }
  }
  if (height < rows || width < columns) {
    throw new LeNetError(
      "data/mismatch",
      `Cannot ${doing}: the field is ${height}×${width}, expected at least the ${rows}×${columns} of its images`,
    );
  }
  if (height === rows && width === columns) return dataset;
  const shape: ImageShape = [channels, height, width];
  const padded = new Uint8Array(count * sizeOf(shape));
  const top = Math.floor((height - rows) / 2);
  const left = Math.floor((width - columns) / 2);
  for (let map = 0; map < count * channels; map++) {
    for (let y = 0; y < rows; y++) {
      const from = (map * rows + y) * columns;
      const to = (map * height + top + y) * width + left;
      padded.set(images.subarray(from, from + columns), to);
    }
  }
  return { ...dataset, images: padded, shape };
}

/**
 * The normalization under which each channel of a dataset has mean 0 and standard deviation 1: of MNIST's training images
 * 0.1307 and 0.3081.
 *
 * @param dataset The images to learn from.
 * @returns Mean and standard deviation of each channel, of values in [0, 1]; 1 where a channel has one value throughout.
 * @throws {LeNetError} What {@linkcode checkDataset} throws.
 */
export function normalizationOf(dataset: Dataset): Normalization {
  const { images, shape: [channels, height, width], count } = checkDataset(dataset);
  const size = height * width;
  const sums = new Float64Array(channels);
  const squares = new Float64Array(channels);
  for (let start = 0, plane = 0; start < images.length; start += size, plane++) {
    // Sums of whole numbers are exact in a double.
    let [sum, square] = [0, 0];
    for (let i = start; i < start + size; i++) {
      sum += images[i];
      square += images[i] ** 2;
    }
    sums[plane % channels] += sum;
    squares[plane % channels] += square;
  }
  const values = count * size;
  const mean = Array.from(sums, (sum) => sum / values);
  const std = mean.map((value, channel) => Math.sqrt(squares[channel] / values - value ** 2));
  return {
    mean: mean.map((value) => value / 255),
    std: std.map((value) => value > 0 ? value / 255 : 1),
  };
}
