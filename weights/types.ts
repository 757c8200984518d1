/**
 * The type of every module of this package: the description of a network as plain data, and its weights.
 *
 * @example Reading the accuracy of a network
 * ```ts
 * import type { PretrainedMetadata } from "@x/lenet-weights/types";
 * import { assertEquals } from "@std/assert";
 *
 * function describe({ architecture, accuracy }: PretrainedMetadata): string {
 *   return `${architecture.name} reads ${(accuracy?.value ?? 0) * 100} % right`;
 * }
 *
 * assertEquals(
 *   describe({
 *     architecture: {
 *       name: "tiny",
 *       input: [1, 1, 2],
 *       layers: [{ kind: "flatten" }, { kind: "dense", name: "fc1", units: 2 }],
 *       classes: 2,
 *     },
 *     classNames: ["zero", "one"],
 *     normalization: { mean: [0], std: [1] },
 *     temperature: 1,
 *     accuracy: { dataset: "two pixels", count: 4, value: 0.75 },
 *   }),
 *   "tiny reads 75 % right",
 * );
 * ```
 *
 * @module
 */

/** One layer of a network; a union discriminated by `kind`. */
export type PretrainedLayer =
  | {
    /** A convolution with stride 1 and a bias. */
    readonly kind: "conv";
    /** Its tensors are `<name>.weight` [filters, channels, kernel, kernel] and `<name>.bias` [filters]. */
    readonly name: string;
    readonly filters: number;
    /** Width and height of the kernel, in pixels. */
    readonly kernel: number;
    /** Rows and columns of zeros added on every side. */
    readonly padding: number;
    /** The input channels that each filter is connected to (default all); the weights of the others are 0. */
    readonly connections?: readonly (readonly number[])[];
  }
  | {
    /** 2×2 pooling with stride 2; an odd last row or column is dropped. */
    readonly kind: "pool";
    readonly mode: "max" | "average";
  }
  | {
    /** The sum of a 2×2 block × a coefficient + a bias, one of each for a channel; stride 2. */
    readonly kind: "subsample";
    /** Its tensors are `<name>.weight` [channels] and `<name>.bias` [channels]. */
    readonly name: string;
  }
  | {
    /** (x − mean) / √(variance + 1e-5) × weight + bias, for each channel. */
    readonly kind: "batch-norm";
    /** Its tensors, each [channels], are `<name>.weight`, `.bias`, `.running_mean` and `.running_var`. */
    readonly name: string;
  }
  | {
    /** Drops values at random in training; does nothing in evaluation. */
    readonly kind: "dropout";
    readonly rate: number;
  }
  | {
    /** A function applied to every value. */
    readonly kind: "activation";
    readonly activation: "relu" | "sigmoid" | "tanh" | "scaled-tanh";
  }
  | {
    /** Makes a vector of all channels, in row-major order. */
    readonly kind: "flatten";
  }
  | {
    /** A fully connected layer with a bias. */
    readonly kind: "dense";
    /** Its tensors are `<name>.weight` [units, inputs] and `<name>.bias` [units]. */
    readonly name: string;
    readonly units: number;
  }
  | {
    /** Minus the squared distance to each code. */
    readonly kind: "rbf";
    /** One code for each class, one character for each input: `#` is +1, `.` is −1. */
    readonly codes: readonly string[];
  };

/** A network without its weights. */
export interface PretrainedArchitecture {
  /** The name, such as `lenet5`. */
  readonly name: string;
  /** The shape of one input. */
  readonly input: readonly [channels: number, height: number, width: number];
  /** The layers, first to last. */
  readonly layers: readonly PretrainedLayer[];
  /** The number of logits. */
  readonly classes: number;
}

/**
 * How pixels become inputs: the values of each channel, in [0, 1], become (value − mean) / std. One number for each
 * channel, those of `std` above 0. Modules that version 0.1.0 packed have `deviation` in place of `std`.
 */
export type PretrainedNormalization =
  | { readonly mean: readonly number[]; readonly std: readonly number[] }
  | { readonly mean: readonly number[]; readonly deviation: readonly number[] };

/** The description of a network. */
export interface PretrainedMetadata {
  /** The network, without its weights. */
  readonly architecture: PretrainedArchitecture;
  /** A name for each class, in the order of the logits. */
  readonly classNames: readonly string[];
  /** How pixels become inputs. */
  readonly normalization: PretrainedNormalization;
  /**
   * How a picture becomes an input: `digit` (default) finds the ink and centres it, `picture` resizes the whole picture.
   */
  readonly preparation?: "digit" | "picture";
  /** Divides the logits before the softmax, so that confidences are calibrated; 1 changes nothing. */
  readonly temperature: number;
  /** The measured accuracy: the share of right answers, 0 to 1, for `count` images of a dataset. */
  readonly accuracy?: { readonly dataset: string; readonly count: number; readonly value: number };
  /** The options of the training run, including the seed. */
  readonly recipe?: Readonly<Record<string, unknown>>;
  /** The SHA-256 of each file of the training data, in hexadecimal, by file name. */
  readonly dataChecksums?: Readonly<Record<string, string>>;
}

/** A pretrained network, as `import * as digits from "@x/lenet-weights/digits"` gives it. */
export interface PretrainedModule {
  /** The network, its accuracy, and how it was trained. */
  readonly metadata: PretrainedMetadata;
  /** The weights: a safetensors file in base64, which is decoded when the network is loaded. */
  readonly safetensors: string;
}
