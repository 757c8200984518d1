import type { Dataset } from "../data/dataset.ts";
import type { Runner } from "../engine/runner.ts";
import { normalize } from "../image/normalize.ts";
import type { Architecture } from "../model/architecture.ts";
import { LeNetError } from "../model/error.ts";
import type { Normalization } from "../model/model.ts";
import { sizeOf } from "../model/shapes.ts";
import { checkFits } from "./check_fits.ts";

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
