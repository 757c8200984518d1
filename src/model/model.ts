import type { Architecture } from "./architecture.ts";
import type { Parameters } from "./parameters.ts";

/** How an image becomes numbers: each channel's values in [0, 1] become (value − mean) / deviation. */
export interface Normalization {
  /** One for each channel. */
  readonly mean: readonly number[];
  /** One for each channel, all above 0. */
  readonly deviation: readonly number[];
}

/**
 * How a picture becomes an image of a network's shape: `digit` finds the ink and puts it in the middle, of one size,
 * light on dark; `picture` takes all of it, brought to the network's size.
 */
export type Preparation = "digit" | "picture";

/** The ways to prepare a picture. */
export const PREPARATIONS: readonly Preparation[] = ["digit", "picture"];

/** A measured result, and on what. */
export interface Accuracy {
  /** Name of the data, such as `MNIST test`. */
  readonly dataset: string;
  /** How many images were looked at. */
  readonly count: number;
  /** The share that was right, 0 to 1. */
  readonly value: number;
}

/** What must travel with a network's weights. */
export interface ModelMetadata {
  /** A name for each class, in the order of the logits. */
  readonly classNames: readonly string[];
  /** What the network expects of its inputs. */
  readonly normalization: Normalization;
  /** How a picture becomes an image of the network's shape; `digit` where it is left out. */
  readonly preparation?: Preparation;
  /** Divides the logits before the softmax, so that confidence means frequency; 1 changes nothing. */
  readonly temperature: number;
  /** How well it was measured to do. */
  readonly accuracy?: Accuracy;
  /** How it was trained, as the options of the trainer. */
  readonly recipe?: Readonly<Record<string, unknown>>;
  /** SHA-256 of each file it was trained on, by file name. */
  readonly dataChecksums?: Readonly<Record<string, string>>;
}

/** A trained network: what it is, what it learned, and what must travel with it. */
export interface Model {
  /** What it is. */
  readonly architecture: Architecture;
  /** What it learned. */
  readonly parameters: Parameters;
  /** What must travel with them. */
  readonly metadata: ModelMetadata;
}
