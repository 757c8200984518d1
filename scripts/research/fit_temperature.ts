import { logLoss } from "../../src/metrics.ts";

/** Between what the temperature is looked for: where every answer is right, none is low enough. */
const [LOWEST, HIGHEST] = [0.05, 20];

/** How near the best is approached, as a share of it. */
const NEARNESS = 1e-5;

const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Fits the temperature by which logits are divided, so that confidence means frequency (C. Guo et al., 2017): the one
 * of least log loss, found by golden section.
 *
 * @param logits What the network says of images that it did not learn from: one logit for each class, image after image.
 * @param labels The true class of each image; at least one.
 * @returns The temperature, 0.05 to 20: above 1 where the network is surer than it should be.
 */
export function fitTemperature(logits: Float32Array, labels: Uint8Array): number {
  // The loss falls and then rises with the logarithm of the temperature.
  const loss = (logarithm: number): number => logLoss(logits, labels, Math.exp(logarithm));
  let [low, high] = [Math.log(LOWEST), Math.log(HIGHEST)];
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [lossLeft, lossRight] = [loss(left), loss(right)];
  while (high - low > NEARNESS) {
    if (lossLeft <= lossRight) {
      [high, right, lossRight] = [right, left, lossLeft];
      left = high - GOLDEN * (high - low);
      lossLeft = loss(left);
    } else {
      [low, left, lossLeft] = [left, right, lossRight];
      right = low + GOLDEN * (high - low);
      lossRight = loss(right);
    }
  }
  return Math.exp((low + high) / 2);
}
