import { DIGIT_DISTORTIONS, distort, type Distortions } from "../data/augment/distort.ts";
import { type Dataset, padDataset } from "../data/dataset.ts";
import { syntheticDigits } from "../data/synthetic/digits.ts";
import type { Runner } from "../engine/runner.ts";
import { DIGIT_SIDE } from "../image/frame.ts";
import { type Architecture, type ImageShape, sizeOf } from "../model/architecture.ts";
import { type Model, type Normalization, normalize } from "../model/model.ts";
import type { Random } from "../model/random.ts";
import { trainingRunner } from "./backend.ts";

/** The images of one training step. */
export interface Batch {
  /** Normalized images, one after another; valid until the next batch is requested. */
  readonly inputs: Float32Array;
  /** The classes of the first images; without targets, of all. */
  readonly labels: Uint8Array;
  /** The logits of another network for the remaining images, as targets. */
  readonly targets?: Float32Array;
}

/** The options of {@linkcode batches}. */
export interface BatchOptions {
  readonly batchSize: number;
  /** The random distortions of each image; null for none. */
  readonly augment: Distortions | null;
  readonly normalization: Normalization;
}

/**
 * Passes over a dataset once, as {@linkcode batches} does, here or in a worker: with the same bytes, and with the same
 * state of `random` whenever a batch is taken, however many are made ahead of it.
 */
export type MakeBatches = (
  dataset: Dataset,
  options: BatchOptions,
  random: Random,
) => Iterable<Batch> | AsyncIterable<Batch>;

/**
 * Passes over a dataset once, in random order.
 *
 * @param dataset The images and labels.
 * @param options The batch size (the last batch may be smaller), the distortions and the normalization.
 * @param random Decides the order and the distortions.
 * @returns The batches, in the same buffer.
 */
export function* batches(
  dataset: Dataset,
  options: BatchOptions,
  random: Random,
): Generator<Batch, void, void> {
  const { shape } = dataset;
  const values = options.batchSize * sizeOf(shape);
  const images = new Uint8Array(values);
  const inputs = new Float32Array(values);
  for (const picked of drawBatches(dataset, options, random)) {
    const source = gatherImages(dataset, picked, images);
    const batch = inputs.subarray(0, source.length);
    makeInputs(source, shape, options, random, batch);
    yield { inputs: batch, labels: labelsOf(dataset, picked) };
  }
}

/**
 * Draws the order of a pass over a dataset, all of it before the first batch.
 *
 * @param dataset The images.
 * @param options The batch size; the last batch may be smaller.
 * @param random Decides the order.
 * @returns The numbers of the images of each batch.
 */
export function* drawBatches(
  { count }: Dataset,
  { batchSize }: Pick<BatchOptions, "batchSize">,
  random: Random,
): Generator<Uint32Array, void, void> {
  const order = random.shuffle(Uint32Array.from({ length: count }, (_, index) => index));
  for (let start = 0; start < count; start += batchSize) {
    yield order.subarray(start, start + batchSize);
  }
}

/**
 * Copies the images of a batch, one after another.
 *
 * @param dataset The images.
 * @param picked The numbers of those that are copied.
 * @param out Receives them; it may be longer.
 * @returns The part of `out` that holds them.
 */
export function gatherImages<Buffer extends ArrayBufferLike>(
  { images, shape }: Dataset,
  picked: Uint32Array,
  out: Uint8Array<Buffer>,
): Uint8Array<Buffer> {
  const size = sizeOf(shape);
  picked.forEach((image, n) => {
    out.set(images.subarray(image * size, (image + 1) * size), n * size);
  });
  return out.subarray(0, picked.length * size);
}

/**
 * Gives the labels of a batch.
 *
 * @param dataset The labels.
 * @param picked The numbers of the images.
 * @returns The class of each.
 */
export function labelsOf({ labels }: Dataset, picked: Uint32Array): Uint8Array {
  return Uint8Array.from(picked, (image) => labels[image]);
}

