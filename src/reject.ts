import { lazyRunner } from "./engine/backends.ts";
import { softmax } from "./engine/runner.ts";

const network = lazyRunner(() => import("@x/lenet-weights/judge"));

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

/** From these log-odds of its answer on, against all others, the reader of digits has no doubt. */
const SURE = 8;

/** How many log-odds of a digit a log-odd of doubt takes. */
const WEIGHT = 0.6;

/**
 * What the judge says of ink, weighed with how it was read: a digit that the judge does not know can often be read
 * without doubt; what is none leaves the reader in two minds.
 *
 * @param digitness What the judge says: the probability that the ink is a digit, 0 to 1.
 * @param logits What the network says that read it.
 * @param temperature Of that network: its logits are divided by it.
 * @returns The probability that the ink is a digit: less the more the reader doubts, never more than the judge's.
 */
export function weighReading(
  digitness: number,
  logits: ArrayLike<number>,
  temperature: number,
): number {
  const sorted = Array.from(logits, (logit) => logit / temperature).sort((a, b) => b - a);
  const [best, ...others] = sorted;
  const odds = -Math.log(others.reduce((sum, other) => sum + Math.exp(other - best), 0));
  const doubt = Math.max(0, SURE - odds);
  return digitness / (digitness + (1 - digitness) * Math.exp(WEIGHT * doubt));
}
