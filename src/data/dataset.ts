import { LeNetError, shown, shownItems } from "../errors.ts";
import { type ImageShape, sizeOf } from "../model/architecture.ts";
import { type Normalization, type Preparation, PREPARATIONS } from "../model/model.ts";
import type { Random } from "../model/random.ts";

/** Labelled images, as plain data. */
export interface Dataset {
  /** The name that messages and histories show, such as `MNIST train`. */
  readonly name: string;
  /** All pixels, 0 to 255: `count` images one after another, each [channels, height, width]. */
  readonly images: Uint8Array;
  /** The class of each image, an index into `classNames`. */
  readonly labels: Uint8Array;
  /** The shape of one image. */
  readonly shape: ImageShape;
  /** The number of images. */
  readonly count: number;
  /** The names of the classes, in label order. */
  readonly classNames: readonly string[];
  /** How pictures are prepared for networks trained on these images. Default `digit`. */
  readonly preparation?: Preparation;
  /** SHA-256 in hexadecimal of each file that the data was read from, by file name. */
  readonly checksums?: Readonly<Record<string, string>>;
}

/**
 * Checks that the fields of a dataset are what they should be, and agree.
 *
 * @param dataset The dataset.
 * @returns The same dataset.
 * @throws {LeNetError} `data/malformed` when a field is missing or of another kind, or a label has no class; `data/empty`
 * when it has no images; `data/mismatch` when shape, count, pixels and labels do not agree.
 */
export function checkDataset(dataset: Dataset): Dataset {
  if (typeof dataset !== "object" || dataset === null) {
    throw new LeNetError(
      "data/malformed",
      `Cannot use the dataset: found ${shown(dataset)}, expected a dataset such as loadMnist gives`,
    );
  }
  const { images, labels, shape, count, classNames } = dataset;
  if (!isText(dataset.name)) {
    throw new LeNetError(
      "data/malformed",
      `Cannot use the dataset: its name is ${
        shown(dataset.name)
      }, expected a text, in a dataset such as loadMnist gives`,
    );
  }
  const name = shown(dataset.name);
  const refuse = (part: string, problem: string): never => {
    throw new LeNetError(
      "data/malformed",
      `Cannot use the dataset ${name}: its ${part} ${problem}`,
    );
  };
  for (const [part, values] of Object.entries({ images, labels })) {
    if (values instanceof Uint8Array) continue;
    refuse(part, "are no Uint8Array, expected bytes from 0 to 255");
  }
  for (const [part, values] of Object.entries({ shape, classNames })) {
    if (!Array.isArray(values)) refuse(part, `is ${shown(values)}, expected an array`);
  }
  checkDescription(dataset, refuse);
  const fail = (problem: string): never => {
    throw new LeNetError("data/mismatch", `Cannot use the dataset ${name}: ${problem}`);
  };
  if (count === 0) {
    throw new LeNetError(
      "data/empty",
      `Cannot use the dataset ${name}: it has 0 images, expected at least 1`,
    );
  }
  const sizes = `[${shownItems(shape)}]`;
  for (const size of [count, ...shape]) {
    if (!Number.isInteger(size) || size < 1) {
      fail(`it claims ${shown(count)} images of shape ${sizes}, expected whole numbers from 1`);
    }
  }
  if (shape.length !== 3) fail(`its shape is ${sizes}, expected [channels, height, width]`);
  const pixels = count * sizeOf(shape);
  if (images.length !== pixels) {
    fail(`it has ${images.length} pixel values, expected ${pixels} (${count} of ${sizes})`);
  }
  if (labels.length !== count) fail(`it has ${labels.length} labels, expected ${count}`);
  checkLabels(labels, classNames.length, `use the dataset ${name}`);
  return dataset;
}

