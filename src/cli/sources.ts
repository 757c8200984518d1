/**
 * What commands read: networks, checkpoints and datasets.
 *
 * @module
 */

import { join } from "node:path";
import manifest from "../../weights/deno.json" with { type: "json" };
import {
  ARTICLE_DISTORTIONS,
  DIGIT_DISTORTIONS,
  type Distortions,
  PHOTO_DISTORTIONS,
} from "../data/augment/distort.ts";
import {
  CIFAR_10,
  FASHION_MNIST,
  loadCifar10,
  loadFashionMnist,
  loadMnist,
  MNIST,
} from "../data/catalog.ts";
import type { Collection, LoadOptions, Split } from "../data/collection.ts";
import { type Dataset, padDataset, splitDataset, takeDataset } from "../data/dataset.ts";
import type { DownloadOptions } from "../data/download.ts";
import { fileSize, readFile } from "../data/files.ts";
import { type BackendOption, BACKENDS } from "../engine/backends.ts";
import { LeNetError } from "../errors.ts";
import { LeNet } from "../lenet.ts";
import type { ImageShape } from "../model/architecture.ts";
import type { Checkpoint } from "../train/checkpoint.ts";
import type { WeightsModule } from "../weights/model_file.ts";
import type { FlagTable } from "./flags.ts";
import { drawDigits } from "./pictures.ts";
import { bar, CHECKPOINT_ENDING, ProgressLine, unwritable } from "./run_output.ts";

/** The pretrained networks that classify pictures; the others only serve as parts of the reader. */
export const PRETRAINED: readonly string[] = Object.keys(manifest.exports)
  .map((path) => path.slice("./".length))
  .filter((name) => !["judge", "line", "non-digit", "types"].includes(name));

/** The flags that choose a network and where it is computed. */
export const NET_FLAGS = {
  weights: {
    kind: "text",
    value: "NAME",
    default: "digits",
    help: "a pretrained network, or a safetensors file",
  },
  backend: {
    kind: "choice",
    value: "NAME",
    choices: BACKENDS,
    default: "auto",
    help: "where to compute",
  },
} as const satisfies FlagTable;

/**
 * Loads the network that the flags choose.
 *
 * @param flags The values of {@linkcode NET_FLAGS}.
 * @returns The network, which the caller disposes of.
 * @throws {LeNetError} Whatever reading the file or loading the network throws.
 */
export async function loadNet(
  { weights, backend }: { readonly weights: string; readonly backend: BackendOption },
): Promise<LeNet> {
  return await LeNet.load(await weightsOf(weights), { backend });
}

/**
 * Finds the weights that a name stands for.
 *
 * @param name One of {@linkcode PRETRAINED}, or the path of a safetensors file.
 * @returns The module, or the bytes of the file.
 * @throws {LeNetError} `file/missing` or `file/unreadable`.
 */
export async function weightsOf(name: string): Promise<WeightsModule | Uint8Array> {
  return PRETRAINED.includes(name) ? await pretrained(name) : await readFile(name);
}

/**
 * Loads a pretrained network.
 *
 * @param name One of {@linkcode PRETRAINED}.
 * @returns Its module.
 */
export async function pretrained(name: string): Promise<WeightsModule> {
  // A computed specifier: a literal one for each name would load all of them.
  return await import(`@x/lenet-weights/${name}`);
}

/**
 * Reads the checkpoint that `--resume` names.
 *
 * @param file The path of the checkpoint, or that of the network.
 * @returns The checkpoint, its path and that of the network.
 * @throws {LeNetError} As {@linkcode readCheckpoint} does.
 */
export async function readRun(
  file: string,
): Promise<{ readonly out: string; readonly path: string; readonly checkpoint: Checkpoint }> {
  const out = file.endsWith(CHECKPOINT_ENDING) ? file.slice(0, -CHECKPOINT_ENDING.length) : file;
  const path = `${out}${CHECKPOINT_ENDING}`;
  return { out, path, checkpoint: await readCheckpoint(path) };
}

