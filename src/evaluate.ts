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

/** How a network does on labelled images. */
export interface Evaluation {
  /** How many images were looked at. */
  readonly count: number;
  /** The share that was answered right, 0 to 1. */
  readonly accuracy: number;
  /** Between what the accuracy lies with a certainty of 95 % (Wilson). */
  readonly interval: readonly [low: number, high: number];
  /** The mean cross entropy, in nats, of the logits as they are. */
  readonly loss: number;
  /** How many images of each class (row) were taken for which (column). */
  readonly confusion: readonly (readonly number[])[];
  /** How far confidence is from frequency, 0 to 1: the expected calibration error, of 15 bins. */
  readonly calibration: {
    /** What the logits are divided by before the softmax. */
    readonly temperature: number;
    /** The error with it. */
    readonly error: number;
    /** The error of the logits as they are. */
    readonly errorWithout: number;
  };
  /** What is misread when only the surest 100, 99.5, 99, 98 and 95 % of the answers are taken. */
  readonly coverage: readonly CoverageRisk[];
}

/**
 * Runs a network over labelled images.
 *
 * @param runner The network, ready to run.
 * @param architecture What it is.
 * @param dataset The images, of the network's own shape.
 * @param normalization What the network expects of its inputs.
 * @param options `temperature` is the network's (default 1); `onProgress` is told how many images are done; `signal`
 * stops it.
 * @returns The counts, and how much confidence is worth.
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

/** Images that are prepared and run at once. */
const PART = 1000;

/**
 * Runs a network over images of its own shape, as they are.
 *
 * @param runner The network, ready to run.
 * @param architecture What it is.
 * @param dataset The images.
 * @param normalization What the network expects of its inputs.
 * @param options `onProgress` is told how many images are done; `signal` stops it.
 * @returns One logit for each class, image after image.
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
  for (let start = 0; start < count; start += PART) {
    if (options.signal?.aborted) {
      throw new LeNetError("aborted", `Stopped evaluating after ${start} of ${count} images`);
    }
    const end = Math.min(count, start + PART);
    const inputs = new Float32Array((end - start) * size);
    for (let i = 0; i < inputs.length; i++) inputs[i] = images[start * size + i] / 255;
    normalize(inputs, shape, normalization);
    logits.set(await runner.logits(inputs, end - start), start * classes);
    options.onProgress?.(end);
  }
  return logits;
}

/**
 * Checks that a network can be used on a dataset: images of its shape, labels within its classes.
 *
 * @param doing What for; it follows "Cannot ".
 * @param architecture The network.
 * @param dataset The images and labels.
 * @throws {LeNetError} `data/mismatch` when they do not fit; `architecture/invalid`; what {@linkcode checkDataset}
 * throws.
 */
export function checkFits(doing: string, architecture: Architecture, dataset: Dataset): void {
  inferShapes(architecture);
  checkDataset(dataset);
  const fail = (problem: string): never => {
    throw new LeNetError("data/mismatch", `Cannot ${doing} on ${dataset.name}: ${problem}`);
  };
  if (String(architecture.input) !== String(dataset.shape)) {
    fail(`its images have shape [${dataset.shape}], expected [${architecture.input}]`);
  }
  if (architecture.classes !== dataset.classNames.length) {
    fail(`it has ${dataset.classNames.length} classes, expected ${architecture.classes}`);
  }
}
