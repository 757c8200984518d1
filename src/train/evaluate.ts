import type { Dataset } from "../data/dataset.ts";
import type { Runner } from "../engine/runner.ts";
import { argMax } from "../engine/softmax.ts";
import type { Architecture } from "../model/architecture.ts";
import type { Normalization } from "../model/model.ts";
import { calibrationError } from "./calibration_error.ts";
import { logLoss, logProbability } from "./log_loss.ts";
import { logitsOf } from "./logits_of.ts";
import { type CoverageRisk, riskAtCoverage } from "./risk_at_coverage.ts";
import { wilson } from "./wilson.ts";

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
