/**
 * The workers of a training: one makes batches ahead of the trainer, others compute parts of its steps. What they give has
 * the same bytes as on one thread.
 *
 * @module
 */

import type { Dataset } from "../data/dataset.ts";
import {
  countShards,
  type Measured,
  type Network,
  passBatch,
  type StepBatch,
} from "../engine/wasm/training_network.ts";
import type { TrainingPlan } from "../engine/wasm/training_plan.ts";
import { type Architecture, type ImageShape, sizeOf } from "../model/architecture.ts";
import type { Random, RandomState } from "../model/random.ts";
import {
  type Batch,
  batches,
  type BatchOptions,
  drawBatches,
  gatherImages,
  type InputOptions,
  labelsOf,
} from "../train/batches.ts";

/** Begins a pass over a dataset. */
export interface Pass extends InputOptions {
  readonly kind: "pass";
  /** The shape of one image. */
  readonly shape: ImageShape;
  /** The random numbers for the distortions of the first batch; each further batch goes on from the one before. */
  readonly random: RandomState;
}

/** The buffers of a batch. Both are transferred, and come back with the answer. */
interface BatchBuffers {
  /** The images, one after another. */
  readonly images: Uint8Array<ArrayBuffer>;
  /** Room for as many values. */
  readonly inputs: Float32Array<ArrayBuffer>;
}

/** The answer to a batch: its inputs are made. */
export interface MadeBatch extends BatchBuffers {
  /** The state of the random numbers after this batch. */
  readonly random: RandomState;
}

/** A network whose steps are computed by several threads, and the memory that they share. */
export interface SharedNetwork {
  readonly kind: "network";
  readonly architecture: Architecture;
  readonly plan: TrainingPlan;
  readonly weights: Float32Array<SharedArrayBuffer>;
  /** Room for the inputs of a batch. */
  readonly inputs: Float32Array<SharedArrayBuffer>;
  /** Room for the gradients of each shard of a round. */
  readonly gradients: Float32Array<SharedArrayBuffer>;
  /** Room for the loss of each shard of a round, and for the number of its right answers. */
  readonly measures: Float64Array<SharedArrayBuffer>;
  /** The next shard that no thread has taken. */
  readonly next: Int32Array<SharedArrayBuffer>;
}

/** Some shards of a batch whose inputs are in shared memory. */
interface Round extends Omit<StepBatch, "inputs"> {
  readonly kind: "shards";
  /** The number of values of the inputs. */
  readonly length: number;
  /** The first shard, and the one after the last. */
  readonly first: number;
  readonly end: number;
}

/** What is sent to a worker. */
export type Message = Pass | { readonly kind: "batch" } & BatchBuffers | SharedNetwork | Round;

/** A worker that answers messages in the order in which they come. */
class TrainWorker<Answer> implements Disposable {
  readonly #worker = new Worker(new URL("./train_worker.ts", import.meta.url), { type: "module" });
  /** What it has not answered, in the order of its answers. */
  readonly #waiting: PromiseWithResolvers<Answer>[] = [];
  /** Why it has ended. */
  #failure: Error | undefined;

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) =>
      this.#waiting.shift()?.resolve(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(new Error(event.message));
    };
  }

  #fail(failure: Error): void {
    this.#failure ??= failure;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }

  /** Sends what has no answer. */
  tell(message: Pass | SharedNetwork): void {
    this.#worker.postMessage(message);
  }

  /** Sends what is answered; when the worker fails, that is a rejection. */
  ask(message: Message, transfer: Transferable[] = []): Promise<Answer> {
    const answer = Promise.withResolvers<Answer>();
    // It is awaited in its turn, or not at all when training stops.
    answer.promise.catch(() => {});
    if (this.#failure !== undefined) answer.reject(this.#failure);
    else {
      this.#waiting.push(answer);
      this.#worker.postMessage(message, transfer);
    }
    return answer.promise;
  }

  /** Terminates the worker. */
  [Symbol.dispose](): void {
    this.#worker.terminate();
    this.#fail(new Error("Cannot go on: the worker was ended"));
  }
}

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
  #worker: TrainWorker<MadeBatch> | undefined;

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
    let worker: TrainWorker<MadeBatch> | undefined;
    const request = (picked: Uint32Array): void => {
      // The order is drawn by now, the distortions come next.
      worker ??= this.#begin({
        kind: "pass",
        shape,
        augment,
        normalization,
        random: random.state,
      });
      const { images: room, inputs } = free.pop() ?? create();
      const images = gatherImages(dataset, picked, room);
      const made = worker.ask(
        { kind: "batch", images, inputs: inputs.subarray(0, images.length) },
        [images.buffer, inputs.buffer],
      );
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
  #begin(pass: Pass): TrainWorker<MadeBatch> {
    const worker = this.#worker ??= new TrainWorker();
    worker.tell(pass);
    return worker;
  }

  /** Terminates the worker. */
  [Symbol.dispose](): void {
    this.#worker?.[Symbol.dispose]();
  }
}

