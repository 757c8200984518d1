import { luma, type RgbaPicture } from "../../../scripts/research/hard_set/pictures/picture.ts";
import type { Dataset } from "../../../src/data/dataset.ts";
import { syntheticDigits } from "../../../src/data/synthetic/digits.ts";
import * as math from "../../../src/model/math.ts";

/** Digits to make pictures of: fifty of them, five of each. */
export const DIGITS: Dataset = syntheticDigits({ count: 50, seed: 3 });

/** Photos of nothing: waves in three colours. */
export const PHOTOS: Dataset = {
  name: "waves",
  images: Uint8Array.from({ length: 5 * 3072 }, (_, i) => 128 + 120 * math.sin(i / 7 + (i % 32))),
  labels: new Uint8Array(5),
  shape: [3, 32, 32],
  count: 5,
  classNames: ["wave"],
};

/** The pixels of one of them. */
export function digitAt(n: number): Uint8Array {
  return DIGITS.images.subarray(784 * n, 784 * (n + 1));
}

/** The brightness of every pixel of a picture; where it is transparent, of white behind it. */
export function brightnessOf({ data }: RgbaPicture): Float32Array {
  return Float32Array.from({ length: data.length / 4 }, (_, i) => {
    const [red, green, blue, alpha] = data.subarray(4 * i, 4 * i + 4);
    return luma([red, green, blue]) * alpha / 255 + 255 - alpha;
  });
}

/** The Pearson correlation of two series. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const mean = (values: ArrayLike<number>): number =>
    Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [both, squareA, squareB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    both += (a[i] - meanA) * (b[i] - meanB);
    squareA += (a[i] - meanA) ** 2;
    squareB += (b[i] - meanB) ** 2;
  }
  return both / Math.sqrt(squareA * squareB);
}

/** In how many pieces the places of a grid hang together, corners included. */
export function countPieces(isInk: (i: number) => boolean, width: number, height: number): number {
  const seen = new Uint8Array(width * height);
  let pieces = 0;
  for (let start = 0; start < seen.length; start++) {
    if (seen[start] === 1 || !isInk(start)) continue;
    pieces++;
    const stack = [start];
    seen[start] = 1;
    for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
      const [x, y] = [i % width, Math.floor(i / width)];
      for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
        for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
          const next = ny * width + nx;
          if (seen[next] === 1 || !isInk(next)) continue;
          seen[next] = 1;
          stack.push(next);
        }
      }
    }
  }
  return pieces;
}