/**
 * Reads the checkpoint of a training.
 *
 * @param path The path of the file.
 * @returns The checkpoint.
 * @throws {LeNetError} `checkpoint/malformed` and `checkpoint/mismatch`, with the path; whatever reading the file throws.
 */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  // Loaded on demand: most commands read none.
  const { checkpointFromBytes } = await import("../train/checkpoint.ts");
  const bytes = await readFile(path);
  try {
    return checkpointFromBytes(bytes);
  } catch (error) {
    if (!(error instanceof LeNetError)) throw error;
    throw new LeNetError(error.code, `${error.message} (${path})`, { cause: error });
  }
}

/**
 * Refuses to overwrite the finished epochs of an interrupted run.
 *
 * @param files The files that a training will write, which may be missing: its checkpoint, unless it resumes that one, and
 * the files that `--out` and `--report` name. These may be anything but a checkpoint with epochs.
 * @throws {LeNetError} `file/unwritable`.
 */
export async function protectEpochs(
  { checkpoint, ...named }: {
    readonly checkpoint?: string | undefined;
    readonly out: string;
    readonly report: string | undefined;
  },
): Promise<void> {
  for (const path of [checkpoint, named.out, named.report]) {
    if (path === undefined || await fileSize(path) === undefined) continue;
    if (path !== checkpoint && !path.endsWith(CHECKPOINT_ENDING)) continue;
    const found = await readCheckpoint(path).catch((error) => {
      if (error instanceof LeNetError) return undefined;
      throw error;
    });
    const epochs = found?.history.length ?? (path === checkpoint ? NaN : 0);
    if (epochs === 0) continue;
    const holds = found === undefined
      ? "what is there cannot be read as a checkpoint"
      : `it holds ${epochs} finished ${epochs === 1 ? "epoch" : "epochs"} of an interrupted run`;
    throw unwritable(
      path,
      `${holds}; continue it with --resume ${path.slice(0, -CHECKPOINT_ENDING.length)}, or ` +
        `remove it, or take another ${path === named.report ? "--report" : "--out"}`,
    );
  }
}

/** A published dataset. */
interface Published {
  readonly collection: Collection;
  readonly load: (options: LoadOptions) => Promise<Dataset>;
  /** The distortions for augmentation that keep the class of its images. */
  readonly distortions: Distortions;
}

/** The name of a published dataset. */
export type DatasetName = "mnist" | "fashion-mnist" | "cifar-10";

const PUBLISHED: Readonly<Record<DatasetName, Published>> = {
  "mnist": { collection: MNIST, load: loadMnist, distortions: DIGIT_DISTORTIONS },
  "fashion-mnist": {
    collection: FASHION_MNIST,
    load: loadFashionMnist,
    distortions: ARTICLE_DISTORTIONS,
  },
  "cifar-10": { collection: CIFAR_10, load: loadCifar10, distortions: PHOTO_DISTORTIONS },
};

/** The names of the published datasets. */
export const DATASETS = Object.keys(PUBLISHED) as readonly DatasetName[];

/** The part of a dataset to measure on: `train-tail` takes the place of the test set while something is tuned. */
export const PARTS = ["test", "train-tail"] as const;

/** The number of training images in `train-tail`. */
export const TAIL = 10_000;

/** The flags that choose a dataset and where its files are. */
export const DATASET_FLAGS = {
  dataset: {
    kind: "choice",
    value: "NAME",
    choices: DATASETS,
    default: "mnist",
    help: "the images",
  },
  data: {
    kind: "text",
    value: "DIR",
    help:
      "the folder of the dataset's files, compressed or not, or its parent folder; without it " +
      "they are downloaded once",
  },
} as const satisfies FlagTable;

/** The flag that chooses the part of a dataset to measure on. */
export const SPLIT_FLAG = {
  split: {
    kind: "choice",
    value: "NAME",
    choices: PARTS,
    default: "test",
    help: "the images to measure on; train-tail is the last 10,000 training images, for tuning",
  },
} as const satisfies FlagTable;

/** Options of {@linkcode loadPublished}. */
interface PublishedOptions {
  readonly split: Split;
  /** The dataset's own folder, or its parent folder. Without it the files are downloaded once. */
  readonly directory: string | undefined;
  /** Aborts a download. */
  readonly signal: AbortSignal;
  /** The input shape of a network; smaller images are padded to it, see {@linkcode padToFit}. */
  readonly input?: ImageShape | undefined;
}