/** The most threads that compute a step. */
export const MAX_THREADS = 64;

/** The threads that compute a step where no number is asked for: the cores there are, less the one that makes batches. */
export function spareCores(): number {
  return Math.min(Math.max(navigator.hardwareConcurrency - 1, 1), MAX_THREADS);
}

/**
 * Shards of a round for each thread. The gradients of all shards of a round are kept at once, and its last shards leave
 * threads idle.
 */
const SHARDS_A_THREAD = 8;

/**
 * Computes steps on several threads: this one, and workers beside it, each with a network in a memory of its own.
 *
 * Each thread takes the next shard when it is done with one. Their gradients are added up here, in the order of the shards,
 * so that it does not matter which thread computed what, nor how many there are.
 */
export class ShardWorkers implements Disposable {
  readonly #threads: number;
  /** Started when a batch has shards for them. */
  readonly #workers: TrainWorker<void>[] = [];
  #network: Network | undefined;
  #shared: SharedNetwork | undefined;

  /** @param threads The number of threads, this one included. */
  constructor(threads: number) {
    this.#threads = threads;
  }

  /**
   * Computes a batch as {@linkcode passBatch} does.
   *
   * @param network The network; its gradients are those of the batch afterwards.
   * @param batch The batch.
   * @returns The mean loss and the number of right answers.
   * @throws {Error} When a worker fails.
   */
  async pass(network: Network, batch: StepBatch): Promise<Measured> {
    const shards = countShards(network, batch);
    const helpers = Math.min(this.#threads, shards) - 1;
    if (helpers < 1) return passBatch(network, batch);
    const shared = this.#share(network, batch, shards);
    while (this.#workers.length < helpers) {
      const worker = new TrainWorker<void>();
      worker.tell(shared);
      this.#workers.push(worker);
    }
    const { labels, targets, seed, inputs: { length } } = batch;
    const size = network.gradients.length;
    shared.weights.set(network.weights);
    shared.inputs.set(batch.inputs);
    let loss = 0;
    let correct = 0;
    for (let first = 0; first < shards; first += SHARDS_A_THREAD * this.#threads) {
      const end = Math.min(first + SHARDS_A_THREAD * this.#threads, shards);
      const round: Round = { kind: "shards", labels, targets, seed, length, first, end };
      Atomics.store(shared.next, 0, first);
      const answers = this.#workers.slice(0, helpers).map((worker) => worker.ask(round));
      computeShards(network, shared, round);
      await Promise.all(answers);
      for (let shard = first; shard < end; shard++) {
        const at = shard - first;
        network.gradients.set(shared.gradients.subarray(at * size, (at + 1) * size));
        network.addShard(shard);
        loss += shared.measures[2 * at];
        correct += shared.measures[2 * at + 1];
      }
    }
    network.end();
    return { loss: loss / (length / sizeOf(network.architecture.input)), correct };
  }

  /** The memory that the threads share, with room for a batch. */
  #share(network: Network, { inputs }: StepBatch, shards: number): SharedNetwork {
    if (this.#network === network && this.#shared && this.#shared.inputs.length >= inputs.length) {
      return this.#shared;
    }
    const { architecture, plan, weights } = network;
    const kept = Math.min(shards, SHARDS_A_THREAD * this.#threads);
    const floats = (count: number): Float32Array<SharedArrayBuffer> =>
      new Float32Array(new SharedArrayBuffer(count * Float32Array.BYTES_PER_ELEMENT));
    const shared: SharedNetwork = {
      kind: "network",
      architecture,
      plan,
      weights: floats(weights.length),
      inputs: floats(inputs.length),
      gradients: floats(kept * weights.length),
      measures: new Float64Array(
        new SharedArrayBuffer(2 * kept * Float64Array.BYTES_PER_ELEMENT),
      ),
      next: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
    };
    for (const worker of this.#workers) worker.tell(shared);
    this.#network = network;
    this.#shared = shared;
    return shared;
  }

  /** Terminates the workers. */
  [Symbol.dispose](): void {
    for (const worker of this.#workers) worker[Symbol.dispose]();
  }
}

/**
 * Computes shards of a round, one after another, until all are taken.
 *
 * @param network The network in the memory of this thread.
 * @param shared Where the shards are taken from, and where their gradients and measures go.
 * @param round The round.
 */
export function computeShards(
  network: Network,
  { inputs, gradients, measures, next }: SharedNetwork,
  { length, first, end, ...rest }: Round,
): void {
  const batch: StepBatch = { ...rest, inputs: inputs.subarray(0, length) };
  network.begin(batch);
  for (;;) {
    const shard = Atomics.add(next, 0, 1);
    if (shard >= end) return;
    const { loss, correct } = network.passShard(batch, shard);
    const at = shard - first;
    gradients.set(network.gradients, at * network.gradients.length);
    measures.set([loss, correct], 2 * at);
  }
}
