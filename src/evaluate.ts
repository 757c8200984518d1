import { checkDataset, type Dataset } from "./data/dataset.ts";
import { argMax, type Runner } from "./engine/runner.ts";
import { LeNetError } from "./errors.ts";
import {
  calibrationError,
  type CoverageRisk,
  logLoss,
  logProbability,
  riskAtCoverage,
  wilson,
} from "./metrics.ts";
import { type Architecture, inferShapes, sizeOf } from "./model/architecture.ts";
import { type Normalization, normalize } from "./model/model.ts";

/** The measures of a network on labelled images. */
export interface Evaluation {
  /** The number of images. */
  readonly count: number;
  /** The share of right answers, 0 to 1. */
  readonly accuracy: number;
  /** The 95 % confidence interval of the accuracy (Wilson). */
  readonly interval: readonly [low: number, high: number];
  /** The mean cross entropy of the logits without temperature, in nats. */
  readonly loss: number;
  /** The confusion matrix: the number of images of each class (row) that were answered with each class (column). */
  readonly confusion: readonly (readonly number[])[];
  /** The expected calibration error, 0 to 1, with 15 bins. */
  readonly calibration: {
    /** The divisor of the logits before the softmax. */
    readonly temperature: number;
    /** The error with the temperature. */
    readonly error: number;
    /** The error without it. */
    readonly errorWithout: number;
  };
  /** The error rate when the least confident answers are rejected and 100, 99.5, 99, 98 and 95 % are accepted. */
  readonly coverage: readonly CoverageRisk[];
}

/**
 * Measures a network on labelled images.
 *
 * @param runner The network, ready to run.
 * @param architecture Its architecture.
 * @param dataset The images, of the shape of its inputs.
 * @param normalization How its inputs are normalized.
 * @param options `temperature` divides the logits (default 1); `onProgress` is called with the number of images that
 * are done; `signal` stops the work.
 * @returns The measures.
 * @throws {LeNetError} `data/mismatch` when the images do not fit the network; `aborted` when the signal stops it.
 */
export async function evaluate(
  runner: Runner,
  architecture: Architecture,
  dataset: Dataset,
  normalization: Normalization,
  options: {
    temperature?: number;
    signal?: AbortSignal;
    onProgress?: (done: number) => void;
  } = {},
): Promise<Evaluation> {
  const { temperature = 1, ...others } = options;
  const logits = await logitsOf(runner, architecture, dataset, normalization, others);
  const { labels, count, classNames } = dataset;
  const confusion = classNames.map(() => new Array<number>(classNames.length).fill(0));
  const isRight = new Uint8Array(count);
  const [confidences, raw] = [new Float64Array(count), new Float64Array(count)];
  for (let n = 0; n < count; n++) {
    const row = logits.subarray(n * classNames.length, (n + 1) * classNames.length);
    const answer = argMax(row);
    confusion[labels[n]][answer]++;
    if (answer === labels[n]) isRight[n] = 1;
    raw[n] = Math.exp(logProbability(row, answer));
    confidences[n] = Math.exp(logProbability(row, answer, temperature));
  }
  const right = isRight.reduce((sum, value) => sum + value, 0);
  return {
    count,
    accuracy: right / count,
    interval: wilson(right, count),
    loss: logLoss(logits, labels),
    confusion,
    calibration: {
      temperature,
      error: calibrationError(confidences, isRight),
      errorWithout: calibrationError(raw, isRight),
    },
    coverage: riskAtCoverage(confidences, isRight),
  };
}

/** The most images that are normalized and run in one batch: 3 MB of inputs of 28×28. */
const MAX_BATCH = 1000;

/**
 * Computes the logits of a network for the images of a dataset.
 *
 * @param runner The network, ready to run.
 * @param architecture Its architecture.
 * @param dataset The images, of the shape of its inputs.
 * @param normalization How its inputs are normalized.
 * @param options `onProgress` is called with the number of images that are done; `signal` stops the work.
 * @returns Logits, [images, classes].
 * @throws {LeNetError} `data/mismatch` when the images do not fit the network; `aborted` when the signal stops it.
 */
export async function logitsOf(
  runner: Runner,
  architecture: Architecture,
  dataset: Dataset,
  normalization: Normalization,
  options: { signal?: AbortSignal; onProgress?: (done: number) => void } = {},
): Promise<Float32Array<ArrayBuffer>> {
  checkFits(`evaluate ${architecture.name}`, architecture, dataset);
  const { images, count, classNames: { length: classes }, shape } = dataset;
  const size = sizeOf(shape);
  const logits = new Float32Array(count * classes);
  for (let start = 0; start < count; start += MAX_BATCH) {
    if (options.signal?.aborted) {
      throw new LeNetError(
        "aborted",
        `Cannot evaluate ${architecture.name}: the caller aborted it after ${start} of ${count} images`,
        { cause: options.signal.reason },
      );
    }
    const end = Math.min(count, start + MAX_BATCH);
    const inputs = new Float32Array((end - start) * size);
    for (let i = 0; i < inputs.length; i++) inputs[i] = images[start * size + i] / 255;
    normalize(inputs, shape, normalization);
    logits.set(await runner.logits(inputs, end - start), start * classes);
    options.onProgress?.(end);
  }
  return logits;
}

/**
 * Checks that a dataset has images of the shape of a network's inputs, and as many classes.
 *
 * @param action What the dataset is for; it follows "Cannot ".
 * @param architecture The network.
 * @param dataset The images and labels.
 * @throws {LeNetError} `data/mismatch` when they do not fit; `architecture/invalid`; what {@linkcode checkDataset}
 * throws.
 */
export function checkFits(action: string, architecture: Architecture, dataset: Dataset): void {
  inferShapes(architecture);
  checkDataset(dataset);
  const fail = (problem: string): never => {
    throw new LeNetError("data/mismatch", `Cannot ${action} on ${dataset.name}: ${problem}`);
  };
  if (String(architecture.input) !== String(dataset.shape)) {
    fail(`its images have shape [${dataset.shape}], expected [${architecture.input}]`);
  }
  if (architecture.classes !== dataset.classNames.length) {
    fail(`it has ${dataset.classNames.length} classes, expected ${architecture.classes}`);
  }
}
