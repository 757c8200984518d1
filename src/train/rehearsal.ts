/**
 * What holds the knowledge of a network while it learns new samples.
 *
 * @module
 */

import { DIGIT_DISTORTIONS, distort } from "../data/augment/distort.ts";
import { type Dataset, padDataset } from "../data/dataset.ts";
import { syntheticDigits } from "../data/synthetic/digits.ts";
import type { Runner } from "../engine/runner.ts";
import { DIGIT_SIDE } from "../image/frame.ts";
import type { Architecture, ImageShape } from "../model/architecture.ts";
import { areDigits, type Model, normalize } from "../model/model.ts";
import type { Random } from "../model/random.ts";
import { trainingRunner } from "./backend.ts";
import { type Batch, drawBatches, gatherImages } from "./batches.ts";

/** Digits that are generated for a rehearsal, at least; enough for 15 to 20 steps, after which they are repeated. */
const MIN_DIGITS = 1000;

/** Rehearsed digits, and how the old network answers to them. */
interface RehearsedBatch {
  /** Normalized images, one after another. */
  readonly inputs: Float32Array;
  /** The logits of the old network. */
  readonly targets: Float32Array;
}

/**
 * Keeps a network from forgetting while it learns new samples: every step also sees synthetic digits, with the logits
 * of the old network as targets (Li and Hoiem, 2016: "Learning without forgetting").
 *
 * Every other digit is slanted as the samples are, and keeps the target of the upright one: so it also shows what the old
 * network knows in the hand of the samples.
 */
export class Rehearsal implements Disposable {
  readonly #old: Runner;
  readonly #digits: AsyncIterator<RehearsedBatch, never>;

  private constructor(old: Runner, digits: AsyncIterator<RehearsedBatch, never>) {
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
   * @param samples What it is going to learn; digits of its size. For other classes their slant means nothing.
   * @param batchSize The number of digits that are added to each batch.
   * @param random Decides the digits, their order and their distortions.
   * @returns The rehearsal; dispose of it when done.
   */
  static async prepare(
    backend: "webgpu" | "wasm",
    model: Model,
    samples: Dataset,
    batchSize: number,
    random: Random,
  ): Promise<Rehearsal> {
    const { architecture, parameters, metadata } = model;
    const [, height, width] = architecture.input;
    const generated = syntheticDigits({
      count: countDigits(batchSize),
      seed: random.integer(2 ** 31),
    });
    const digits = padDataset(generated, height, width);
    const slant = areDigits(metadata.classNames) ? slantBetween(digits, samples) : 0;
    const old = await trainingRunner(backend, architecture, parameters);
    const rehearse = async (picked: Uint32Array): Promise<RehearsedBatch> => {
      const images = new Float32Array(picked.length * height * width);
      const room = new Uint8Array(images.length);
      distort(
        gatherImages(digits, picked, room),
        digits.shape,
        DIGIT_DISTORTIONS,
        random,
        images,
      );
      const inputs = slantEveryOther(images, digits.shape, slant);
      for (const values of [images, inputs]) {
        normalize(values, digits.shape, metadata.normalization);
      }
      return { inputs, targets: await old.logits(images, picked.length) };
    };
    async function* endless(): AsyncGenerator<RehearsedBatch, never, void> {
      const all: RehearsedBatch[] = [];
      for (const picked of drawBatches(digits, { batchSize }, random)) {
        const batch = await rehearse(picked);
        all.push(batch);
        yield batch;
      }
      for (;;) yield* all;
    }
    return new Rehearsal(old, endless());
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
      const { value: { inputs: digits, targets } } = await this.#digits.next();
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

/**
 * Samples that weigh as much as the assumption that a hand has the usual slant. A few samples tell little: their slant
 * is that of the digits they show, too.
 */
const USUAL_SAMPLES = 10;

/** The largest slant that is taken for a way of writing, in pixels sideways for each pixel up: 45°. */
const MAX_SLANT = 1;

/**
 * How much more samples lean to the right than digits do.
 *
 * @param digits Digits of one channel, of all ten classes.
 * @param samples Digits of the same size.
 * @returns Pixels sideways for each pixel up, the mean over the classes of the samples; nearer to 0 for few samples.
 */
export function slantBetween(digits: Dataset, samples: Dataset): number {
  const [usual, found] = [slantsByClass(digits), slantsByClass(samples)];
  const differences = found.map((slant, label) => slant - usual[label]).filter(Number.isFinite);
  if (differences.length === 0) return 0;
  const mean = differences.reduce((sum, difference) => sum + difference) / differences.length;
  const slant = mean * samples.count / (samples.count + USUAL_SAMPLES);
  return Math.min(MAX_SLANT, Math.max(-MAX_SLANT, slant));
}

/**
 * The shear of each class by its second moments, −μ₁₁/μ₀₂, which are summed over its images; NaN where there is no ink.
 */
function slantsByClass({ images, labels, shape, classNames }: Dataset): number[] {
  const [, height, width] = shape;
  const mixed = classNames.map(() => 0);
  const vertical = classNames.map(() => 0);
  labels.forEach((label, n) => {
    const start = n * height * width;
    let [mass, sumX, sumY, sumXY, sumYY] = [0, 0, 0, 0, 0];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const ink = images[start + y * width + x];
        mass += ink;
        sumX += ink * x;
        sumY += ink * y;
        sumXY += ink * x * y;
        sumYY += ink * y * y;
      }
    }
    if (mass === 0) return;
    mixed[label] += (sumXY - sumX * sumY / mass) / mass;
    vertical[label] += (sumYY - sumY * sumY / mass) / mass;
  });
  return mixed.map((value, label) => -value / vertical[label]);
}

/**
 * Slants every other image around its middle row; what leaves the picture is lost.
 *
 * @param images Images of one channel, one after another, 0 for the background.
 * @param shape The shape of one image.
 * @param slant Pixels to the right for each pixel up.
 * @returns A copy.
 */
function slantEveryOther(
  images: Float32Array,
  [, height, width]: ImageShape,
  slant: number,
): Float32Array<ArrayBuffer> {
  const slanted = images.slice();
  if (slant === 0) return slanted;
  const size = height * width;
  for (let start = size; start < images.length; start += 2 * size) {
    for (let y = 0; y < height; y++) {
      const row = start + y * width;
      const at = (x: number): number => x < 0 || x >= width ? 0 : images[row + x];
      for (let x = 0; x < width; x++) {
        const from = x - slant * ((height - 1) / 2 - y);
        const left = Math.floor(from);
        slanted[row + x] = at(left) + (from - left) * (at(left + 1) - at(left));
      }
    }
  }
  return slanted;
}