/**
 * Loads a split of a published dataset.
 *
 * @param name The dataset.
 * @param options The split, its folder, and the shape to pad to.
 * @returns The images.
 * @throws {LeNetError} `file/missing` when the folder lacks a file; whatever else loading the dataset throws.
 */
export async function loadPublished(
  name: DatasetName,
  { split, directory, signal, input }: PublishedOptions,
): Promise<Dataset> {
  const { collection, load } = PUBLISHED[name];
  const folder = await folderOf(collection, directory);
  const dataset = await load({ split, directory: folder, signal, ...downloadProgress() });
  return input === undefined ? dataset : padToFit(dataset, input);
}

/** Shows the progress of downloads on a {@linkcode ProgressLine}. */
function downloadProgress(): Pick<DownloadOptions, "onProgress"> {
  const line = new ProgressLine();
  return {
    onProgress({ file, received, total }) {
      if (received >= total) return line.clear();
      line.draw(() => `${file}  ${bar(received / total, 20)}  ${Math.floor(received / 1e6)} MB`);
    },
  };
}

/** As many images as MNIST has for training. */
export const SYNTHETIC_COUNT = 60_000;

/** Options of {@linkcode loadTraining}. */
interface TrainingOptions extends Pick<PublishedOptions, "directory" | "signal"> {
  /** Draws digits instead of loading a dataset. */
  readonly synthetic: boolean;
  /** The number of images at most. */
  readonly limit: number | undefined;
  /** The seed of drawn digits. */
  readonly seed: number | undefined;
  /** The input shape of the network. */
  readonly input: ImageShape;
}

/**
 * Loads or draws the images of a training.
 *
 * @param name The dataset.
 * @param options How many, and for which network.
 * @returns The images, padded to the input of the network.
 * @throws {LeNetError} As {@linkcode loadPublished} does.
 */
export async function loadTraining(
  name: DatasetName,
  { synthetic, limit, seed = 0, ...options }: TrainingOptions,
): Promise<Dataset> {
  if (synthetic) {
    const digits = await drawDigits(limit ?? SYNTHETIC_COUNT, seed, options.signal);
    return padToFit(digits, options.input);
  }
  const dataset = await loadPublished(name, { ...options, split: "train" });
  return limit === undefined ? dataset : takeDataset(dataset, limit);
}

/**
 * Loads the part of a published dataset to measure on.
 *
 * @param name The dataset.
 * @param part The part.
 * @param directory The dataset's own folder, or its parent folder. Without it the files are downloaded once.
 * @param signal Aborts a download.
 * @param tail The number of training images in `train-tail`.
 * @returns The images.
 * @throws {LeNetError} As {@linkcode loadPublished} does.
 */
export async function loadPart(
  name: DatasetName,
  part: typeof PARTS[number],
  directory: string | undefined,
  signal: AbortSignal,
  tail = TAIL,
): Promise<Dataset> {
  if (part === "test") return await loadPublished(name, { split: "test", directory, signal });
  const train = await loadPublished(name, { split: "train", directory, signal });
  return { ...splitDataset(train, tail).validation, name: `${train.name}, the last ${tail}` };
}

/**
 * Centres images in a field of the size of a network's input, if they are smaller in both directions and have as many
 * channels.
 *
 * @param dataset The images.
 * @param input The input shape of the network.
 * @returns The padded images, or the dataset itself.
 */
export function padToFit(dataset: Dataset, [channels, height, width]: ImageShape): Dataset {
  const [ownChannels, ownHeight, ownWidth] = dataset.shape;
  const fits = channels === ownChannels && height > ownHeight && width > ownWidth;
  return fits ? padDataset(dataset, height, width) : dataset;
}

/**
 * The distortions for augmentation that suit a published dataset.
 *
 * @param name The dataset.
 * @returns The distortions.
 */
export function distortionsOf(name: DatasetName): Distortions {
  return PUBLISHED[name].distortions;
}

async function folderOf(
  { folder }: Collection,
  directory: string | undefined,
): Promise<string | undefined> {
  if (directory === undefined) return undefined;
  const inner = join(directory, folder);
  return await fileSize(inner) === undefined ? directory : inner;
}
