import type { Dataset } from "../data/dataset.ts";
import type { Runner } from "../engine/runner.ts";
import { argMax } from "../engine/softmax.ts";
import { normalize } from "../image/normalize.ts";
import type { Architecture } from "../model/architecture.ts";
import { LeNetError } from "../model/error.ts";
import type { Normalization } from "../model/model.ts";
import { sizeOf } from "../model/shapes.ts";
import { checkFits } from "./check_fits.ts";

/** How a network does on labelled images. */
export interface Evaluation {
  /** How many images were looked at. */
  readonly count: number;
  /** The share that was answered right, 0 to 1. */
  readonly accuracy: number;
  /** The mean cross entropy, in nats. */
  readonly loss: number;
  /** How many images of each class (row) were taken for which (column). */
  readonly confusion: readonly (readonly number[])[];
}

/** Images that are prepared and run at once. */
const PART = 1000;

/**
 * Runs a network over labelled images.
 *
 * @param runner The network, ready to run.
 * @param architecture What it is.
 * @param dataset The images, of the network's own shape.
 * @param normalization What the network expects of its inputs.
 * @param options `onProgress` is told how many images are done; `signal` stops it.
 * @returns The counts.
 * @throws {LeNetError} `data/mismatch` when the images do not fit the network; `aborted` when the signal stops it.
 */
export async function evaluate(
  runner: Runner,
  architecture: Architecture,
  dataset: Dataset,
  normalization: Normalization,
  options: { signal?: AbortSignal; onProgress?: (done: number) => void } = {},
): Promise<Evaluation> {
  checkFits(`evaluate ${architecture.name}`, architecture, dataset);
  const { images, labels, count, classNames, shape } = dataset;
  const classes = classNames.length;
  const size = sizeOf(shape);
  const confusion = classNames.map(() => new Array<number>(classes).fill(0));
  let loss = 0;
  let right = 0;
  for (let start = 0; start < count; start += PART) {
    if (options.signal?.aborted) {
      throw new LeNetError("aborted", `Stopped evaluating after ${start} of ${count} images`);
    }
    const end = Math.min(count, start + PART);
    const inputs = new Float32Array((end - start) * size);
    for (let i = 0; i < inputs.length; i++) inputs[i] = images[start * size + i] / 255;
    normalize(inputs, shape, normalization);
    const logits = await runner.logits(inputs, end - start);
    for (let n = start; n < end; n++) {
      const row = logits.subarray((n - start) * classes, (n - start + 1) * classes);
      const answer = argMax(row);
      confusion[labels[n]][answer]++;
      if (answer === labels[n]) right++;
      loss -= logSoftmax(row, labels[n]);
    }
    options.onProgress?.(end);
  }
  return { count, accuracy: right / count, loss: loss / count, confusion };
}

function logSoftmax(logits: Float32Array, label: number): number {
  const maximum = logits[argMax(logits)];
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - maximum), 0);
  return logits[label] - maximum - Math.log(sum);
}
