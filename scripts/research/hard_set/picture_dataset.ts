import type { Dataset } from "../../../src/data/dataset.ts";
import { preparePixels } from "../shared/prepare_digit.ts";
import { Random } from "../../../src/model/random.ts";
import { drawDigit, DRAWINGS } from "./pictures/drawing.ts";
import { HARD_KINDS, hardPicture } from "./pictures/hard_picture.ts";
import type { RgbaPicture } from "./pictures/picture.ts";

const SIDE = 28;

/** Share of pictures with several degradations. */
const MIXED_SHARE = 0.6;

/** Share of drawings among the others; the rest has one degradation each. */
const DRAWN_SHARE = 0.25;

/**
 * Makes degraded photos and drawings of digits, and prepares them as the library does, so that a network is trained on
 * the inputs that it will meet. Pictures in which no ink is found are drawn again.
 *
 * @param onProgress Receives the number of pictures made, every hundred.
 * @returns 28×28 images with their labels.
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
    const { picture, label } = randomPicture(digits, random);
    const { pixels, hasInk } = preparePixels({ ...picture, channels: 4 });
    if (!hasInk) continue;
    images.set(pixels.map((value) => Math.round(255 * value)), n * SIDE * SIDE);
    labels[n] = label;
    if (++n % 100 === 0) {
      onProgress(n);
      // Yields to the event loop, so that Ctrl-C is handled.
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  return { ...digits, name: `pictures of ${digits.name}`, images, labels, count };
}

function randomPicture(
  { images, labels, count }: Dataset,
  random: Random,
): { picture: RgbaPicture; label: number } {
  const n = random.integer(count);
  const digit = images.subarray(n * SIDE * SIDE, (n + 1) * SIDE * SIDE);
  if (random.next() < MIXED_SHARE) {
    return { picture: hardPicture(digit, "mixed", random), label: labels[n] };
  }
  if (random.next() < DRAWN_SHARE) {
    const label = random.integer(10);
    return { picture: drawDigit(label, DRAWINGS[random.integer(DRAWINGS.length)], random), label };
  }
  const kind = HARD_KINDS[random.integer(HARD_KINDS.length)];
  return { picture: hardPicture(digit, kind, random), label: labels[n] };
}
