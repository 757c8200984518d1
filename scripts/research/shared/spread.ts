/**
 * The place of a picture in a dataset when a sample is spread evenly over it.
 *
 * @param number The number of the picture in the sample, from 0.
 * @param count The size of the sample.
 * @param total The size of the dataset.
 */
export function spread(number: number, count: number, total: number): number {
  return Math.floor((number + 0.5) * total / count);
}
