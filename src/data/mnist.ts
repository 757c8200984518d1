import type { LoadOptions } from "./collection.ts";
import type { Dataset } from "./dataset.ts";
import { type IdxCollection, loadIdxCollection } from "./idx_collection.ts";

/** The files of MNIST as published by Y. LeCun, C. Cortes and C. J. C. Burges. */
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

/** The files of Fashion-MNIST as published by H. Xiao, K. Rasul and R. Vollgraf (Zalando SE), 2017. */
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

/**
 * Loads MNIST: 60,000 handwritten digits to learn from or 10,000 to be measured on, 28×28 grey pixels, ink 255.
 *
 * @param options Which part, and from where; without a directory it is downloaded once.
 * @returns The images and labels, in their original order.
 * @throws {LeNetError} What {@linkcode loadIdxCollection} throws.
 */
export function loadMnist(options: LoadOptions): Promise<Dataset> {
  return loadIdxCollection(MNIST, options);
}

/**
 * Loads Fashion-MNIST: 60,000 pictures of clothing to learn from or 10,000 to be measured on, 28×28 grey pixels.
 *
 * @param options Which part, and from where; without a directory it is downloaded once.
 * @returns The images and labels, in their original order.
 * @throws {LeNetError} What {@linkcode loadIdxCollection} throws.
 */
export function loadFashionMnist(options: LoadOptions): Promise<Dataset> {
  return loadIdxCollection(FASHION_MNIST, options);
}
