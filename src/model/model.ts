import type { Architecture, ImageShape } from "./architecture.ts";
import type { Parameters } from "./parameters.ts";

/** How pixels become inputs: the values of each channel, in [0, 1], become (value − mean) / std. */
export interface Normalization {
  /** The mean of each channel. */
  readonly mean: readonly number[];
  /** The standard deviation of each channel, above 0. */
  readonly std: readonly number[];
}

/** A normalization as files have it: version 0.1.0 wrote `deviation` where later versions write `std`. */
export type StoredNormalization =
  | Normalization
  | { readonly mean: readonly number[]; readonly deviation: readonly number[] };

/**
 * Renames the `deviation` of version 0.1.0 to `std`, and checks nothing.
 *
 * @param stored A normalization from a file, or from a caller who wrote for version 0.1.0.
 * @returns The same numbers; the very object where `std` is there already, or where it is no object.
 */
export function upgradeNormalization(stored: StoredNormalization): Normalization {
  // A file and a caller may have anything here, of which `in` would throw a TypeError.
  if (typeof stored !== "object" || stored === null) return stored;
  if ("std" in stored || !("deviation" in stored)) return stored;
  const { deviation, ...rest } = stored;
  return { ...rest, std: deviation };
}

/**
 * How a picture becomes an image of the network's shape: `digit` finds the ink, scales it to one size and centres it,
 * light on dark; `picture` resizes the whole picture.
 */
export type Preparation = "digit" | "picture";

/** The values of {@linkcode Preparation}. */
export const PREPARATIONS: readonly Preparation[] = ["digit", "picture"];

/** A measured accuracy. */
export interface Accuracy {
  /** The name of the data, such as `MNIST test`. */
  readonly dataset: string;
  /** Number of images. */
  readonly count: number;
  /** The share of correct answers, 0 to 1. */
  readonly value: number;
}

/** What a network needs besides its weights, and how they came about. */
export interface ModelMetadata {
  /** A name for each class, in the order of the logits. */
  readonly classNames: readonly string[];
  /** The normalization of its inputs. */
  readonly normalization: Normalization;
  /** How a picture becomes an image of the network's shape; default `digit`. */
  readonly preparation?: Preparation;
  /** Divides the logits before the softmax, which calibrates the confidence; 1 changes nothing. */
  readonly temperature: number;
  /** Its measured accuracy. */
  readonly accuracy?: Accuracy;
  /** The options of the trainer that it was trained with. */
  readonly recipe?: Readonly<Record<string, unknown>>;
  /** SHA-256 of each file it was trained on, by file name. */
  readonly dataChecksums?: Readonly<Record<string, string>>;
}

/** A trained network as plain data. */
export interface Model {
  /** Its layers. */
  readonly architecture: Architecture;
  /** Its weights. */
  readonly parameters: Parameters;
  /** How pictures are prepared for it, what its classes are called, how it was trained. */
  readonly metadata: ModelMetadata;
}

/** Whether the classes of a network or of a dataset are the ten digits, in order. */
export function areDigits(classNames: readonly string[]): boolean {
  return classNames.length === 10 && classNames.every((name, n) => name === `${n}`);
}

/**
 * Normalizes pixels in place: (value − mean) / std, channel by channel.
 *
 * @param pixels Images one after another, each [channels, height, width], values 0 to 1.
 * @param shape The shape of one image.
 * @param normalization One mean and one standard deviation for each channel.
 */
export function normalize(
  pixels: Float32Array,
  [channels, height, width]: ImageShape,
  { mean, std }: Normalization,
): void {
  const size = height * width;
  for (let c = 0; c < channels; c++) {
    if (mean[c] === 0 && std[c] === 1) continue;
    for (let start = c * size; start < pixels.length; start += channels * size) {
      for (let i = start; i < start + size; i++) pixels[i] = (pixels[i] - mean[c]) / std[c];
    }
  }
}
