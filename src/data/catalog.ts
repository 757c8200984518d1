import type { LoadOptions } from "./collection.ts";
import type { Dataset } from "./dataset.ts";
import { type IdxCollection, loadIdxCollection } from "./idx.ts";
import { loadRecordCollection, type RecordCollection } from "./records.ts";

/**
 * Loads MNIST: 60,000 training or 10,000 test images of handwritten digits, 28×28 grey pixels, ink 255.
 *
 * @param options The split, and the directory of the files. Without a directory they are downloaded once, 12 MB.
 * @returns The images and labels, in their original order.
 * @throws {LeNetError} As {@linkcode loadIdxCollection}.
 */
export function loadMnist(options: LoadOptions): Promise<Dataset> {
  return loadIdxCollection(MNIST, options);
}

/**
 * Loads Fashion-MNIST: 60,000 training or 10,000 test images of clothing, 28×28 grey pixels.
 *
 * @param options The split, and the directory of the files. Without a directory they are downloaded once, 31 MB.
 * @returns The images and labels, in their original order.
 * @throws {LeNetError} As {@linkcode loadIdxCollection}.
 */
export function loadFashionMnist(options: LoadOptions): Promise<Dataset> {
  return loadIdxCollection(FASHION_MNIST, options);
}

/**
 * Loads CIFAR-10: 50,000 training or 10,000 test photos, [3, 32, 32]: the red plane, then green, then blue.
 *
 * @param options The split, and a directory with the `.bin` files (plain or gzip), their folder
 * `cifar-10-batches-bin`, or `cifar-10-binary.tar.gz`. Without a directory that archive is downloaded once, 170 MB.
 * @returns The images and labels, in their original order.
 * @throws {LeNetError} As {@linkcode loadRecordCollection}.
 */
export function loadCifar10(options: LoadOptions): Promise<Dataset> {
  return loadRecordCollection(CIFAR_10, options);
}

/** MNIST as published by Y. LeCun, C. Cortes and C. J. C. Burges. */
export const MNIST: IdxCollection = {
  name: "MNIST",
  folder: "mnist",
  classNames: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  mirrors: [
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
  ],
  files: {
    train: {
      images: {
        name: "train-images-idx3-ubyte.gz",
        bytes: 9_912_422,
        sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
      },
      labels: {
        name: "train-labels-idx1-ubyte.gz",
        bytes: 28_881,
        sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
      },
    },
    test: {
      images: {
        name: "t10k-images-idx3-ubyte.gz",
        bytes: 1_648_877,
        sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
      },
      labels: {
        name: "t10k-labels-idx1-ubyte.gz",
        bytes: 4_542,
        sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
      },
    },
  },
};

/** Fashion-MNIST as published by H. Xiao, K. Rasul and R. Vollgraf (Zalando SE), 2017. */
export const FASHION_MNIST: IdxCollection = {
  name: "Fashion-MNIST",
  folder: "fashion-mnist",
  classNames: [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
  ],
  preparation: "picture",
  mirrors: [
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
  ],
  files: {
    train: {
      images: {
        name: "train-images-idx3-ubyte.gz",
        bytes: 26_421_880,
        sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
      },
      labels: {
        name: "train-labels-idx1-ubyte.gz",
        bytes: 29_515,
        sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
      },
    },
    test: {
      images: {
        name: "t10k-images-idx3-ubyte.gz",
        bytes: 4_422_102,
        sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
      },
      labels: {
        name: "t10k-labels-idx1-ubyte.gz",
        bytes: 5_148,
        sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
      },
    },
  },
};

/** CIFAR-10, binary version, as published by A. Krizhevsky, 2009. */
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
