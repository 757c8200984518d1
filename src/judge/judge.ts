import { keptRunner } from "../engine/kept_runner.ts";
import { softmax } from "../engine/softmax.ts";

const network = keptRunner(() => import("@x/lenet-weights/judge"));

/**
 * How much the ink of pictures looks like a digit, as the judge says: a second, tiny network. It has learned from
 * MNIST's training digits as people photograph and draw them, and from what is none: things cut out of CIFAR-10's
 * training photos, solid shapes, letters, symbols, scribbles and noise. It is loaded with the first call, and runs on
 * WASM wherever digits are read.
 *
 * @param pictures 28×28 pixels each: ink that was found, its strokes as wide as they were.
 * @returns For each the probability that it is a digit, 0 to 1.
 * @throws {LeNetError} `backend/unavailable` when it cannot be started here.
 */
export async function judge(pictures: readonly Float32Array[]): Promise<number[]> {
  if (pictures.length === 0) return [];
  const runner = await network();
  const size = pictures[0].length;
  const inputs = new Float32Array(pictures.length * size);
  pictures.forEach((pixels, n) => inputs.set(pixels, n * size));
  const logits = await runner.logits(inputs, pictures.length);
  return pictures.map((_, n) => softmax(logits.subarray(2 * n, 2 * n + 2))[0]);
}
