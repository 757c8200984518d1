import type { GreyImage } from "./grey_image.ts";

/**
 * Makes each pixel the mean of itself and its eight neighbours, which leaves a third of independent noise.
 *
 * @param grey The picture, at least 3×3.
 * @returns The picture; its outermost pixels are as they were.
 */
export function smooth({ data, width, height }: GreyImage): GreyImage {
  const across = new Uint16Array(data.length);
  for (let i = 1; i < data.length - 1; i++) across[i] = data[i - 1] + data[i] + data[i + 1];
  const smoothed = Uint8Array.from(data);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1, i = y * width + 1; x < width - 1; x++, i++) {
      smoothed[i] = (across[i - width] + across[i] + across[i + width] + 4) / 9;
    }
  }
  return { data: smoothed, width, height };
}
