import type { LoadOptions } from "./collection.ts";
import type { Dataset } from "./dataset.ts";
import { loadRecordCollection, type RecordCollection } from "./record_collection.ts";

/** CIFAR-10 in its binary version, as published by A. Krizhevsky, 2009. */
export const CIFAR_10: RecordCollection = {
  name: "CIFAR-10",
  folder: "cifar-10",
  classNames: [
    "plane",
    "car",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
  ],
  preparation: "picture",
  mirrors: [
    "https://www.cs.toronto.edu/~kriz/",
    "https://mindspore-website.obs.cn-north-4.myhuaweicloud.com/notebook/datasets/",
  ],
  shape: [3, 32, 32],
  archive: {
    name: "cifar-10-binary.tar.gz",
    bytes: 170_052_171,
    sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
  },
  archiveFolder: "cifar-10-batches-bin",
  files: {
    train: [
      "data_batch_1.bin",
      "data_batch_2.bin",
      "data_batch_3.bin",
      "data_batch_4.bin",
      "data_batch_5.bin",
    ],
    test: ["test_batch.bin"],
  },
  maxRecords: 10_000,
};

/**
 * Loads CIFAR-10: 50,000 photos to learn from or 10,000 to be measured on, 32×32 pixels, all red values of a photo
 * before its green and its blue ones.
 *
 * @param options Which part, and from where: a directory with the `.bin` files, packed by gzip or not, with their
 * folder `cifar-10-batches-bin`, or with `cifar-10-binary.tar.gz`; without a directory that archive is downloaded
 * once, 170 MB.
 * @returns The images and labels, in their original order.
 * @throws {LeNetError} What {@linkcode loadRecordCollection} throws.
 */
export function loadCifar10(options: LoadOptions): Promise<Dataset> {
  return loadRecordCollection(CIFAR_10, options);
}
