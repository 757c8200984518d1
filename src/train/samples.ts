import { checkDataset, type Dataset } from "../data/dataset.ts";
import { checkAborted, LeNetError } from "../errors.ts";
import type { DigitImage } from "../image/image.ts";
import { createRunner } from "../engine/backends.ts";
import { DIGIT_SIDE, frameDigit } from "../image/frame.ts";
import { checkInput } from "../image/network_input.ts";
import { sizeOf } from "../model/architecture.ts";
import type { Model } from "../model/model.ts";
import { preparePictureFor } from "../recognition.ts";
import { yieldToTimers } from "./epoch.ts";

/**
 * Collects samples into a dataset. Pictures go through the preprocessing of the network; labels become indices of its
 * classes. The images of a dataset are taken as they are, and its labels are matched by class name.
 *
 * @param model The network to train.
 * @param samples The samples of the caller.
 * @param signal Stops it.
 * @returns At least one image, of the shape of the inputs of the network.
 * @throws {LeNetError} `data/empty` when there are no samples; `data/malformed` when the samples are neither an iterable
 * nor a dataset, or a label is not a class of the network; `data/mismatch` when the images of a dataset have another
 * shape; `image/…` when a picture cannot be read or has no ink; `weights/mismatch` when the network takes no pictures;
 * `aborted`. The message contains the index of the sample.
 */
export async function collectSamples(
  model: Model,
  samples: Samples,
  signal?: AbortSignal,
): Promise<Dataset> {
  if (isDataset(samples)) return fromDataset(model, samples);
  if (!isIterable(samples)) {
    throw new LeNetError(
      "data/malformed",
      `Cannot fine-tune: the samples are ${
        String(samples)
      }, expected an iterable of { image, label } or a dataset`,
    );
  }
  checkInput(model);
  const { architecture: { input }, metadata: { classNames, preparation } } = model;
  // It chooses among hypotheses of the ink, as it will when the new network reads.
  const runner = await createRunner("wasm", model.architecture, model.parameters);
  const images: Uint8Array[] = [];
  const labels: number[] = [];
  // Not `using`, which is a syntax error in Node 20.
  try {
    for await (const sample of untilAborted(samples, signal)) {
      const index = images.length;
      if (typeof sample !== "object" || sample === null) {
        throw malformed(index, `it is ${String(sample)}, expected { image, label }`);
      }
      labels.push(labelOf(sample, index, classNames));
      const prepared = await preparePictureFor(model, runner, sample.image).catch((error) => {
        if (!(error instanceof LeNetError)) throw error;
        throw new LeNetError(error.code, `Cannot fine-tune: sample ${index}: ${error.message}`, {
          cause: error,
        });
      });
      if (prepared === undefined) throw withoutInk(index);
      const isPadded = prepared.length === DIGIT_SIDE * DIGIT_SIDE &&
        sizeOf(input) > prepared.length;
      const pixels = isPadded ? frameDigit(prepared, input) : prepared;
      images.push(Uint8Array.from(pixels, (value) => Math.round(value * 255)));
    }
  } finally {
    runner[Symbol.dispose]();
  }
  const pixels = new Uint8Array(images.length * sizeOf(input));
  images.forEach((image, n) => pixels.set(image, n * image.length));
  return checkDataset({
    name: "samples",
    images: pixels,
    labels: Uint8Array.from(labels),
    shape: input,
    count: images.length,
    classNames,
    ...preparation && { preparation },
  });
}

/**
 * Iterates over samples until the signal stops it, also while the iterator of the caller does not answer, and however fast
 * it answers.
 */
async function* untilAborted(
  samples: Iterable<Sample> | AsyncIterable<Sample>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Sample, void, void> {
  checkAborted(signal, "fine-tune");
  const iterator = isFunction(samples, Symbol.asyncIterator)
    ? (samples as AsyncIterable<Sample>)[Symbol.asyncIterator]()
    : (samples as Iterable<Sample>)[Symbol.iterator]();
  const done = new AbortController();
  const aborted = new Promise<void>((resolve) =>
    signal?.addEventListener("abort", () => resolve(), { signal: done.signal })
  );
  const settled = async <Value>(answer: Value | PromiseLike<Value>): Promise<Value> => {
    const value = await Promise.race([answer, aborted]);
    checkAborted(signal, "fine-tune");
    return value as Value;
  };
  let isOpen = true;
  try {
    for (;;) {
      const { done: isLast, value } = await settled(iterator.next());
      isOpen = !isLast;
      if (isLast) return;
      // The values of an iterable that is not asynchronous may be promises.
      yield await settled(value);
      await settled(yieldToTimers());
    }
  } finally {
    done.abort();
    // Not awaited: an iterator that does not answer would hold back the error.
    if (isOpen) (async () => await iterator.return?.())().catch(() => {});
  }
}

function fromDataset({ architecture, metadata }: Model, dataset: Dataset): Dataset {
  checkDataset(dataset);
  const { name, images, labels, shape, count, classNames } = dataset;
  if (String(shape) !== String(architecture.input)) {
    throw new LeNetError(
      "data/mismatch",
      `Cannot fine-tune on ${name}: its images have shape [${shape}], expected [${architecture.input}]`,
    );
  }
  const size = sizeOf(shape);
  const isDigits = metadata.preparation !== "picture" && dataset.preparation !== "picture";
  for (let n = 0; isDigits && n < count; n++) {
    if (images.subarray(n * size, (n + 1) * size).every((value) => value === 0)) {
      throw withoutInk(n);
    }
  }
  const indices = Array.from(
    labels,
    (label, index) => labelOf({ label: classNames[label] }, index, metadata.classNames),
  );
  return { ...dataset, labels: Uint8Array.from(indices), classNames: metadata.classNames };
}

function labelOf(
  { label }: Pick<Sample, "label">,
  index: number,
  classNames: readonly string[],
): number {
  const found = typeof label === "string" ? classNames.indexOf(label) : label;
  if (Number.isInteger(found) && found >= 0 && found < classNames.length) return found;
  throw malformed(
    index,
    `its label is ${typeof label === "string" ? `"${label}"` : label}, expected 0 to ${
      classNames.length - 1
    } or one of ${classNames.join(", ")}`,
  );
}

function isDataset(samples: Samples): samples is Dataset {
  return typeof samples === "object" && samples !== null && "images" in samples &&
    "labels" in samples;
}

function isIterable(samples: unknown): boolean {
  return typeof samples === "object" && samples !== null &&
    (isFunction(samples, Symbol.iterator) || isFunction(samples, Symbol.asyncIterator));
}

function isFunction(value: object, key: symbol): boolean {
  return typeof (value as Record<symbol, unknown>)[key] === "function";
}

function malformed(index: number, problem: string): LeNetError {
  return new LeNetError("data/malformed", `Cannot fine-tune: sample ${index}: ${problem}`);
}

function withoutInk(index: number): LeNetError {
  return new LeNetError(
    "image/invalid",
    `Cannot fine-tune: sample ${index}: it has no ink, expected a picture of something`,
  );
}

/** A labelled picture. */
export interface Sample {
  /** The picture, in any form that `classify` accepts. */
  readonly image: DigitImage;
  /** The index of its class, from 0, or the name of its class. */
  readonly label: number | string;
}

/** Samples to train on: an iterable, synchronous or not, or a dataset of images of the shape of the network's inputs. */
export type Samples = Iterable<Sample> | AsyncIterable<Sample> | Dataset;
