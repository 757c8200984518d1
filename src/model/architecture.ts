import type { Layer } from "./layer.ts";

/** Channels, height and width of an image. */
export type ImageShape = readonly [channels: number, height: number, width: number];

/** The shape of what a layer gives: an image, or a row of units. */
export type Shape = ImageShape | readonly [units: number];

/** What a network is, without its weights: plain data that can be stored, compared and changed. */
export interface Architecture {
  /** A name for people, such as `lenet5`. */
  readonly name: string;
  /** The shape of one input. */
  readonly input: ImageShape;
  /** The layers, first to last. The last one gives one logit for each class. */
  readonly layers: readonly Layer[];
  /** The number of classes. */
  readonly classes: number;
}
