import { encode } from "fast-png";
import type { Dataset } from "../../../src/data/dataset.ts";
import { syntheticDigits } from "../../../src/data/synthetic/digits.ts";
import { gzip, idxFile } from "../../data/idx_file.ts";

/** Digits that the library draws, two of each. */
export const DRAWN: Dataset = syntheticDigits({ count: 20, seed: 3 });

const SIZE = 784;

/** The pixels of one of them: 28×28, ink 255. */
export function drawnDigit(n: number): Uint8Array {
  return DRAWN.images.subarray(n * SIZE, (n + 1) * SIZE);
}

/** Digits side by side, dark on white, as a PNG. */
export function drawnPng(...numbers: readonly number[]): Uint8Array<ArrayBuffer> {
  const width = 28 * numbers.length;
  const data = new Uint8Array(width * 28);
  numbers.forEach((n, place) => {
    drawnDigit(n).forEach((ink, at) => {
      data[Math.floor(at / 28) * width + 28 * place + at % 28] = 255 - ink;
    });
  });
  return new Uint8Array(encode({ width, height: 28, data, channels: 1, depth: 8 }));
}

/** Writes pictures to a folder of its own, under the names given. */
export async function writeSet(
  folder: string,
  pictures: Readonly<Record<string, Uint8Array>>,
): Promise<void> {
  await Deno.mkdir(folder);
  for (const [name, bytes] of Object.entries(pictures)) {
    await Deno.writeFile(`${folder}/${name}`, bytes);
  }
}

/** Writes the first digits as a folder of two IDX files. */
export async function writeIdxSet(folder: string, count: number): Promise<void> {
  const images = DRAWN.images.subarray(0, count * SIZE);
  await writeSet(folder, {
    "images-idx3-ubyte.gz": gzip(idxFile([count, 28, 28], images)),
    "labels-idx1-ubyte.gz": gzip(idxFile([count], DRAWN.labels.subarray(0, count))),
  });
}
