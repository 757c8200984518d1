/**
 * What every module of this package holds: a network as plain data, for people and programs to read, and its weights.
 *
 * @example Reading what a network was measured to do
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

/** One layer of a network, told apart by `kind`. */
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
    /** The input channels that each filter sees, where it does not see all; the weights of the others are 0. */
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
    /** Does nothing but in training. */
    readonly kind: "dropout";
    readonly rate: number;
  }
  | {
    /** A function applied to every value alone. */
    readonly kind: "activation";
    readonly activation: "relu" | "sigmoid" | "tanh" | "scaled-tanh";
  }
  | {
    /** All channels in one row: channel by channel, row by row. */
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

/** What a network is, without its weights. */
export interface PretrainedArchitecture {
  /** Such as `lenet5`. */
  readonly name: string;
  /** The shape of one input. */
  readonly input: readonly [channels: number, height: number, width: number];
  /** The layers, first to last. */
  readonly layers: readonly PretrainedLayer[];
  /** How many logits the last layer gives. */
  readonly classes: number;
}

/**
 * How pixels become inputs: the values of each channel, in [0, 1], become (value − mean) / std. One number for each
 * channel, those of `std` above 0. Modules that version 0.1.0 packed have `deviation` in place of `std`.
 */
export type PretrainedNormalization =
  | { readonly mean: readonly number[]; readonly std: readonly number[] }
  | { readonly mean: readonly number[]; readonly deviation: readonly number[] };

/** What a module says about its network. */
export interface PretrainedMetadata {
  /** The network, without its weights. */
  readonly architecture: PretrainedArchitecture;
  /** A name for each class, in the order of the logits. */
  readonly classNames: readonly string[];
  /** How pixels become inputs. */
  readonly normalization: PretrainedNormalization;
  /**
   * How a picture becomes an image of the network's shape: `digit` finds the ink and puts it in the middle, `picture`
   * takes all of it as it is; `digit` where it is left out.
   */
  readonly preparation?: "digit" | "picture";
  /** Divides the logits before the softmax, so that confidence means frequency; 1 changes nothing. */
  readonly temperature: number;
  /** What was measured: the share of `count` images of a data set that was right, 0 to 1. */
  readonly accuracy?: { readonly dataset: string; readonly count: number; readonly value: number };
  /** How it was trained: the options of the trainer, the seed among them. */
  readonly recipe?: Readonly<Record<string, unknown>>;
  /** SHA-256 in hexadecimal of each file it was trained on, by file name. */
  readonly dataChecksums?: Readonly<Record<string, string>>;
}

/** A pretrained network, as `import * as digits from "@x/lenet-weights/digits"` gives it. */
export interface PretrainedModule {
  /** What the network is, what it was measured to do, and how it was trained. */
  readonly metadata: PretrainedMetadata;
  /** The weights: a safetensors file in base64. Nothing decodes it until the network is loaded. */
  readonly safetensors: string;
}
