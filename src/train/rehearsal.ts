/**
 * What holds the knowledge of a network while it learns new samples.
 *
 * @module
 */

import { DIGIT_DISTORTIONS, distort } from "../data/augment/distort.ts";
import { changeThickness } from "../data/augment/warps.ts";
import { type Dataset, padDataset, takeDataset } from "../data/dataset.ts";
import { syntheticDigits } from "../data/synthetic/digits.ts";
import type { Runner } from "../engine/runner.ts";
import { DIGIT_SIDE } from "../image/frame.ts";
import type { Architecture, ImageShape } from "../model/architecture.ts";
import { areDigits, type Model, normalize } from "../model/model.ts";
import type { Random } from "../model/random.ts";
import { trainingRunner } from "./backend.ts";
import { type Batch, drawBatches, gatherImages } from "./batches.ts";

/** Digits that are generated for a rehearsal, at least: with 500, less of another hand was learned, with 1,000 no more. */
const MIN_DIGITS = 700;

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
 * Every fourth digit is written in the hand of the samples, and keeps the target of the digit as it was: so what the old
 * network knows is shown in that hand, too.
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
   * @param samples What it is going to learn, in the size of its inputs. Of a network of digits their hand is estimated.
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
    const hand = areDigits(metadata.classNames)
      ? handOf(takeDataset(digits, MEASURED), samples)
      : { slant: 0, thickness: 0 };
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
      const inputs = writeInHand(images, digits.shape, hand);
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

/** How somebody writes, beside how digits are written on average. */
export interface Hand {
  /** How much more it leans to the right: pixels sideways for each pixel up, −1 to 1. */
  readonly slant: number;
  /** How much thicker its pen is: −1 for a grey erosion of the strokes, 1 for a grey dilation. */
  readonly thickness: number;
}

/**
 * Samples that weigh as much as the assumption that a hand is the usual one. A few samples tell little: their slant is
 * that of the digits they show, too.
 */
const USUAL_SAMPLES = 10;

/**
 * One of so many digits is written in the hand of the samples. With one of two or three, more of the plain digits was
 * lost for the same gain in another hand.
 */
const WRITTEN = 4;

/** Digits that stand for the usual hand: 30 of each class, whose means are near those of all. */
const MEASURED = 300;

/** The largest slant that is taken for a way of writing: 45°. Erosion and dilation end at 1, too. */
const MAX_DIFFERENCE = 1;

/**
 * Estimates in which hand samples are written. Each class is compared with the same class of other digits.
 *
 * @param digits Digits of one channel in the usual hand, of all classes.
 * @param samples Digits of the same size.
 * @returns The mean difference of the classes of the samples; nearer to 0 for few samples.
 */
export function handOf(digits: Dataset, samples: Dataset): Hand {
  const [usual, found] = [measure(digits), measure(samples)];
  const present = [...found.keys()].filter((label) => found[label].count > 0);
  const confidence = samples.count / (samples.count + USUAL_SAMPLES);
  const difference = (of: (label: number) => number): number => {
    const values = present.map(of).filter(Number.isFinite);
    if (values.length === 0) return 0;
    const mean = confidence * values.reduce((sum, value) => sum + value) / values.length;
    return Math.min(MAX_DIFFERENCE, Math.max(-MAX_DIFFERENCE, mean));
  };
  const [thin, thick] = [-1, 1].map((amount) => measure(withThickness(digits, amount)));
  return {
    slant: difference((label) => found[label].slant - usual[label].slant),
    // The ink grows with the share of the dilation, and shrinks with that of the erosion.
    thickness: difference((label) => {
      const more = found[label].ink - usual[label].ink;
      const limit = more > 0
        ? thick[label].ink - usual[label].ink
        : usual[label].ink - thin[label].ink;
      return more / limit;
    }),
  };
}

/** What the images of a class have in common. */
interface Measures {
  /** The number of images with ink. */
  count: number;
  /** The mean ink of an image. */
  ink: number;
  /** The shear by second moments, −μ₁₁/μ₀₂, which are summed over the images. */
  slant: number;
}

/** Measures the images of each class. */
function measure({ images, labels, shape, classNames }: Dataset): readonly Measures[] {
  const [, height, width] = shape;
  const sums = classNames.map(() => ({ count: 0, ink: 0, mixed: 0, vertical: 0 }));
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
    const sum = sums[label];
    sum.count++;
    sum.ink += mass;
    sum.mixed += (sumXY - sumX * sumY / mass) / mass;
    sum.vertical += (sumYY - sumY * sumY / mass) / mass;
  });
  return sums.map(({ count, ink, mixed, vertical }) => ({
    count,
    ink: ink / count,
    slant: -mixed / vertical,
  }));
}

/** A copy of digits with thicker or thinner strokes. */
function withThickness(digits: Dataset, amount: number): Dataset {
  const { images, shape: [, height, width] } = digits;
  const size = height * width;
  const changed = new Uint8Array(images.length);
  const image = new Float32Array(size);
  const scratch = new Float32Array(size);
  for (let start = 0; start < images.length; start += size) {
    image.set(images.subarray(start, start + size));
    changeThickness(image, height, width, amount, scratch);
    changed.set(image, start);
  }
  return { ...digits, images: changed };
}

/**
 * Writes some images in a hand: with its pen, and slanted around the middle row; what leaves the picture is lost.
 *
 * @param images Images of one channel, one after another, 0 for the background.
 * @param shape The shape of one image.
 * @param hand The hand.
 * @returns A copy.
 */
function writeInHand(
  images: Float32Array,
  [, height, width]: ImageShape,
  { slant, thickness }: Hand,
): Float32Array<ArrayBuffer> {
  const written = images.slice();
  const size = height * width;
  const scratch = new Float32Array(size);
  for (let start = 0; start < images.length; start += WRITTEN * size) {
    const image = written.subarray(start, start + size);
    changeThickness(image, height, width, thickness, scratch);
    const upright = image.slice();
    for (let y = 0; y < height; y++) {
      const row = y * width;
      const at = (x: number): number => x < 0 || x >= width ? 0 : upright[row + x];
      for (let x = 0; x < width; x++) {
        const from = x - slant * ((height - 1) / 2 - y);
        const left = Math.floor(from);
        image[row + x] = at(left) + (from - left) * (at(left + 1) - at(left));
      }
    }
  }
  return written;
}
