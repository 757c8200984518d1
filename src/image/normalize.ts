import type { ImageShape } from "../model/architecture.ts";
import type { Normalization } from "../model/model.ts";

/**
 * Turns pixels into what a network expects, in place: (value − mean) / deviation, channel by channel.
 *
 * @param pixels Images one after another, each [channels, height, width], values 0 to 1.
 * @param shape The shape of one image.
 * @param normalization One mean and one deviation for each channel.
 */
export function normalize(
  pixels: Float32Array,
  [channels, height, width]: ImageShape,
  { mean, deviation }: Normalization,
): void {
  const size = height * width;
  for (let c = 0; c < channels; c++) {
    if (mean[c] === 0 && deviation[c] === 1) continue;
    for (let start = c * size; start < pixels.length; start += channels * size) {
      for (let i = start; i < start + size; i++) pixels[i] = (pixels[i] - mean[c]) / deviation[c];
    }
  }
}
