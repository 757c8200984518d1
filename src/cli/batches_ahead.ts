import type { Dataset } from "../data/dataset.ts";
import { sizeOf } from "../model/architecture.ts";
import type { Random } from "../model/random.ts";
import {
  type Batch,
  batches,
  type BatchOptions,
  drawBatches,
  gatherImages,
  labelsOf,
} from "../train/batches.ts";
import type { BatchBuffers, MadeBatch, Pass } from "./batch_worker.ts";

/**
 * Batches that are in training, ready, or being made. With one of each there is no wait when a step and a batch take
 * equally long; the others bridge longer steps, such as those that a dashboard observes.
 */
const MAX_BATCHES = 4;

/**
 * Makes the batches of {@linkcode batches} in a worker, ahead of the trainer.
 *
 * Each image is distorted with the random numbers that the one before has left. So there is one worker, which carries
 * their state from batch to batch and sends it along with each: the state that a checkpoint takes is that of the batches
 * which were trained on, not of those that were made. Only the images of a batch go to the worker, not the dataset, and
 * the same few buffers go to and fro.
 */
export class BatchesAhead implements Disposable {
  /** The worker; undefined until there is something to distort. */
  #worker: Worker | undefined;
  /** What the worker has not answered, in the order of its answers. */
  readonly #waiting: PromiseWithResolvers<MadeBatch>[] = [];
  /** Why the worker has ended. */
  #failure: Error | undefined;

  /**
   * Passes over a dataset once, in random order.
   *
   * @param dataset The images and labels.
   * @param options The batch size (the last batch may be smaller), the distortions and the normalization.
   * @param random Decides the order and the distortions.
   * @returns The batches, each valid until the next one is requested.
   * @throws {Error} When the worker fails.
   */
  async *batches(
    dataset: Dataset,
    options: BatchOptions,
    random: Random,
  ): AsyncGenerator<Batch, void, void> {
    const { batchSize, augment, normalization } = options;
    if (augment === null || navigator.hardwareConcurrency === 1) {
      // Nothing to gain from a worker.
      yield* batches(dataset, options, random);
      return;
    }
    const { shape, count } = dataset;
    const values = Math.min(batchSize, count) * sizeOf(shape);
    const create = (): BatchBuffers => ({
      images: new Uint8Array(values),
      inputs: new Float32Array(values),
    });
    const free: BatchBuffers[] = [];
    const ahead: { readonly labels: Uint8Array; readonly made: Promise<MadeBatch> }[] = [];
    let hasBegun = false;
    const request = (picked: Uint32Array): void => {
      // The order is drawn by now, the distortions come next.
      if (!hasBegun) this.#begin({ shape, augment, normalization, random: random.state });
      hasBegun = true;
      const { images: room, inputs } = free.pop() ?? create();
      const images = gatherImages(dataset, picked, room);
      const made = this.#make({ images, inputs: inputs.subarray(0, images.length) });
      ahead.push({ labels: labelsOf(dataset, picked), made });
    };
    const drawn = drawBatches(dataset, options, random);
    for (;;) {
      while (ahead.length < MAX_BATCHES) {
        const { done, value } = drawn.next();
        if (done) break;
        request(value);
      }
      const next = ahead.shift();
      if (next === undefined) return;
      const { images, inputs, random: state } = await next.made;
      random.state = state;
      yield { inputs, labels: next.labels };
      // All but the last batch have the same size.
      free.push({ images, inputs });
    }
  }

  /** Begins a pass; it starts the worker if there is none. */
  #begin(pass: Pass): void {
    if (this.#worker === undefined) {
      const worker = new Worker(new URL("./batch_worker.ts", import.meta.url), { type: "module" });
      worker.onmessage = ({ data }: MessageEvent<MadeBatch>) =>
        this.#waiting.shift()?.resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        this.#failure = new Error(event.message);
        for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
      };
      this.#worker = worker;
    }
    this.#worker.postMessage(pass);
  }

  #make({ images, inputs }: BatchBuffers): Promise<MadeBatch> {
    const made = Promise.withResolvers<MadeBatch>();
    // It is awaited in its turn, or not at all when training stops.
    made.promise.catch(() => {});
    if (this.#failure !== undefined) made.reject(this.#failure);
    else {
      this.#waiting.push(made);
      this.#worker?.postMessage({ images, inputs }, [images.buffer, inputs.buffer]);
    }
    return made.promise;
  }

  /** Terminates the worker. */
  [Symbol.dispose](): void {
    this.#worker?.terminate();
  }
}
