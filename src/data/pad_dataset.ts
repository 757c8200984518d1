import type { ImageShape } from "../model/architecture.ts";
import { LeNetError } from "../model/error.ts";
import { sizeOf } from "../model/shapes.ts";
import { checkDataset, type Dataset } from "./dataset.ts";

/**
 * Puts each image of a dataset in the middle of a larger field of zeros, as LeNet-5 of 1998 sees MNIST: 28×28 pixels
 * in the middle of 32×32. Where a side grows by an odd number, the pixel more is to the right or below.
 *
 * @param dataset The dataset.
 * @param height Rows of the field.
 * @param width Columns of the field.
 * @returns A dataset of the field's size; the same dataset when it has that size already.
 * @throws {LeNetError} `option/invalid` when a side is not a whole number; `data/mismatch` when the field is smaller
 * than the images; what {@linkcode checkDataset} throws.
 */
export function padDataset(dataset: Dataset, height: number, width: number): Dataset {
  const { name, images, count, shape: [channels, rows, columns] } = checkDataset(dataset);
  const doing = `pad the dataset ${name}`;
  for (const side of [height, width]) {
    if (!Number.isInteger(side)) {
      throw new LeNetError(
        "option/invalid",
        `Cannot ${doing}: a side of the field is ${side}, expected a whole number`,
      );
    }
  }
  if (height < rows || width < columns) {
    throw new LeNetError(
      "data/mismatch",
      `Cannot ${doing}: the field is ${height}×${width}, expected at least the ${rows}×${columns} of its images`,
    );
  }
  if (height === rows && width === columns) return dataset;
  const shape: ImageShape = [channels, height, width];
  const padded = new Uint8Array(count * sizeOf(shape));
  const top = Math.floor((height - rows) / 2);
  const left = Math.floor((width - columns) / 2);
  for (let map = 0; map < count * channels; map++) {
    for (let y = 0; y < rows; y++) {
      const from = (map * rows + y) * columns;
      const to = (map * height + top + y) * width + left;
      padded.set(images.subarray(from, from + columns), to);
    }
  }
  return { ...dataset, images: padded, shape };
}
