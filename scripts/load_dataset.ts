import type { Split } from "../src/data/collection.ts";
import type { Dataset } from "../src/data/dataset.ts";
import { loadFashionMnist, loadMnist } from "../src/data/mnist.ts";
import type { Arguments } from "./cli.ts";
import { downloadProgress } from "./download_progress.ts";

const LOADERS = { "mnist": loadMnist, "fashion-mnist": loadFashionMnist };

/** What `--dataset` accepts. */
export const DATASETS = Object.keys(LOADERS) as (keyof typeof LOADERS)[];

/**
 * Loads the published dataset that `--dataset` names, from the folder that `--data` names.
 *
 * @param args The arguments of the script.
 * @param split Which part of it.
 * @param signal Ends a download early.
 * @returns The dataset.
 */
export async function loadDataset(
  args: Arguments,
  split: Split,
  signal: AbortSignal,
): Promise<Dataset> {
  const load = LOADERS[args.choice("dataset", DATASETS) ?? "mnist"];
  return await load({ split, directory: args.text("data"), signal, ...downloadProgress() });
}
