import type { Dataset } from "../../src/data/dataset.ts";
import { preparePixels } from "../../src/image/prepare_pixels.ts";
import { Random } from "../../src/model/random.ts";
import { drawDigit, DRAWINGS } from "./drawing.ts";
import { HARD_KINDS, hardPicture } from "./hard_picture.ts";
import type { RgbaPicture } from "./rgba_picture.ts";

const SIDE = 28;

/** The share of pictures that are damaged in several ways at once; of the others, the share that is drawn anew. */
const MIXED = 0.6;
const DRAWN = 0.25;

/**
 * Makes pictures of digits as people take and draw them, and finds the digits in them as the library does: what a
 * network will meet there.
 *
 * @param digits MNIST's digits.
 * @param count How many; those in which no ink is found are made again.
 * @param seed Decides all of them.
 * @param onProgress Is told how many are done.
 * @returns 28×28 pictures with their digits.
 */
export async function pictureDataset(
  digits: Dataset,
  count: number,
  seed: number,
  onProgress: (done: number) => void,
): Promise<Dataset> {
  const random = new Random(seed);
  const images = new Uint8Array(count * SIDE * SIDE);
  const labels = new Uint8Array(count);
  for (let n = 0; n < count;) {
    const { picture, label } = takeDigit(digits, random);
    const { pixels, hasInk } = preparePixels({ ...picture, channels: 4 });
    if (!hasInk) continue;
    images.set(pixels.map((value) => Math.round(255 * value)), n * SIDE * SIDE);
    labels[n] = label;
    if (++n % 100 === 0) {
      onProgress(n);
      // Others have their turn, Ctrl-C among them.
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  return { ...digits, name: `pictures of ${digits.name}`, images, labels, count };
}

function takeDigit(
  { images, labels, count }: Dataset,
  random: Random,
): { picture: RgbaPicture; label: number } {
  const n = random.integer(count);
  const digit = images.subarray(n * SIDE * SIDE, (n + 1) * SIDE * SIDE);
  if (random.next() < MIXED) {
    return { picture: hardPicture(digit, "mixed", random), label: labels[n] };
  }
  if (random.next() < DRAWN) {
    const label = random.integer(10);
    return { picture: drawDigit(label, DRAWINGS[random.integer(DRAWINGS.length)], random), label };
  }
  const kind = HARD_KINDS[random.integer(HARD_KINDS.length)];
  return { picture: hardPicture(digit, kind, random), label: labels[n] };
}
