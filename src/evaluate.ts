import { checkDataset, type Dataset } from "./data/dataset.ts";
import { argMax, type Runner } from "./engine/runner.ts";
import { LeNetError } from "./errors.ts";
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

/**
 * The logarithm of the softmax of logits, for one class.
 *
 * @param logits One logit for each class.
 * @param label The class.
 * @param temperature Divides the logits, above 0 (default 1).
 * @returns The natural logarithm of its probability, at most 0.
 */
export function logProbability(logits: Float32Array, label: number, temperature = 1): number {
  const maximum = logits[argMax(logits)];
  let sum = 0;
  for (const logit of logits) sum += Math.exp((logit - maximum) / temperature);
  return (logits[label] - maximum) / temperature - Math.log(sum);
}

/**
 * The mean cross entropy.
 *
 * @param logits Logits, [answers, classes].
 * @param labels The true class of each answer; at least one.
 * @param temperature Divides the logits, above 0 (default 1).
 * @returns The mean over all answers, in nats.
 */
export function logLoss(logits: Float32Array, labels: Uint8Array, temperature = 1): number {
  const classes = logits.length / labels.length;
  return labels.reduce(
    (sum, label, n) =>
      sum - logProbability(logits.subarray(n * classes, (n + 1) * classes), label, temperature),
    0,
  ) / labels.length;
}

/** Bins of the calibration error, as in Guo et al., 2017. */
const BINS = 15;

/**
 * The expected calibration error (M. Naeini, G. Cooper and M. Hauskrecht, 2015): answers are sorted by confidence into
 * 15 bins of equal width; in each bin the mean confidence is compared with the share of right answers.
 *
 * @param confidences The confidence of each answer, 0 to 1; at least one.
 * @param isRight 1 for each answer that is right, else 0.
 * @returns The mean difference over all answers, 0 to 1.
 */
export function calibrationError(confidences: Float64Array, isRight: Uint8Array): number {
  const excess = new Float64Array(BINS);
  confidences.forEach((confidence, n) => {
    // A bin includes its upper bound, so that the last one includes 1.
    const bin = Math.max(0, Math.ceil(confidence * BINS) - 1);
    excess[bin] += confidence - isRight[n];
  });
  return excess.reduce((sum, value) => sum + Math.abs(value), 0) / confidences.length;
}

/** The error rate when only the most confident answers are accepted (selective classification). */
export interface CoverageRisk {
  /** The share of answers that is accepted, 0 to 1. */
  readonly coverage: number;
  /** The number of answers that are accepted. */
  readonly count: number;
  /** The share of wrong answers among them, 0 to 1. */
  readonly error: number;
  /** The 95 % confidence interval of the error (Wilson). */
  readonly interval: readonly [low: number, high: number];
  /** The lowest confidence among them, 0 to 1: the threshold of this coverage. */
  readonly confidence: number;
}

/** The coverages that are measured by default. */
const COVERAGES = [1, 0.995, 0.99, 0.98, 0.95];

/**
 * Measures the error rate at several coverages, rejecting the least confident answers.
 *
 * @param confidences The confidence of each answer, 0 to 1; at least one.
 * @param isRight 1 for each answer that is right, else 0.
 * @param coverages The shares of answers that are accepted, above 0 to 1 (default 1, 0.995, 0.99, 0.98 and 0.95); the
 * number of answers is rounded up.
 * @returns The measures of each coverage, in order.
 */
export function riskAtCoverage(
  confidences: Float64Array,
  isRight: Uint8Array,
  coverages: readonly number[] = COVERAGES,
): CoverageRisk[] {
  // Wrong answers come first among those of equal confidence: a tie must not flatter the result.
  const order = Array.from(confidences, (_, n) => n)
    .sort((a, b) => confidences[b] - confidences[a] || isRight[a] - isRight[b]);
  return coverages.map((coverage) => {
    // A product may lie above a whole number by rounding, which is less than a billionth.
    const count = Math.max(1, Math.ceil(coverage * order.length - 1e-9 * order.length));
    const accepted = order.slice(0, count);
    const wrong = accepted.filter((n) => isRight[n] === 0).length;
    return {
      coverage,
      count,
      error: wrong / count,
      interval: wilson(wrong, count),
      confidence: confidences[accepted[count - 1]],
    };
  });
}

/** The 97.5 % quantile of the standard normal distribution. */
const Z_95 = 1.959964;

/**
 * The 95 % confidence interval of a share (the score interval of E. Wilson, 1927).
 *
 * @param hits The number of successes.
 * @param count The number of trials, from 1.
 * @returns The bounds, 0 to 1.
 */
export function wilson(hits: number, count: number): [low: number, high: number] {
  const share = hits / count;
  const square = Z_95 ** 2 / count;
  const middle = share + square / 2;
  const reach = Z_95 * Math.sqrt(share * (1 - share) / count + square / count / 4);
  return [
    Math.max(0, (middle - reach) / (1 + square)),
    Math.min(1, (middle + reach) / (1 + square)),
  ];
}
