import type { PixelImage } from "@x/lenet";
import { syntheticDigits } from "@x/lenet/train";

/** Side of the pictures of digits, in pixels. */
const SIDE = 28;

/** From the left edge of one digit to that of the next. */
const PITCH = 22;

/** Pixels around the line. */
const MARGIN = 20;

const { images, labels } = syntheticDigits({ count: 400, seed: 7 });

/**
 * Writes a number by hand, in place of a picture of your own.
 *
 * @param text The digits.
 * @returns Grey pixels: dark ink on light paper, a line of digits side by side.
 */
export function write(text: string): PixelImage {
  const width = 2 * MARGIN + PITCH * (text.length - 1) + SIDE;
  const height = 2 * MARGIN + SIDE;
  const data = new Uint8Array(width * height).fill(230);
  for (const [n, digit] of [...text].entries()) {
    // Each time another one of this digit.
    const all = [...labels.keys()].filter((i) => labels[i] === Number(digit));
    const start = all[n % all.length] * SIDE * SIDE;
    for (let i = 0; i < SIDE * SIDE; i++) {
      const [x, y] = [MARGIN + n * PITCH + i % SIDE, MARGIN + Math.floor(i / SIDE)];
      data[y * width + x] = Math.min(data[y * width + x], 230 - 0.8 * images[start + i]);
    }
  }
  return { data, width, height };
}
