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
import { type Dataset, padDataset, splitDataset } from "../data/dataset.ts";
import { fileSize, readFile } from "../data/files.ts";
import { BACKENDS } from "../engine/backends.ts";
import { LeNet } from "../lenet.ts";
import type { ImageShape } from "../model/architecture.ts";
import type { WeightsModule } from "../weights/model_file.ts";
import type { Arguments } from "./command.ts";
import { downloadProgress } from "./progress.ts";

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

/** The pretrained networks that `--weights` knows: all that read by themselves. */
export const PRETRAINED: readonly string[] = Object.keys(manifest.exports)
  .map((path) => path.slice("./".length))
  .filter((name) => !["judge", "types", "whole-digit"].includes(name));

/**
 * Loads the network that `--weights` names, for the backend that `--backend` names.
 *
 * @param args The arguments of the script.
 * @returns The network; the script disposes of it.
 */
export async function loadNet(args: Arguments): Promise<LeNet> {
  const backend = args.choice("backend", BACKENDS) ?? "auto";
  return await LeNet.load(await weightsOf(args.text("weights") ?? "digits"), { backend });
}

/**
 * What `--weights` names.
 *
 * @param name One of {@linkcode PRETRAINED}, or a path.
 * @returns The module, or the bytes of the file.
 */
export async function weightsOf(name: string): Promise<WeightsModule | Uint8Array> {
  return PRETRAINED.includes(name) ? await pretrained(name) : await readFile(name);
}

/**
 * Loads one of the pretrained networks.
 *
 * @param name One of {@linkcode PRETRAINED}.
 * @returns Its module.
 */
export async function pretrained(name: string): Promise<WeightsModule> {
  // Put together here, so that a script reads no module but the one it is asked for.
  return await import(`@x/lenet-weights/${name}`);
}

/** Of which images pictures are made: those of the test set, or training images that stand in for it. */
export const PARTS = ["test", "train-tail"] as const;

/** One of them. */
type Part = typeof PARTS[number];

/** How many training images stand in for the test set while the library is worked on. */
export const TAIL = 10_000;

/**
 * Loads what pictures are made of.
 *
 * @param name The dataset.
 * @param part Which images of it.
 * @param directory The dataset's own folder, or one that holds it; without it the files are downloaded once.
 * @param signal Ends it early.
 * @param tail How many of the last training images; default {@linkcode TAIL}.
 * @returns The images.
 * @throws {LeNetError} `file/missing` when they are not there; what else loading a dataset throws.
 */
export async function loadPart(
  name: DatasetName,
  part: Part,
  directory: string | undefined,
  signal: AbortSignal,
  tail = TAIL,
): Promise<Dataset> {
  if (part === "test") return await loadPublished(name, { split: "test", directory, signal });
  const train = await loadPublished(name, { split: "train", directory, signal });
  return { ...splitDataset(train, tail).validation, name: `${train.name}, the last ${tail}` };
}
