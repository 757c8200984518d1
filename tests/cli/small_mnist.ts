import type { Dataset } from "../../src/data/dataset.ts";
import { idxFile } from "../data/idx_file.ts";

/**
 * Writes images as the files of one part of MNIST.
 *
 * @param folder Where to.
 * @param part Which part: `train` or `t10k`, its test set.
 * @param dataset The images; they are repeated from the first on.
 * @param count How many to write (default as many as there are).
 */
export async function writeMnist(
  folder: string,
  part: "train" | "t10k",
  dataset: Dataset,
  count: number = dataset.count,
): Promise<void> {
  const images = new Uint8Array(count * 784);
  const labels = new Uint8Array(count);
  for (let n = 0; n < count; n++) {
    const from = n % dataset.count;
    images.set(dataset.images.subarray(from * 784, (from + 1) * 784), n * 784);
    labels[n] = dataset.labels[from];
  }
  const path = `${folder}/${part}`;
  await Deno.writeFile(`${path}-images-idx3-ubyte`, idxFile([count, 28, 28], images));
  await Deno.writeFile(`${path}-labels-idx1-ubyte`, idxFile([count], labels));
}