/** How the inputs of a network are made from images. */
export type InputOptions = Pick<BatchOptions, "augment" | "normalization">;

/**
 * Makes the inputs of a batch from its images: distorts and normalizes them.
 *
 * @param images The images, one after another.
 * @param shape The shape of one image.
 * @param options The distortions and the normalization.
 * @param random Decides the distortions.
 * @param out Receives as many values.
 */
export function makeInputs(
  images: Uint8Array,
  shape: ImageShape,
  { augment, normalization }: InputOptions,
  random: Random,
  out: Float32Array,
): void {
  if (augment === null) { for (let i = 0; i < out.length; i++) out[i] = images[i] / 255; }
  else distort(images, shape, augment, random, out);
  normalize(out, shape, normalization);
}

/** Digits that are generated for a rehearsal, at least; they are distorted anew in every step. */
const MIN_DIGITS = 1000;

/**
 * Keeps a network from forgetting while it learns new samples: every step also sees synthetic digits, with the logits
 * of the old network as targets (Li and Hoiem, 2016: "Learning without forgetting").
 */
export class Rehearsal implements Disposable {
  readonly #old: Runner;
  readonly #digits: Iterator<Batch>;

  private constructor(old: Runner, digits: Iterator<Batch>) {
    this.#old = old;
    this.#digits = digits;
  }

  /**
   * Tests whether a network can rehearse: its inputs are grey and at least 28×28. It need not know digits: rehearsing
   * them keeps most of the knowledge of a network of clothing, too.
   *
   * @param architecture The network.
   */
  static suits({ input: [channels, height, width] }: Architecture): boolean {
    return channels === 1 && height >= DIGIT_SIDE && width >= DIGIT_SIDE;
  }

  /**
   * Generates the digits and prepares the old network.
   *
   * @param backend The backend of the old network.
   * @param model The old network.
   * @param batchSize The number of digits that are added to each batch.
   * @param random Decides the digits, their order and their distortions.
   * @returns The rehearsal; dispose of it when done.
   */
  static async prepare(
    backend: "webgpu" | "wasm",
    model: Model,
    batchSize: number,
    random: Random,
  ): Promise<Rehearsal> {
    const { architecture, parameters, metadata: { normalization } } = model;
    const [, height, width] = architecture.input;
    const digits = syntheticDigits({
      count: countDigits(batchSize),
      seed: random.integer(2 ** 31),
    });
    const padded = padDataset(digits, height, width);
    const options = { batchSize, augment: DIGIT_DISTORTIONS, normalization };
    function* endless(): Generator<Batch, never, void> {
      for (;;) yield* batches(padded, options, random);
    }
    return new Rehearsal(await trainingRunner(backend, architecture, parameters), endless());
  }

  /**
   * Adds digits to batches.
   *
   * @param fresh Batches of new samples.
   * @returns As many batches. The inputs are the samples, then the digits; the targets are those of the digits.
   */
  async *join(fresh: Iterable<Batch>): AsyncGenerator<Batch, void, void> {
    let buffer = new Float32Array();
    for (const { inputs: samples, labels } of fresh) {
      const { inputs: digits, labels: { length: count } } = this.#digits.next().value as Batch;
      const targets = await this.#old.logits(digits, count);
      const size = samples.length + digits.length;
      if (buffer.length < size) buffer = new Float32Array(size);
      buffer.set(samples);
      buffer.set(digits, samples.length);
      yield { inputs: buffer.subarray(0, size), labels, targets };
    }
  }

  /** Frees the memory of the old network. */
  [Symbol.dispose](): void {
    this.#old[Symbol.dispose]();
  }
}

/**
 * The number of digits to generate: whole batches only, so that every step rehearses equally many.
 *
 * @param batchSize The number of digits in a batch.
 * @returns The smallest multiple of the batch size from {@linkcode MIN_DIGITS}.
 */
export function countDigits(batchSize: number): number {
  return Math.ceil(MIN_DIGITS / batchSize) * batchSize;
}
