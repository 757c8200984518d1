import type { Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import type { DropoutLayer, Layer } from "../../model/layer.ts";
import { Random } from "../../model/random.ts";
import { sizeOf } from "../../model/shapes.ts";
import type { Flow } from "./forward.ts";
import type { Tfjs } from "./load.ts";

/** What batch normalization saw in a pass. */
export interface BatchStatistics {
  /** Of each channel. */
  readonly mean: Tensor1D;
  /** Of each channel, over all values of the batch. */
  readonly variance: Tensor1D;
  /** 1 / √(variance + ε). */
  readonly inverseDeviation: Tensor1D;
  /** (x − mean) / √(variance + ε). */
  readonly normalized: Flow;
  /** How many values of a channel there were. */
  readonly count: number;
}

/** One pass of training: what chance decides in it, and what its forward half leaves for its backward half. */
export class TrainingPass {
  /** What each batch normalization saw, by the name of its layer. */
  readonly statistics = new Map<string, BatchStatistics>();
  readonly #tf: Tfjs;
  readonly #random: Random;
  readonly #masks = new Map<Layer, Tensor>();

  /**
   * @param tf tfjs-core.
   * @param seed Decides what is dropped.
   */
  constructor(tf: Tfjs, seed: number) {
    this.#tf = tf;
    this.#random = new Random(seed);
  }

  /** What a dropout multiplies its input by in this pass: 0, or so much that the mean stays. */
  mask(layer: DropoutLayer, shape: number[]): Tensor {
    let mask = this.#masks.get(layer);
    if (mask === undefined) {
      const { rate } = layer;
      const values = Float32Array.from(
        { length: sizeOf(shape) },
        () => this.#random.next() < rate ? 0 : 1 / (1 - rate),
      );
      mask = this.#tf.tensor(values, shape);
      this.#masks.set(layer, mask);
    }
    return mask;
  }
}