/** Checks what goes into the model that is trained on a dataset, as the readers of files do. */
function checkDescription(
  { classNames, preparation, checksums }: Dataset,
  refuse: (part: string, problem: string) => never,
): void {
  // A copy, in which holes are undefined: `every` would skip them.
  if (classNames.length === 0 || !Array.from(classNames).every(isText)) {
    refuse("classNames", `is [${shownItems(classNames)}], expected at least one name, none empty`);
  }
  if (preparation !== undefined && !PREPARATIONS.includes(preparation)) {
    const expected = `one of ${PREPARATIONS.join(", ")}`;
    refuse("preparation", `is ${shown(preparation)}, expected ${expected}`);
  }
  if (checksums === undefined) return;
  // A map would be taken for an object without checksums.
  if (Object.prototype.toString.call(checksums) !== "[object Object]") {
    refuse("checksums", `is ${shown(checksums)}, expected an object of texts by file name`);
  }
  for (const [file, checksum] of Object.entries(checksums)) {
    if (isText(checksum)) continue;
    refuse("checksums", `has ${shown(checksum)} for ${shown(file)}, expected a text`);
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/**
 * Checks that every label is the index of a class.
 *
 * @param labels The labels.
 * @param classes The number of classes.
 * @param action The verb and object of the message.
 * @throws {LeNetError} `data/malformed` for the first label that is too large.
 */
export function checkLabels(labels: Uint8Array, classes: number, action: string): void {
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] >= classes) {
      throw new LeNetError(
        "data/malformed",
        `Cannot ${action}: label ${i} is ${labels[i]}, expected 0 to ${classes - 1}`,
      );
    }
  }
}

/**
 * Splits a dataset: the last images become the hold-out set. Nothing is copied.
 *
 * @param dataset The dataset. Its order is kept.
 * @param validationCount The size of the hold-out set, from 1 to one less than the number of images.
 * @returns Two views of the dataset.
 * @throws {LeNetError} `option/invalid` when the size is not a whole number from 1; `data/empty` when no training image
 * would be left; the errors of {@linkcode checkDataset}.
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
 * Limits a dataset to its first images. Nothing is copied.
 *
 * @param dataset The dataset.
 * @param limit The largest number of images, from 1.
 * @returns A view of the dataset.
 * @throws {LeNetError} `option/invalid` when the limit is not a whole number from 1; the errors of
 * {@linkcode checkDataset}.
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

function checkCount(count: number, action: string): void {
  if (!Number.isInteger(count) || count < 1) {
    throw new LeNetError(
      "option/invalid",
      `Cannot ${action}: the number of images is ${shown(count)}, expected a whole number from 1`,
    );
  }
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

/**
 * Pads each image of a dataset with zeros, centred, as the LeNet-5 of 1998 pads MNIST from 28×28 to 32×32. An odd
 * number of rows or columns puts the extra one below or to the right.
 *
 * @param dataset The dataset.
 * @param height Rows of the padded images.
 * @param width Columns of the padded images.
 * @returns The padded dataset, or the same dataset when it has that size already.
 * @throws {LeNetError} `option/invalid` when a side is not a whole number; `data/mismatch` when it is smaller than the
 * images; the errors of {@linkcode checkDataset}.
 */
export function padDataset(dataset: Dataset, height: number, width: number): Dataset {
  const { name, images, count, shape: [channels, rows, columns] } = checkDataset(dataset);
  const action = `pad the dataset ${name}`;
  for (const side of [height, width]) {
    if (!Number.isInteger(side)) {
      throw new LeNetError(
        "option/invalid",
        `Cannot ${action}: a side is ${shown(side)}, expected a whole number`,
      );
    }
  }
  if (height < rows || width < columns) {
    throw new LeNetError(
      "data/mismatch",
      `Cannot ${action}: the padded size is ${height}×${width}, expected at least the ${rows}×${columns} of its images`,
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
 * Computes the normalization that gives each channel of a dataset mean 0 and standard deviation 1. MNIST's training
 * images have 0.1307 and 0.3081.
 *
 * @param dataset The training images.
 * @returns Mean and standard deviation of each channel, of values in [0, 1]. The standard deviation of a constant
 * channel is 1, so that it can divide.
 * @throws {LeNetError} The errors of {@linkcode checkDataset}.
 */
export function normalizationOf(dataset: Dataset): Normalization {
  const { images, shape: [channels, height, width], count } = checkDataset(dataset);
  const size = height * width;
  const sums = new Float64Array(channels);
  const squares = new Float64Array(channels);
  for (let start = 0, plane = 0; start < images.length; start += size, plane++) {
    // Sums of whole numbers are exact in float64.
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
