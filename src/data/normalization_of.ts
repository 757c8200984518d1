import type { Normalization } from "../model/model.ts";
import { checkDataset, type Dataset } from "./dataset.ts";

/**
 * The normalization under which each channel of a dataset has mean 0 and deviation 1: of MNIST's training images
 * 0.1307 and 0.3081.
 *
 * @param dataset The images to learn from.
 * @returns Mean and deviation of each channel, of values in [0, 1]; 1 where a channel has one value throughout.
 * @throws {LeNetError} What {@linkcode checkDataset} throws.
 */
export function normalizationOf(dataset: Dataset): Normalization {
  const { images, shape: [channels, height, width], count } = checkDataset(dataset);
  const size = height * width;
  const sums = new Float64Array(channels);
  const squares = new Float64Array(channels);
  for (let start = 0, plane = 0; start < images.length; start += size, plane++) {
    // Sums of whole numbers are exact in a double.
    let [sum, square] = [0, 0];
    for (let i = start; i < start + size; i++) {
      sum += images[i];
      square += images[i] ** 2;
    }
    sums[plane % channels] += sum;
    squares[plane % channels] += square;
  }
  const values = count * size;
  const mean = Array.from(sums, (sum) => sum / values);
  const deviation = mean.map((value, channel) => Math.sqrt(squares[channel] / values - value ** 2));
  return {
    mean: mean.map((value) => value / 255),
    deviation: deviation.map((value) => value > 0 ? value / 255 : 1),
  };
}
