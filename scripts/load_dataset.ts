import { join } from "node:path";
import { CIFAR_10, loadCifar10 } from "../src/data/cifar10.ts";
import type { Collection, LoadOptions, Split } from "../src/data/collection.ts";
import type { Dataset } from "../src/data/dataset.ts";
import {
  ARTICLE_DISTORTIONS,
  DIGIT_DISTORTIONS,
  type Distortions,
  PHOTO_DISTORTIONS,
} from "../src/data/distort.ts";
import { FASHION_MNIST, loadFashionMnist, loadMnist, MNIST } from "../src/data/mnist.ts";
import { padDataset } from "../src/data/pad_dataset.ts";
import { fileSize } from "../src/data/read_file.ts";
import type { ImageShape } from "../src/model/architecture.ts";
import type { Arguments } from "./cli.ts";
import { downloadProgress } from "./download_progress.ts";

/** A published dataset, as the scripts use it. */
interface Published {
  readonly collection: Collection;
  readonly load: (options: LoadOptions) => Promise<Dataset>;
  /** What suits its images. */
  readonly distortions: Distortions;
}

/** The published datasets by name. */
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

/** What `--dataset` accepts. */
export const DATASETS = Object.keys(PUBLISHED) as readonly DatasetName[];

/** Which part of a dataset to load, from where, and for what. */
interface PublishedOptions {
  readonly split: Split;
  /** The dataset's own folder, or one that holds it under its name. */
  readonly directory: string | undefined;
  /** Ends a download early. */
  readonly signal: AbortSignal;
  /** What a network takes: smaller images of as many channels are put in the middle of a field of its size. */
  readonly input?: ImageShape | undefined;
}

/**
 * Loads a published dataset.
 *
 * @param name Which one.
 * @param options Which part of it, from where, and for what.
 * @returns The dataset.
 */
export async function loadPublished(
  name: DatasetName,
  options: PublishedOptions,
): Promise<Dataset> {
  const { collection, load } = PUBLISHED[name];
  const { split, signal, input } = options;
  const directory = await folderOf(collection, options.directory);
  const dataset = await load({ split, directory, signal, ...downloadProgress() });
  return input === undefined ? dataset : padToFit(dataset, input);
}

/**
 * Puts images in the middle of a field as large as a network's input, where they are smaller and have as many channels.
 *
 * @param dataset The images.
 * @param input What the network takes.
 * @returns The dataset, padded or as it is.
 */
export function padToFit(dataset: Dataset, [channels, height, width]: ImageShape): Dataset {
  const [ownChannels, ownHeight, ownWidth] = dataset.shape;
  const fits = channels === ownChannels && height > ownHeight && width > ownWidth;
  return fits ? padDataset(dataset, height, width) : dataset;
}

/**
 * Loads the published dataset that `--dataset` names, from the folder that `--data` names: the dataset's own, or one
 * that holds it under its name.
 *
 * @param args The arguments of the script.
 * @param split Which part of it.
 * @param signal Ends a download early.
 * @param input What a network takes: smaller images of as many channels are put in the middle of a field of its size.
 * @returns The dataset.
 */
export function loadDataset(
  args: Arguments,
  split: Split,
  signal: AbortSignal,
  input?: ImageShape,
): Promise<Dataset> {
  return loadPublished(datasetName(args), { split, directory: args.text("data"), signal, input });
}

/**
 * The distortions that suit the images of the dataset that `--dataset` names.
 *
 * @param args The arguments of the script.
 * @returns The distortions.
 */
export function distortionsFor(args: Arguments): Distortions {
  return PUBLISHED[datasetName(args)].distortions;
}

function datasetName(args: Arguments): DatasetName {
  return args.choice("dataset", DATASETS) ?? "mnist";
}

async function folderOf(
  { folder }: Collection,
  directory: string | undefined,
): Promise<string | undefined> {
  if (directory === undefined) return undefined;
  const inner = join(directory, folder);
  return await fileSize(inner) === undefined ? directory : inner;
}
