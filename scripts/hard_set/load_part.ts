import { type Dataset, splitDataset } from "../../src/data/dataset.ts";
import { type DatasetName, loadPublished } from "../load_dataset.ts";

/** Of which images pictures are made: those of the test set, or training images that stand in for it. */
export const PARTS = ["test", "train-tail"] as const;

/** One of them. */
export type Part = typeof PARTS[number];

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
