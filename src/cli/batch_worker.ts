// Makes the inputs of training batches on another core, in the order in which their images come.

/// <reference lib="deno.worker" />

import type { ImageShape } from "../model/architecture.ts";
import { Random, type RandomState } from "../model/random.ts";
import { type InputOptions, makeInputs } from "../train/batches.ts";

/** The message that begins a pass over a dataset. */
export interface Pass extends InputOptions {
  /** The shape of one image. */
  readonly shape: ImageShape;
  /** The random numbers for the distortions of the first batch; each further batch goes on from the one before. */
  readonly random: RandomState;
}

/** The message of a batch. Both buffers are transferred, and come back with the answer. */
export interface BatchBuffers {
  /** The images, one after another. */
  readonly images: Uint8Array<ArrayBuffer>;
  /** Room for as many values. */
  readonly inputs: Float32Array<ArrayBuffer>;
}

/** The answer to the message of a batch: its inputs are made. */
export interface MadeBatch extends BatchBuffers {
  /** The state of the random numbers after this batch. */
  readonly random: RandomState;
}

declare const self: DedicatedWorkerGlobalScope;

let pass: Pass | undefined;

let random = new Random(0);

self.onmessage = ({ data }: MessageEvent<Pass | BatchBuffers>) => {
  if ("random" in data) {
    pass = data;
    random = new Random(data.random);
    return;
  }
  if (pass === undefined) throw new TypeError("Cannot make a batch: no pass has begun");
  const { images, inputs } = data;
  makeInputs(images, pass.shape, pass, random, inputs);
  const made: MadeBatch = { images, inputs, random: random.state };
  self.postMessage(made, [images.buffer, inputs.buffer]);
};
