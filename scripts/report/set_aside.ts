import { type Dataset, splitDataset } from "../../src/data/dataset.ts";

/**
 * The images that a network is measured on: those that it does not learn from, or all where it learns from all.
 *
 * @param dataset What it is trained on.
 * @param validation How many of the last images are set aside.
 * @returns A view of the dataset.
 */
export function setAside(dataset: Dataset, validation: number): Dataset {
  return validation === 0 ? dataset : splitDataset(dataset, validation).validation;
}
